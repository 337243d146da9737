"""What even populations of a size reach: the radius and the histograms that a set is held to.

A thousand populations take some seconds, so they are kept for each size.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from usersim_opt.realism.coverage.distances import nearest_squares
from usersim_opt.realism.coverage.measures import log_shares
from usersim_opt.realism.coverage.quasi_random import populations
from usersim_opt.realism.rows import Array

SAMPLES = 10_000
"""Points of the cube at which coverage is asked, unless others are wanted."""
REFERENCES = 200
"""Populations that a set is held to; the paper has 1,000, which takes five times as long."""
_SEED = 1
_AT_ONCE = 5_000_000
"""Distances that are held in memory at once."""
_COVERED = 0.99
"""Share of the cube that the radius covers."""


@dataclass(frozen=True)
class Even:
    """What a set of points is held to."""

    radius: float
    """The mean over populations of the radius of balls that cover 99 % of the cube."""
    log_shares: Array
    """The mean log of the shares of the histograms, a row for each dimension."""


def uniform(count: int, dimensions: int) -> Array:
    """Points drawn from the cube, the same ones for the same size."""
    return np.random.default_rng(_SEED).random((count, dimensions))


@lru_cache(maxsize=64)
def even(count: int, dimensions: int, *, samples: int, references: int) -> Even:
    """What so many populations of `count` points reach."""
    asked = uniform(samples, dimensions)
    drawn = np.stack(list(populations(count, dimensions, references=references)))
    # A few large products take less time than many small ones, above all on a busy machine.
    step = max(1, _AT_ONCE // (count * samples))
    parts = [drawn[start : start + step] for start in range(0, references, step)]
    reaches = [np.quantile(nearest_squares(asked, part), _COVERED, axis=1) for part in parts]
    logs = [log_shares(each) for each in drawn]
    return Even(float(np.sqrt(np.concatenate(reaches)).mean()), np.mean(logs, axis=0))
