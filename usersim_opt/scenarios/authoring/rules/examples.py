"""Rules on example replies, which prove the rubric.

Two different ones pass, one of them short; one fails as named.
"""

from usersim_opt.basics.text import fold, words
from usersim_opt.scenarios import checks
from usersim_opt.scenarios.authoring.rules import Faults, fault_in
from usersim_opt.scenarios.records import Scenario, Task

PASSING = 2
SHORT = 10
"""Words that the shorter of the passing replies has at most."""


def example_faults(task: Task, scenario: Scenario) -> Faults:
    """Too few or equal replies, and checks that disagree with a reply."""
    yield from _too_few(scenario)
    yield from _too_long(scenario)
    examples = scenario.examples
    for number, reply in enumerate(examples.natural):
        yield from _disagreements(scenario, f"examples.pass[{number}]", reply=reply)
    for failing in examples.failures:
        yield from _disagreements(
            scenario, "examples.fail", reply=failing.reply, fails=failing.fails
        )


def _too_few(scenario: Scenario) -> Faults:
    passing = scenario.examples.natural
    if len({fold(reply) for reply in passing}) < PASSING:
        yield fault_in(
            scenario,
            "examples.pass",
            what=f"{len(set(passing))} different replies",
            fix=f"give {PASSING} of different temper",
        )


def _too_long(scenario: Scenario) -> Faults:
    shortest = min(len(words(reply)) for reply in scenario.examples.natural)
    if shortest > SHORT:
        yield fault_in(
            scenario,
            "examples.pass",
            what=f"no reply has {SHORT} words or fewer",
            fix="add a short one: if none can pass, the rubric asks for too much",
        )


def _disagreements(
    scenario: Scenario, field: str, *, reply: str, fails: tuple[str, ...] = ()
) -> Faults:
    """Criteria whose check fails on a reply that is to pass them, or the other way round."""
    for criterion in scenario.criteria:
        if criterion.check is None:
            continue
        finding = checks.run(criterion.check, reply, scenario.moment)
        is_to_fail = criterion.id in fails
        if finding.holds == is_to_fail:
            wanted = "fail" if is_to_fail else "pass"
            yield fault_in(
                scenario,
                field,
                what=f"the check of {criterion.id!r} should {wanted} here but does not "
                f"({finding.evidence})",
                fix="mend the check or the reply",
            )
