"""Noise floors: how far two samples of the same people lie apart, at that many conversations.

Two samples are drawn from the reference with replacement, first the task, then one of its
conversations: one as large as the simulator's, the other as large as people's. What they differ in
is noise, and a difference below that says nothing. Both are drawn apart: where both sides have the
same tasks the true floor lies a little lower.

Outcomes are drawn task by task with the success of people in that bin as chance, the same on both
sides; half a success and half a failure are added (Jeffreys), so that no bin is certain.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

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


@dataclass(frozen=True)
class Reference:
    """Conversations to draw from: their features, and the lines of each task."""

    matrix: Array
    tasks: Sequence[Array]

    @classmethod
    def of(cls, sides: Iterable[Vectors]) -> "Reference | None":
        """All conversations of some batches or runs; None where none has features."""
        found = [
            (task_of(name), vector)
            for side in sides
            for name, vector in side.items()
            if vector is not None
        ]
        if not found:
            return None
        lines: defaultdict[str, list[int]] = defaultdict(list)
        for number, (task, _) in enumerate(found):
            lines[task].append(number)
        matrix = np.stack([vector for _, vector in found])
        return cls(matrix, [np.array(numbers) for numbers in lines.values()])

    def means(self, size: int, rng: np.random.Generator, draws: int = DRAWS) -> Array:
        """The mean features of samples of `size` conversations, a line for each sample."""
        chances = np.zeros(len(self.matrix))
        for lines in self.tasks:
            chances[lines] = 1 / len(self.tasks) / len(lines)
        return rng.multinomial(size, chances / chances.sum(), size=draws) @ self.matrix / size


def feature_floors(reference: Reference, size: int) -> Array:
    """By feature, the difference of means that noise alone stays below, 19 times out of 20."""
    rng = np.random.default_rng(SEED)
    ours = reference.means(size, rng)
    theirs = reference.means(len(reference.matrix), rng)
    floors: Array = np.percentile(np.abs(ours - theirs), 100 - _RARE, axis=0)
    return floors


def dimension_draws(reference: Reference, size: int, batches: Sequence[int]) -> dict[str, Array]:
    """D1 to D4 of samples of `size` conversations against batches of people of those sizes."""
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
        rng.binomial(counts, chances, size=(DRAWS, each, _BINS)) for each in (len(runs), len(people))
    ]
    gaps = np.abs(sides[0][:, :, None, :] - sides[1][:, None, :, :]).sum(axis=3) / counts.sum()
    drawn: Array = gaps.mean(axis=(1, 2))
    return drawn


def _by_bin(
    success: Sequence[tuple[str, float]], difficulty: Difficulty
) -> tuple[Array, Array]:
    """By bin the number of tasks, and the chance of success."""
    bins = np.digitize([difficulty[task] for task, _ in success], CUTOFFS)
    total = np.bincount(bins, minlength=_BINS)
    passed = np.bincount(bins, weights=[value for _, value in success], minlength=_BINS)
    tasks = {task for task, _ in success}
    of_tasks = np.digitize([difficulty[task] for task in tasks], CUTOFFS)
    return np.bincount(of_tasks, minlength=_BINS), (passed + 0.5) / (total + 1)
