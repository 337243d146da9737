"""The formulas: six measures of Persona Generators and the Chamfer coverage of PPol.

z_1..z_N are points of the unit cube of K dimensions, u are points drawn evenly from it, distances
are Euclidean. Form of arXiv 2602.03545 as its unofficial code `synthpersona` has it.

    support coverage   share of u with min_i |u - z_i| <= r; even.py gives r
    dispersion         max_u min_i |u - z_i|, the largest empty ball
    hull volume        of the convex hull; hull.py
    mean and least distance of pairs i < j
    divergence         per dimension sum p log(p / q) of histograms with 20 bins, 1e-10 added to
                       each count; q from quasi-random populations of N points; mean over both

    Chamfer (PPol, arXiv 2605.12894), of points P and people H, both z-scored by H:
    err = mean_h min_p |h - p| + mean_p min_h |p - h|,   d = mean distance of pairs in H
    score = max(0, 1 - min(1, err / (2 d))),   0 where one is empty or d is 0

Larger is better, but for dispersion and divergence.
"""

import numpy as np

from usersim_opt.realism.coverage.distances import nearest, pairwise
from usersim_opt.realism.rows import Array

_BINS = 20
_ADDED = 1e-10
_FLAT = 1e-9
"""A standard deviation below this counts as 1."""


def support_coverage(points: Array, asked: Array, radius: float) -> float:
    """The share of the points of `asked` within `radius` of a point, 0 to 1."""
    return float((nearest(asked, points) <= radius).mean())


def dispersion(points: Array, asked: Array) -> float:
    """The largest distance of a point of `asked` to its nearest point."""
    return float(nearest(asked, points).max())


def mean_distance(points: Array) -> float | None:
    """The mean distance of pairs; None for one point."""
    return float(pairwise(points).mean()) if len(points) > 1 else None


def least_distance(points: Array) -> float | None:
    """The least distance of pairs; None for one point."""
    return float(pairwise(points).min()) if len(points) > 1 else None


def divergence(points: Array, even_logs: Array) -> float:
    """The mean Kullback-Leibler divergence, in nats, from even populations.

    `even_logs` is the mean of their `log_shares`: the mean of sum p log(p / q) over many q is
    sum p (log p - mean log q).
    """
    logs = log_shares(points)
    return float((np.exp(logs) * (logs - even_logs)).sum(axis=1).mean())


def log_shares(points: Array) -> Array:
    """The log of the share of each bin, a row for each dimension."""
    dimensions = points.shape[1]
    bins = np.minimum((points * _BINS).astype(int), _BINS - 1) + _BINS * np.arange(dimensions)
    counts = np.bincount(bins.ravel(), minlength=_BINS * dimensions).reshape(dimensions, _BINS)
    added = counts + _ADDED
    logs: Array = np.log(added / added.sum(axis=1, keepdims=True))
    return logs


def z_scored(points: Array, reference: Array) -> Array:
    """Points less the mean of the reference, over its population standard deviation."""
    sd = reference.std(axis=0)
    scored: Array = (points - reference.mean(axis=0)) / np.where(sd < _FLAT, 1.0, sd)
    return scored


def chamfer_score(points: Array, reference: Array) -> float:
    """The Chamfer coverage of points as they are, 0 to 1."""
    if not len(points) or len(reference) < 2:
        return 0.0
    error = nearest(reference, points).mean() + nearest(points, reference).mean()
    return scored(float(error), float(pairwise(reference).mean()))


def scored(error: float, spread: float) -> float:
    """The score of a Chamfer error, given the mean distance of pairs of people."""
    return max(0.0, 1 - min(1.0, error / (2 * spread))) if spread > 0 else 0.0
