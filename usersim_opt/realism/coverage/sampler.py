"""Personas that cover the cube of the axes, rather than being many where most customers are.

Points drawn independently leave holes and repeat each other. Here each axis has its levels equally
often, and levels are swapped between personas while that takes close ones apart: a maximin Latin
hypercube (Morris and Mitchell 1995, Journal of Statistical Planning and Inference 43, phi with
p = 16) on the five levels. Farthest points of an even pool were tried and left: with 25 points in 8
dimensions they lie in the corners and cover less than independent draws (docs/coverage.md).

Not covered: how frequent each manner is among people. That is a match of densities, another task.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from usersim_opt.basics.arguments import Count, check_fields, checks_arguments
from usersim_opt.customer.manner import AXES, LEVELS, Axes, read_axes
from usersim_opt.customer.personas import Cast, Persona, Personas, cast
from usersim_opt.scenarios.records import Task

_SWAPS = 3_000
"""Swaps that are tried for 25 personas; more personas get more in proportion."""
_PAPER = 25
_POWER = 8
"""Of the squared distance."""
_TWINS = 0.1
"""The squared distance, in levels, that equal personas count as."""
Grid = NDArray[np.int_]
"""Levels, a row for each persona, a column for each axis."""


@dataclass(frozen=True)
class PersonaSampler:
    """Samples personas that cover the axes."""

    axes: Axes = AXES

    def __post_init__(self) -> None:
        check_fields(self)

    @classmethod
    @checks_arguments
    def of_file(cls, path: str | Path) -> "PersonaSampler":
        """A sampler for the axes of a file in the form of manner.yaml."""
        return cls(read_axes(path))

    @checks_arguments
    def sample(self, count: Count, seed: int = 0) -> Personas:
        """So many personas, the same ones for the same seed; InputError for a count below 1."""
        levels = spread(count, len(self.axes.names), seed=seed)
        return Personas(tuple(self._persona(row) for row in levels.tolist()))

    @checks_arguments
    def assign(
        self, tasks: Sequence[Task], seeds: Count = 1, *, count: Count | None = None, seed: int = 0
    ) -> Cast:
        """Steering that gives every task with the seeds 0, 1, ... up to `seeds` a persona.

        `count` personas are dealt, one for each conversation unless fewer are wanted. The same
        arguments give the same cast. InputError for more personas than conversations.
        """
        most = len(tasks) * seeds
        personas = self.sample(max(1, most) if count is None else count, seed)
        return cast(personas, tasks, seeds, seed=seed)

    def _persona(self, row: Sequence[int]) -> Persona:
        return Persona(dict(zip(self.axes.names, row, strict=True)), self.axes)


def spread(count: int, axes: int, *, seed: int) -> Grid:
    """Levels of `count` personas on so many axes, far from each other."""
    rng = np.random.default_rng(seed)
    column = (np.arange(count) * LEVELS + LEVELS // 2) // count
    grid = np.stack([rng.permutation(column) for _ in range(axes)], axis=1)
    if count > 1:
        _swap(grid, rng, tries=_SWAPS * max(1, count // _PAPER))
    return grid


def _swap(grid: Grid, rng: np.random.Generator, *, tries: int) -> None:
    """Swap levels of one axis between two personas, where that takes close ones apart."""
    for _ in range(tries):
        pair = rng.choice(len(grid), 2, replace=False)
        axis = rng.integers(grid.shape[1])
        before = _crowding(grid, pair)
        grid[pair, axis] = grid[pair[::-1], axis]
        if _crowding(grid, pair) > before:
            grid[pair, axis] = grid[pair[::-1], axis]


def _crowding(grid: Grid, pair: NDArray[np.int_]) -> float:
    """How close two personas are to all others; what they are to each other no swap changes."""
    squares = np.square(grid[pair][:, None] - grid).sum(axis=2)
    others = np.delete(squares, pair, axis=1)
    return float((np.maximum(others, _TWINS) ** -float(_POWER)).sum())
