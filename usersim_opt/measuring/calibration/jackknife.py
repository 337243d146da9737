"""Intervals by leaving out one cluster after the other: for figures that are no simple share.

    error^2 = (G - 1) / G * sum over clusters g of (figure without g - their mean)^2

with Student's t of G - 1 degrees of freedom around the figure of all clusters (Efron and Tibshirani
1993, An Introduction to the Bootstrap, chapter 11). Verdicts of one task hang together, so tasks
are the clusters.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from usersim_opt.basics.figures import Interval
from usersim_opt.basics.levels import LEVEL, t_quantile

Table = NDArray[np.float64]
FEWEST = 6
"""Clusters below which there is no interval: so few may be alike by chance."""


def jackknife(counts: Table, figure: Callable[[Table], float | None]) -> Interval | None:
    """A figure of summed counts with its 95 % interval over clusters.

    The first axis of `counts` is the cluster; `figure` takes the sum over it. None where the figure
    is not known; no bounds with few clusters, or where it is not known without one of them.
    """
    total = counts.sum(axis=0)
    value = figure(total)
    if value is None:
        return None
    filled = [each for each in counts if each.any()]
    without = [figure(total - each) for each in filled]
    known = [each for each in without if each is not None]
    if len(filled) < FEWEST or len(known) < len(without):
        return Interval(value, None, None)
    clusters = len(known)
    squares = float(((np.array(known) - np.mean(known)) ** 2).sum())
    half = t_quantile(LEVEL, clusters - 1) * math.sqrt((clusters - 1) / clusters * squares)
    return Interval(value, value - half, value + half)
