"""Rules on example replies: they must prove the rubric. Two different ones pass, one of them short; one fails as named."""

from collections.abc import Iterator

from usersim_opt.basics.text import fold, words
from usersim_opt.scenarios import checks
from usersim_opt.scenarios.authoring.rules import Fault
from usersim_opt.scenarios.records import Scenario, Task

PASSING = 2
SHORT = 10
"""Words that the shorter of the passing replies has at most."""


def example_faults(task: Task, scenario: Scenario) -> Iterator[Fault]:
    """Too few or equal replies, and checks that disagree with a reply."""
    file = f"scenarios/{scenario.id}.yaml"
    passing, failing = scenario.examples.passing, scenario.examples.failing
    if len({fold(reply) for reply in passing}) < PASSING:
        yield Fault(
            file,
            "examples.pass",
            f"{len(set(passing))} different replies",
            f"give {PASSING} of different temper",
        )
    if min(len(words(reply)) for reply in passing) > SHORT:
        yield Fault(
            file,
            "examples.pass",
            f"no reply has {SHORT} words or fewer",
            "add a short one: if none can pass, the rubric asks for too much",
        )
    for number, reply in enumerate(passing):
        yield from _disagreements(file, f"examples.pass[{number}]", scenario, reply, ())
    yield from _disagreements(file, "examples.fail", scenario, failing.reply, failing.fails)


def _disagreements(
    file: str, field: str, scenario: Scenario, reply: str, fails: tuple[str, ...]
) -> Iterator[Fault]:
    """A check holds on a reply exactly where the reply is not said to fail it."""
    for criterion in scenario.criteria:
        if criterion.check is None:
            continue
        holds, evidence = checks.run(criterion.check, reply)
        if holds == (criterion.id in fails):
            wanted = "fail" if criterion.id in fails else "pass"
            yield Fault(
                file,
                field,
                f"the check of {criterion.id!r} should {wanted} here but does not ({evidence})",
                "mend the check or the reply",
            )
