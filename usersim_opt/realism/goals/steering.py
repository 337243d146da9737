"""Steers a customer by the state of its goals: what is open, tried, settled (arXiv 2507.20152).

    u_i = U(C_{i-1}, S_{i-1}): a turn follows from the conversation and the state before it

The text is made of the parts of the story, in groups with a head each (prompts.yaml). Parts that
hold a code, a number or a name that the story does not have are turned away when the story is
split, and the judge's reasons are not told: so the customer learns nothing that its story does not
say. Where the judge's answers are lost, the customer is steered by the state before, or not at all.

Not covered: parts that say something in words that the story does not; only facts are checked.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import dspy

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.customer.simulator import Turns
from usersim_opt.realism.goals.components import Component, Components, State
from usersim_opt.realism.goals.judging import PROMPTS, split
from usersim_opt.realism.goals.tracking import states_of
from usersim_opt.realism.interview import Interview, Lost
from usersim_opt.scenarios.records import Task

_GROUPS: Mapping[tuple[str, str], str] = {
    ("objective", "INCOMPLETE"): "open",
    ("requirement", "INCOMPLETE"): "open",
    ("objective", "ATTEMPTED"): "tried",
    ("requirement", "ATTEMPTED"): "tried",
    ("objective", "COMPLETE"): "done",
    ("preference", "MISALIGNED"): "unsaid",
    ("profile", "ALIGNED"): "kept",
    ("policy", "ALIGNED"): "kept",
    ("profile", "MISALIGNED"): "broken",
    ("policy", "MISALIGNED"): "broken",
}
"""The group of the text in which a part stands, by class and status. A requirement that is met and
a preference that was said need no word."""


class GoalSteering:
    """Steering for `converse` and `rollout` by a judge that follows the customer's goals.

    `answers` is a file in which the judge's answers are kept, so that none is paid for twice.
    InputError for a judge that is no model, or a stand-in.
    """

    price = 2
    """Calls before a turn at the most: the split or the last turn pair, and once more."""

    @checks_arguments
    def __init__(self, judge: dspy.LM, *, answers: str | Path | None = None) -> None:
        self._interview = Interview(judge, Path(answers) if answers else None, strict=True)

    @property
    def name(self) -> str:
        """What steers, with the judge and its options."""
        return f"goals by {self._interview.name}"

    @property
    def lost(self) -> Sequence[Lost]:
        """What could not be read of the judge's answers so far."""
        return tuple(self._interview.lost)

    def __call__(self, task: Task, history: Turns, *, seed: int) -> str:
        """The text for the customer's next turn; empty where the story could not be split."""
        components = split(task, self._interview)
        if components is None:
            return ""
        turns = [(turn["role"], turn["content"]) for turn in history]
        states = states_of(turns, components, self._interview, name=task.id)
        return steering_text(components, states[-1])


def steering_text(components: Components, state: State) -> str:
    """What the customer is told of a state."""
    return "\n".join(_lines(components, state))


def _lines(components: Components, state: State) -> Iterator[str]:
    for group, head in PROMPTS.steering.items():
        parts = [each.text for each in components if _group(each, state) == group]
        if parts:
            yield head
            yield from (f"- {part}" for part in parts)


def _group(component: Component, state: State) -> str:
    return _GROUPS.get((component.kind, state.statuses[component.id]), "")
