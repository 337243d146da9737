"""Permutation test of two independent groups by the difference of their means.

Under the hypothesis that group membership means nothing, every way to deal the values out to groups
of these sizes is equally likely. The p-value is the share of those ways with a difference at least
as large as the one that was seen, on either side (Fisher, The Design of Experiments, 1935, sec.
21). Where there are too many ways, they are drawn at random and the seen one is counted with them
(Phipson and Smyth, 2010, doi 10.2202/1544-6115.1585, eq. 2), so that p is never 0.
"""

from collections.abc import Sequence
from itertools import combinations
from math import comb

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_SLACK = 1e-9
"""Differences that only rounding tells apart count as equal."""


def difference_p(
    one: Sequence[float], other: Sequence[float], *, draws: int = 9999, seed: int = 0
) -> float:
    """The two-sided p-value, 0 to 1; exact where there are no more than `draws` ways.

    ValueError for an empty group.

    >>> difference_p([1, 2], [7, 8, 9])
    0.1
    """
    if len(one) == 0 or len(other) == 0:
        raise ValueError("a group is empty; expected one value or more in each")
    values = np.array([*one, *other], dtype=np.float64)
    size = len(one)
    seen = abs(_gap(values[None, :size], values)[0])
    if comb(len(values), size) <= draws:
        ways = np.array(list(combinations(range(len(values)), size)))
        gaps = np.abs(_gap(values[ways], values))
        return float(np.mean(gaps >= seen - _SLACK))
    ranks = np.random.default_rng(seed).random((draws, len(values)))
    gaps = np.abs(_gap(values[np.argsort(ranks, axis=1)[:, :size]], values))
    return float((1 + np.sum(gaps >= seen - _SLACK)) / (draws + 1))


def _gap(groups: Floats, values: Floats) -> Floats:
    """Mean of each group (a row) minus the mean of the values that are not in it."""
    rest = len(values) - groups.shape[1]
    totals = groups.sum(axis=1)
    gaps: Floats = totals / groups.shape[1] - (values.sum() - totals) / rest
    return gaps
