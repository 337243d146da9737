"""Noise floors: how far two samples of the same people lie apart, at that many conversations.

Two samples are drawn from the reference with replacement, first tasks, then conversations of each:
one as large as the simulator's, the other as large as people's. What they differ in is noise, and a
difference below that says nothing. Both are drawn apart: where both sides have the same tasks the
true floor lies a little lower.

Outcomes are drawn task by task with the success of people in that bin as chance, the same on both
sides; half a success and half a failure are added (Jeffreys), so that no bin is certain.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from usersim_opt.realism.entries import task_of
from usersim_opt.realism.outcomes import CUTOFFS, Difficulty, Outcomes
from usersim_opt.realism.resampling import DRAWS, SEED
from usersim_opt.realism.rows import Array, Vectors, dimensions

_BINS = len(CUTOFFS) + 1
_RARE = 5
"""Percent of the samples that lie beyond a floor's bound."""


@dataclass(frozen=True)
class Floor:
    """What people reach against people: the mean, and the bound that one in twenty passes."""

    mean: float
    bound: float


def at_most(values: Array) -> Floor:
    """The floor of a distance: noise alone stays below the bound in 95 % of the samples."""
    return Floor(float(values.mean()), float(np.percentile(values, 100 - _RARE)))


def at_least(values: Array) -> Floor:
    """The floor of a likeness: noise alone stays above the bound in 95 % of the samples."""
    return Floor(float(values.mean()), float(np.percentile(values, _RARE)))


class Size(NamedTuple):
    """How large a sample is."""

    conversations: int
    tasks: int


@dataclass(frozen=True)
class Reference:
    """Conversations to draw from: their features, and the lines of each task."""

    matrix: Array
    tasks: Sequence[NDArray[np.int_]]

    @classmethod
    def of(cls, sides: Iterable[Vectors]) -> "Reference | None":
        """All conversations of some batches or runs; None where none has features."""
        found = [
            (task_of(name), vector)
            for side in sides
            for name, vector in side.items()
            if vector is not None
        ]
        return cls.of_lines(*zip(*found, strict=True)) if found else None

    @classmethod
    def of_lines(cls, tasks: Sequence[str], lines: Iterable[Array]) -> "Reference":
        """Conversations with their tasks, a line of figures each; at least one."""
        places: defaultdict[str, list[int]] = defaultdict(list)
        for number, task in enumerate(tasks):
            places[task].append(number)
        return cls(np.stack(list(lines)), [np.array(numbers) for numbers in places.values()])

    def means(self, size: Size, rng: np.random.Generator) -> Array:
        """The mean features of samples of a size, a line for each sample."""
        lengths = np.array([len(lines) for lines in self.tasks])
        starts = np.cumsum(lengths) - lengths
        order = np.concatenate(self.tasks)
        drawn = rng.integers(len(lengths), size=(DRAWS, size.tasks))
        # A sample's conversations go round its tasks, so that each has as many as the others.
        tasks = drawn[:, np.arange(size.conversations) % size.tasks]
        within = (rng.random(tasks.shape) * lengths[tasks]).astype(int)
        return self._means_of(order[starts[tasks] + within])

    def _means_of(self, lines: NDArray[np.int_]) -> Array:
        """The means of the conversations in each row of `lines`."""
        count = len(self.matrix)
        places = lines + count * np.arange(len(lines))[:, None]
        times = np.bincount(places.ravel(), minlength=count * len(lines)).reshape(-1, count)
        means: Array = times @ self.matrix / lines.shape[1]
        return means


def feature_floors(reference: Reference, size: Size, *, other: Size) -> Array:
    """By figure, the difference of means that noise alone stays below, 19 times out of 20.

    The samples are as large as `size` and `other`.
    """
    rng = np.random.default_rng(SEED)
    gaps = np.abs(reference.means(size, rng) - reference.means(other, rng))
    floors: Array = np.percentile(gaps, 100 - _RARE, axis=0)
    return floors


def assumed_floor(rate: float, turns: Sequence[int], *, other: int, concentration: float) -> float:
    """The floor of a published rate of people, who are assumed to differ.

    Each conversation has a rate of its own, beta distributed around the published one with
    a + b = `concentration`, and as many turns as one of the simulator's. `other` is the number of
    conversations that were published.
    """
    rng = np.random.default_rng(SEED)
    a, b = concentration * rate, concentration * (1 - rate)

    def means(size: int) -> Array:
        numbers = rng.choice(turns, size=(DRAWS, size))
        shares = rng.binomial(numbers, rng.beta(a, b, size=numbers.shape)) / numbers
        return np.asarray(shares.mean(axis=1))

    return at_most(np.abs(means(len(turns)) - means(other))).bound


def dimension_draws(reference: Reference, size: Size, batches: Sequence[Size]) -> dict[str, Array]:
    """D1 to D4 of samples of a size against batches of people of those sizes."""
    rng = np.random.default_rng(SEED)
    ours = reference.means(size, rng)
    against = [dimensions(ours, reference.means(batch, rng)) for batch in batches]
    return {name: np.mean([each[name] for each in against], axis=0) for name in against[0]}


def error_draws(
    runs: Sequence[Outcomes], people: Sequence[Outcomes], difficulty: Difficulty
) -> Array | None:
    """The ECE of so many runs against so many batches, both drawn with people's own chances."""
    tasks = {task for run in runs for task in run if task in difficulty}
    success = [(task, batch[task]) for batch in people for task in tasks if task in batch]
    if not success:
        return None
    counts, chances = _by_bin(success, difficulty)
    rng = np.random.default_rng(SEED)
    sides = [
        rng.binomial(counts, chances, size=(DRAWS, each, _BINS))
        for each in (len(runs), len(people))
    ]
    gaps = np.abs(sides[0][:, :, None, :] - sides[1][:, None, :, :]).sum(axis=3) / counts.sum()
    drawn: Array = gaps.mean(axis=(1, 2))
    return drawn


def _by_bin(
    success: Sequence[tuple[str, float]], difficulty: Difficulty
) -> tuple[NDArray[np.int_], Array]:
    """By bin the number of tasks, and the chance of success."""

    def bins_of(tasks: Iterable[str]) -> NDArray[np.int_]:
        return np.digitize([difficulty[task] for task in tasks], CUTOFFS)

    bins = bins_of(task for task, _ in success)
    total = np.bincount(bins, minlength=_BINS)
    passed = np.bincount(bins, weights=[value for _, value in success], minlength=_BINS)
    tasks = np.bincount(bins_of({task for task, _ in success}), minlength=_BINS)
    return tasks, (passed + 0.5) / (total + 1)
