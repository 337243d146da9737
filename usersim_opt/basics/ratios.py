"""A ratio of two sums over clusters, such as a pass rate, with its t interval."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from usersim_opt.basics.figures import Interval

Vector = NDArray[np.float64]

Z975 = 1.959964
"""The 97.5 % quantile of the normal distribution."""
_T975 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
"""The 97.5 % quantiles of Student's t for 1 to 30 degrees of freedom."""


def t975(df: int) -> float:
    """The 97.5 % quantile of Student's t with `df` degrees of freedom; infinite for none.

    Beyond 30 it is the Cornish-Fisher expansion in 1 / df (Abramowitz and Stegun 1964, 26.7.5, its
    first two terms), with an error below .001.
    """
    if df < 1:
        return math.inf
    if df <= len(_T975):
        return _T975[df - 1]
    z = Z975
    first = (z**3 + z) / (4 * df)
    second = (5 * z**5 + 16 * z**3 + 3 * z) / (96 * df**2)
    return z + first + second


def ratio_interval(clusters: Mapping[str, tuple[float, float]]) -> Interval:
    """Sum of the first numbers / sum of the second, with a t interval over clusters.

    For pass rates the pairs are (passed, scored) per task. Clusters with nothing in them are left
    out; one cluster gives no interval.
    """
    filled = [pair for pair in clusters.values() if pair[1]]
    if not filled:
        return Interval(0.0, None, None)
    x = np.array([pair[0] for pair in filled], dtype=float)
    n = np.array([pair[1] for pair in filled], dtype=float)
    mean = ratio(x, n)
    if len(x) < 2:
        return Interval(mean, None, None)
    half = t975(len(x) - 1) * ratio_error(x, n)
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
