"""Rules on failing examples: a model of today should be able to write them, one fault at a time."""

from usersim_opt.scenarios.authoring.rules import Faults, fault_in
from usersim_opt.scenarios.authoring.rules.markers import markers_in
from usersim_opt.scenarios.records import FailingExample, Scenario, Task

LEAST = 3
"""Criteria that a reply must break before it can be said to break most."""


def caricature_faults(task: Task, scenario: Scenario) -> Faults:
    """Failing replies with markers of old models, or that break more than half of the criteria.

    Near failures are held to more by the rules on examples, contrary replies may break what they
    like.
    """
    first = scenario.examples.failing
    if first and (markers := markers_in(first.reply)):
        shown = ", ".join(f"{name} ({words})" for name, words in markers.items())
        yield fault_in(
            scenario,
            "examples.fail",
            kind="caricature",
            what=f"is a model of 2022: {shown}",
            fix="write a natural reply with one fault of today's models",
        )
    if first:
        yield from _breaks_most(scenario, "examples.fail", first)
    for number, near in enumerate(scenario.examples.near):
        yield from _breaks_most(scenario, f"examples.near[{number}]", near)


def _breaks_most(scenario: Scenario, field: str, example: FailingExample) -> Faults:
    broken, of = len(set(example.fails)), len(scenario.criteria)
    if broken >= LEAST and 2 * broken > of:
        yield fault_in(
            scenario,
            field,
            kind="breaks_most",
            what=f"breaks {broken} of {of} criteria at once",
            fix="let it break one",
        )
