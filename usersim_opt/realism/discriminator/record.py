"""What a discriminator found, and how it is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from usersim_opt.basics.figures import Interval, many
from usersim_opt.basics.layout import grid
from usersim_opt.basics.showing import visibly
from usersim_opt.realism.card import CARD

_RARE = 0.05
"""A p value up to this is taken for a difference."""
_MOST_SIGNS, _MOST_TALKS = 8, 3
"""Rows of the tables."""


@dataclass(frozen=True)
class Told:
    """One conversation and how real it looked to a classifier that has not seen its task."""

    task: str
    run: str
    is_real: bool
    chance: float
    """The probability that it is real, where both sides are as frequent."""


@dataclass(frozen=True)
class Sign:
    """What a group of figures does for telling both sides apart."""

    feature: str
    loss: float
    """Of AUC, where the feature and its corrected form are shuffled."""
    real: float
    """The mean of the published feature."""
    simulated: float


@dataclass(frozen=True)
class Discrimination:
    """How well two sets of conversations are told apart."""

    real: str
    simulated: str
    model: str
    auc: Interval
    null: tuple[float, float]
    """Between these lie 95 % of the AUCs where nothing can be told apart."""
    p: float
    """One-sided: how often the null reaches this AUC."""
    conversations: Sequence[Told]
    signs: Sequence[Sign]
    """The most telling first."""
    tasks: int
    folds: int
    notes: Sequence[str]

    @property
    def is_descriptive(self) -> bool:
        """Whether there are too few tasks to say anything for sure."""
        return self.tasks < CARD.thresholds.descriptive_below

    @property
    def tells_apart(self) -> bool | None:
        """Whether the classifier is better than chance; None with too few tasks to say so."""
        return None if self.is_descriptive else self.p <= _RARE

    def of_side(self, *, is_real: bool) -> list[Told]:
        """The conversations of one side, those that look most real first."""
        side = [each for each in self.conversations if each.is_real == is_real]
        return sorted(side, key=lambda each: -each.chance)

    @property
    def fields(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "real": self.real,
            "simulated": self.simulated,
            "model": self.model,
            "auc": self.auc.mean,
            "interval": self.auc.bounds,
            "null_band": self.null,
            "p": self.p,
            "descriptive_only": self.is_descriptive,
            "tells_apart": self.tells_apart,
            "tasks": self.tasks,
            "folds": self.folds,
            "conversations": [vars(each) for each in self.conversations],
            "signs": [vars(each) for each in self.signs],
            "notes": list(self.notes),
        }

    @visibly
    def __str__(self) -> str:
        parts = [_head(self), _verdict(self), _signs(self), _least_real(self)]
        return "\n\n".join([*parts, *(f"note: {note}" for note in self.notes)])


def _head(told: Discrimination) -> str:
    sides = [len(told.of_side(is_real=is_real)) for is_real in (True, False)]
    low, high = told.null
    return (
        f"Real: {told.real}, {many(sides[0], 'conversation')}; "
        f"simulated: {told.simulated}, {many(sides[1], 'conversation')}; "
        f"{many(told.tasks, 'task')}\n"
        f"AUC of the {told.model} {told.auc.mean:.3f}{_bounds(told.auc)}, on tasks that it was not "
        f"fitted on ({many(told.folds, 'fold')})\n"
        f"Where nothing can be told apart: {low:.3f} to {high:.3f} (95 %); p = {told.p:.3f}"
    )


def _bounds(auc: Interval) -> str:
    if auc.bounds is None:
        return ""
    low, high = auc.bounds
    return f" [{low:.3f}, {high:.3f}]"


def _verdict(told: Discrimination) -> str:
    if told.tells_apart is None:
        least = CARD.thresholds.descriptive_below
        return f"Fewer than {least} tasks: descriptive only, nothing is said of other tasks."
    if told.tells_apart:
        return "The figures tell both sides apart."
    return "The figures do not tell both sides apart, as far as this many conversations can show."


def _signs(told: Discrimination) -> str:
    rows = [
        [each.feature, f"{each.loss:+.3f}", f"{each.real:.3f}", f"{each.simulated:.3f}"]
        for each in told.signs[:_MOST_SIGNS]
    ]
    return grid(["feature", "AUC lost without it", "real", "simulated"], rows)


def _least_real(told: Discrimination) -> str:
    """The simulated conversations that are told most easily."""
    least = told.of_side(is_real=False)[::-1][:_MOST_TALKS]
    rows = [[each.task, each.run, f"{each.chance:.2f}"] for each in least]
    return "Simulated conversations that look least real\n" + grid(["task", "run", "P(real)"], rows)
