"""Euclidean distances between points, one a row."""

import numpy as np

from usersim_opt.realism.rows import Array

_CHUNK = 2_000_000
"""Distances that are held in memory at once."""


def nearest(points: Array, to: Array) -> Array:
    """The distance of each point to the nearest of `to`."""
    step = max(1, _CHUNK // len(to))
    squares = np.square(to).sum(axis=1)
    parts = [_nearest(points[i : i + step], to, squares) for i in range(0, len(points), step)]
    return np.concatenate(parts)


def _nearest(points: Array, to: Array, squares: Array) -> Array:
    # |p - t|^2 less |p|^2, which is the same for all t, finds the nearest; its distance is then
    # taken from the difference, because for equal points the squares cancel badly.
    places = (squares - 2 * points @ to.T).argmin(axis=1)
    found: Array = np.linalg.norm(points - to[places], axis=1)
    return found


def nearest_squares(points: Array, populations: Array) -> Array:
    """The square of that distance to several sets at once, faster and to six digits.

    `populations` is sets x points x dimensions; a row for each set, a column for each point.
    """
    ones, others = points.astype(np.float32), populations.astype(np.float32)
    products = others.reshape(-1, others.shape[2]) @ ones.T
    gaps = np.square(others).sum(axis=2)[:, :, None] - 2 * products.reshape(*others.shape[:2], -1)
    found: Array = np.maximum(np.square(ones).sum(axis=1) + gaps.min(axis=1), 0)
    return found


def between(one: Array, other: Array) -> Array:
    """All distances, a row for each point of `one`, a column for each of `other`."""
    return np.stack([np.linalg.norm(other - point, axis=1) for point in one])


def pairwise(points: Array) -> Array:
    """The distances of all pairs i < j."""
    rows = [np.linalg.norm(points[i + 1 :] - points[i], axis=1) for i in range(len(points))]
    return np.concatenate(rows)
