"""Rules on the conversation so far: number of agent turns, who speaks, codes spelt alike."""

from collections.abc import Collection
from itertools import pairwise

from usersim_opt.basics.text import has_stop_token
from usersim_opt.scenarios.authoring.rules import Faults, fault_in, fault_in_turn
from usersim_opt.scenarios.identifiers import IDENTIFIER
from usersim_opt.scenarios.kinds import ScenarioType
from usersim_opt.scenarios.records import Scenario, Task


def length_faults(scenario: Scenario, kind: ScenarioType) -> Faults:
    """Too few or too many agent turns for a scenario of its type."""
    turns = sum(turn.role == "agent" for turn in scenario.history)
    least, most = kind.least_turns, kind.most_turns
    if not least <= turns <= most:
        yield fault_in(
            scenario,
            "history",
            kind="agent_turns",
            what=f"{turns} agent turns",
            fix=f"{kind.name} needs {least} to {most}",
        )


def turn_faults(task: Task, scenario: Scenario) -> Faults:
    """Two turns of one side in a row, a customer who has left, a code spelt in two ways."""
    yield from _turns_in_a_row(scenario)
    yield from _ended(scenario)
    yield from _misspelt(task, scenario)


def _turns_in_a_row(scenario: Scenario) -> Faults:
    for number, (before, after) in enumerate(pairwise(scenario.history), start=1):
        if before.role == after.role:
            yield fault_in_turn(
                scenario,
                number,
                kind="turn_order",
                what=f"the second {after.role} turn in a row",
                fix="join the two or let the other side speak",
            )


def _ended(scenario: Scenario) -> Faults:
    for number, turn in enumerate(scenario.history):
        if turn.role == "customer" and has_stop_token(turn.text):
            yield fault_in_turn(
                scenario,
                number,
                kind="customer_has_left",
                what="the customer has ended the conversation here",
                fix="take the stop token out",
            )


def _misspelt(task: Task, scenario: Scenario) -> Faults:
    right = frozenset(IDENTIFIER.findall(task.story))
    for number, turn in enumerate(scenario.history):
        for code in sorted(set(IDENTIFIER.findall(turn.text)) - right):
            meant = _meant(code, right)
            if meant is not None:
                yield fault_in_turn(
                    scenario,
                    number,
                    kind="misspelt_code",
                    what=f"{code!r} is nearly {meant!r} of the story",
                    fix="spell it the same, or make it another code",
                )


def _meant(code: str, codes: Collection[str]) -> str | None:
    """The first of the codes that a code is nearly, None if there is none."""
    return next((other for other in sorted(codes) if _nearly(code, other)), None)


def _nearly(one: str, other: str) -> bool:
    """Whether they differ by a character, or by two neighbours that are swapped; case aside."""
    if len(one) != len(other) or one == other:
        return False
    a, b = one.casefold(), other.casefold()
    differing = [place for place in range(len(a)) if a[place] != b[place]]
    return len(differing) <= 1 or _swapped(a, b, differing)


def _swapped(one: str, other: str, differing: list[int]) -> bool:
    """Whether the two places in which they differ are neighbours that are swapped."""
    if len(differing) != 2:
        return False
    first, second = differing
    there, back = one[first] == other[second], one[second] == other[first]
    return second == first + 1 and there and back
