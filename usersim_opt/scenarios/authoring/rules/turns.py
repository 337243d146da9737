"""Rules on the conversation so far: number of agent turns, who speaks, codes spelt alike throughout."""

from collections.abc import Iterator
from itertools import pairwise

from usersim_opt.basics.text import has_stop_token
from usersim_opt.scenarios.authoring.rules import Fault
from usersim_opt.scenarios.authoring.rules.facts import CODE
from usersim_opt.scenarios.kinds import STANDARD
from usersim_opt.scenarios.records import Scenario, Task


def turn_faults(task: Task, scenario: Scenario) -> Iterator[Fault]:
    """Too few or too many agent turns, two turns of one side in a row, a customer who has left, a code spelt in two ways."""
    file = f"scenarios/{scenario.id}.yaml"
    kind = STANDARD.types[scenario.type]
    least, most = kind.least_turns, kind.most_turns
    turns = sum(turn.role == "agent" for turn in scenario.history)
    if not least <= turns <= most:
        yield Fault(
            file, "history", f"{turns} agent turns", f"{scenario.type} needs {least} to {most}"
        )
    for number, (before, after) in enumerate(pairwise(scenario.history), start=1):
        if before.role == after.role:
            yield Fault(
                file,
                f"history[{number}]",
                f"the second {after.role} turn in a row",
                "join the two or let the other side speak",
            )
    for number, turn in enumerate(scenario.history):
        if turn.role == "customer" and has_stop_token(turn.text):
            yield Fault(
                file,
                f"history[{number}]",
                "the customer has ended the conversation here",
                "take the stop token out",
            )
    yield from _spelling(file, task, scenario)


def _spelling(file: str, task: Task, scenario: Scenario) -> Iterator[Fault]:
    known = set(CODE.findall(task.story))
    for number, turn in enumerate(scenario.history):
        for code in set(CODE.findall(turn.text)) - known:
            if meant := next((k for k in sorted(known) if _nearly(code, k)), None):
                yield Fault(
                    file,
                    f"history[{number}]",
                    f"{code!r} is nearly {meant!r} of the story",
                    "spell it the same, or make it another code",
                )


def _nearly(one: str, other: str) -> bool:
    """One character put otherwise, or two neighbours swapped; case aside."""
    a, b = one.casefold(), other.casefold()
    if len(a) != len(b) or one == other:
        return False
    differing = [i for i in range(len(a)) if a[i] != b[i]]
    swapped = (
        len(differing) == 2
        and differing[1] == differing[0] + 1
        and a[differing[0]] == b[differing[1]]
        and a[differing[1]] == b[differing[0]]
    )
    return len(differing) <= 1 or swapped
