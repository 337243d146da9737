"""The figures of recorded conversations: features, corrected ones, the agent's success."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from usersim_opt.realism.corrected import CORRECTIONS, corrected_features
from usersim_opt.realism.entries import task_of
from usersim_opt.realism.features import extract_features
from usersim_opt.realism.floors import Size
from usersim_opt.realism.result_sets import Talk
from usersim_opt.realism.rows import Array
from usersim_opt.realism.table import FEATURES
from usersim_opt.realism.turns import turns_of

NAMES = (*FEATURES, *CORRECTIONS)
"""The figures of a conversation; `success` is no figure of every conversation."""
UNITS = {
    **{name: feature.unit for name, feature in FEATURES.items()},
    **{name: correction.unit for name, correction in CORRECTIONS.items()},
    "success": "conversation",
}
"""How each figure is read; see the head of features.yaml."""


@dataclass(frozen=True)
class Sample:
    """Conversations with their figures."""

    tasks: Sequence[str]
    lines: Sequence[Array]
    turns: Sequence[int]
    rewarded: Sequence[tuple[str, float]]
    """Task and success of those that have a reward."""

    @classmethod
    def of(cls, talks: Iterable[Talk], source: str = "llm") -> "Sample":
        """The figures of conversations in which the customer says something."""
        heard = [
            (talk, features, corrected_features(talk.messages, source) or {})
            for talk in talks
            if (features := extract_features(talk.messages, source))
        ]
        return cls(
            tasks=[task_of(talk.task) for talk, _, _ in heard],
            # A conversation of nothing but a harness's messages has no corrected features.
            lines=[
                np.array([*features.values(), *(mended.get(name, 0.0) for name in CORRECTIONS)])
                for _, features, mended in heard
            ],
            turns=[len(turns_of(talk.messages, source).texts) for talk, _, _ in heard],
            rewarded=[
                (task_of(talk.task), float(talk.reward > 0))
                for talk, _, _ in heard
                if talk.reward is not None
            ],
        )

    @cached_property
    def matrix(self) -> Array:
        """A line for each conversation, a column for each figure."""
        return np.stack(self.lines)

    @property
    def size(self) -> Size:
        """How large it is."""
        return Size(len(self.lines), len(set(self.tasks)))

    def of_tasks(self, tasks: Iterable[str]) -> "Sample":
        """The conversations of some tasks."""
        wanted = set(tasks)
        places = [place for place, task in enumerate(self.tasks) if task in wanted]
        return Sample(
            tasks=[self.tasks[place] for place in places],
            lines=[self.lines[place] for place in places],
            turns=[self.turns[place] for place in places],
            rewarded=[pair for pair in self.rewarded if pair[0] in wanted],
        )
