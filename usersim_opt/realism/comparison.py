"""Figure by figure: a simulator, people, the difference, and the noise floor of that difference.

Where people's conversations are given they are the reference, in the tasks that both have. Else
people's published means are (card.yaml), where there are any. The floor then comes, for shares,
from how people are assumed to differ, and else from how this simulator's conversations do.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from usersim_opt.basics.figures import Interval
from usersim_opt.realism.card import CARD, PEOPLE
from usersim_opt.realism.figures import NAMES, UNITS, Sample
from usersim_opt.realism.floors import Reference, Size, assumed_floor, feature_floors
from usersim_opt.realism.resampling import interval, task_weights
from usersim_opt.realism.rows import Array, weighted_mean

_OWN = "own spread"
_PUBLISHED = Size(CARD.conversations, CARD.tasks)
_ROUNDING = 1e-9
"""Figures that differ by less are equal: adding in another order shifts the last digits."""
SUCCESS = "success"
"""The agent's success, a figure of the conversations that have a reward."""


@dataclass(frozen=True)
class FigureRow:
    """One figure of a simulator beside the reference."""

    name: str
    unit: str
    value: Interval
    """The simulator's mean, with a 95 % interval over tasks."""
    reference: float | None
    """The mean of people, or of the other simulator; None where it is not known."""
    origin: str
    """Where the reference comes from."""
    floor: float | None
    """Noise alone makes no larger difference, 19 times out of 20; None where it is not known."""
    floor_of: str
    """What was drawn for the floor."""

    @property
    def difference(self) -> float | None:
        """The simulator less the reference."""
        return None if self.reference is None else self.value.mean - self.reference

    @property
    def differs(self) -> bool | None:
        """Whether the difference is above its floor; None where one of them is not known."""
        if self.difference is None or self.floor is None:
            return None
        return abs(self.difference) > self.floor + _ROUNDING

    @property
    def fields(self) -> dict[str, Any]:
        """The row as plain data."""
        return {
            "name": self.name,
            "unit": self.unit,
            "value": self.value.mean,
            "interval": self.value.bounds,
            "reference": self.reference,
            "origin": self.origin,
            "difference": self.difference,
            "noise_floor": self.floor,
            "floor_of": self.floor_of,
            "differs": self.differs,
        }


def beside_sample(model: Sample, reference: Sample, *, origin: str) -> list[FigureRow]:
    """All figures beside a sample of people or of another simulator."""
    drawn = Reference.of_lines(reference.tasks, reference.lines)
    floors = feature_floors(drawn, model.size, other=reference.size)
    theirs = reference.matrix.mean(axis=0)
    rows = [
        _row(name, value, reference=float(mean), origin=origin, floor=float(floor), of=origin)
        for name, value, mean, floor in zip(NAMES, _values(model), theirs, floors, strict=True)
    ]
    return [*rows, *_success_beside(model, reference, origin)]


def beside_card(model: Sample) -> list[FigureRow]:
    """All figures beside people's published means; of most figures there is none."""
    own = Reference.of_lines(model.tasks, model.lines)
    floors = feature_floors(own, model.size, other=_PUBLISHED)
    rows = [
        _published(name, value, model.turns, own=float(floor))
        for name, value, floor in zip(NAMES, _values(model), floors, strict=True)
    ]
    return [*rows, *_published_success(model)]


def _values(sample: Sample) -> list[Interval]:
    """The means of all figures with their intervals."""
    return _intervals(sample.tasks, sample.matrix)


def _intervals(tasks: Sequence[str], matrix: Array) -> list[Interval]:
    weights = task_weights(tasks)
    columns = [weights.tasks[task] for task in tasks]
    means = weighted_mean(matrix, weights.values[:, columns])
    return [interval(column) for column in means.T]


def _row(
    name: str, value: Interval, *, reference: float | None, origin: str, floor: float, of: str
) -> FigureRow:
    return FigureRow(name, UNITS[name], value, reference, origin, floor, of)


def _published(name: str, value: Interval, turns: Sequence[int], *, own: float) -> FigureRow:
    """A figure beside its published mean."""
    published = PEOPLE.get(name)
    if published is None:
        return _row(name, value, reference=None, origin="unknown", floor=own, of=_OWN)
    origin, mean = f"published ({published.certainty})", published.value
    assumed = _assumed(mean, turns) if UNITS[name] == "share" else 0.0
    # Both are guesses at how people differ; the larger one claims less.
    floor, of = max((own, _OWN), (assumed, "assumed spread"))
    return _row(name, value, reference=mean, origin=origin, floor=floor, of=of)


def _assumed(rate: float, turns: Sequence[int]) -> float:
    return assumed_floor(
        rate, turns, other=CARD.conversations, concentration=CARD.assumed.concentration
    )


def _success(sample: Sample) -> tuple[list[str], Array]:
    """The tasks of the conversations with a reward, and a column of their successes."""
    tasks = [task for task, _ in sample.rewarded]
    return tasks, np.array([[value] for _, value in sample.rewarded])


def _success_beside(model: Sample, reference: Sample, origin: str) -> Iterator[FigureRow]:
    if model.rewarded and reference.rewarded:
        tasks, column = _success(reference)
        floor = _success_floor(tasks, column, model, other=Size(len(tasks), len(set(tasks))))
        (value,) = _intervals(*_success(model))
        mean = float(column.mean())
        yield _row(SUCCESS, value, reference=mean, origin=origin, floor=floor, of=origin)


def _published_success(model: Sample) -> Iterator[FigureRow]:
    if model.rewarded:
        tasks, column = _success(model)
        floor = _success_floor(tasks, column, model, other=_PUBLISHED)
        (value,) = _intervals(tasks, column)
        people = PEOPLE[SUCCESS]
        origin = f"published ({people.certainty})"
        yield _row(SUCCESS, value, reference=people.value, origin=origin, floor=floor, of=_OWN)


def _success_floor(tasks: Sequence[str], column: Array, model: Sample, *, other: Size) -> float:
    """The floor of the agent's success, drawn from these tasks."""
    ours = [task for task, _ in model.rewarded]
    drawn = Reference.of_lines(tasks, column)
    return float(feature_floors(drawn, Size(len(ours), len(set(ours))), other=other)[0])
