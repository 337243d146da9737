"""A ratio of two sums over clusters, such as a pass rate, with its t interval."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from usersim_opt.basics.figures import Interval
from usersim_opt.basics.levels import LEVEL, t_quantile

Vector = NDArray[np.float64]


def ratio_interval(
    clusters: Mapping[str, tuple[float, float]], *, level: float = LEVEL
) -> Interval:
    """Sum of the first numbers / sum of the second, with a t interval over clusters.

    For pass rates the pairs are (passed, scored) per task. Clusters with nothing in them are left
    out; one cluster gives no interval. The level is two-sided: .05 gives a 95 % interval.
    """
    filled = [pair for pair in clusters.values() if pair[1]]
    if not filled:
        return Interval(0.0, None, None)
    x = np.array([pair[0] for pair in filled], dtype=float)
    n = np.array([pair[1] for pair in filled], dtype=float)
    mean = ratio(x, n)
    if len(x) < 2:
        return Interval(mean, None, None)
    half = t_quantile(level, len(x) - 1) * ratio_error(x, n)
    return Interval(mean, mean - half, mean + half)


def ratio(x: Vector, n: Vector) -> float:
    """Sum of x / sum of n; both have one number per cluster."""
    return float(x.sum() / n.sum())


def ratio_error(x: Vector, n: Vector) -> float:
    """Standard error of sum x / sum n over two or more clusters, by linearisation.

    Taylor's linearisation of a ratio (Cochran 1977, Sampling Techniques, chapter 6).
    """
    squares = float(((x - ratio(x, n) * n) ** 2).sum())
    clusters = len(x)
    return math.sqrt(clusters / (clusters - 1) * squares) / float(n.sum())
