"""D: how much more often people, or the best version, pass an item than the seed does.

The discrimination index of classical test theory, the difference between an upper and a lower group
(Ebel 1954; .40 and more very good, .20 to .29 marginal, below .20 revise, below 0 a wrong key).
Both rates are shrunk by dimension (shrinkage.py); the bounds are the 2.5 % and 97.5 % quantiles of
the difference of the two posterior distributions, taken for independent. Beside it stands the
difference of the raw rates, from ten verdicts on either side on, with Newcombe's interval (1998,
method 10, from Wilson's bounds): an item unlike the others of its dimension shows there first.

Not covered: the luck of the best of many versions. The best is chosen by all items together, never
item by item.
"""

import math
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from usersim_opt.basics.figures import Interval
from usersim_opt.basics.statistics import wilson
from usersim_opt.measuring.items.records import Share
from usersim_opt.measuring.items.shrinkage import CHANCES, Chance

_STEP = 2
"""Every second point of the grid is enough for a difference."""
_ONE_SIDE = 0.025
_FEWEST = 10


@lru_cache(maxsize=2_000)
def gain(upper: Chance, lower: Chance) -> Interval:
    """The difference of two probabilities, -1 to 1, with its 95 % interval."""
    order, values = _differences()
    weights = np.outer(_coarse(upper.weights), _coarse(lower.weights)).ravel()[order]
    sums = np.cumsum(weights) - weights / 2
    low, high = np.interp((_ONE_SIDE, 1 - _ONE_SIDE), sums, values)
    return Interval(upper.mean - lower.mean, float(low), float(high))


def counted_gain(upper: Share, lower: Share) -> Interval | None:
    """The difference of two raw rates with Newcombe's 95 % interval.

    None where one of them is of fewer than ten verdicts: of a handful the interval is too narrow.
    """
    if upper.rate is None or lower.rate is None or min(upper.scored, lower.scored) < _FEWEST:
        return None
    mean = upper.rate - lower.rate
    upper_low, upper_high = wilson(upper.passed, upper.scored)
    lower_low, lower_high = wilson(lower.passed, lower.scored)
    below = math.hypot(upper.rate - upper_low, lower_high - lower.rate)
    above = math.hypot(upper_high - upper.rate, lower.rate - lower_low)
    return Interval(mean, mean - below, mean + above)


@cache
def _differences() -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """All differences of two points of the coarse grid: their order, and their sorted values."""
    points = CHANCES[::_STEP]
    differences = np.subtract.outer(points, points).ravel()
    order = np.argsort(differences, kind="stable")
    return order, differences[order]


def _coarse(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weights on every second point; those between them go half to either side."""
    coarse = weights[::_STEP].copy()
    between = weights[1::_STEP] / 2
    coarse[:-1] += between
    coarse[1:] += between
    return coarse
