"""The volume of the convex hull of points. It takes scipy, an extra: `coverage`."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from usersim_opt.realism.rows import Array

MOST_DIMENSIONS = 8
"""In more dimensions a hull has too many faces to be computed."""
NO_SCIPY = "no hull volume: scipy is not installed; pip install 'scipy>=1.15'"
TOO_MANY = f"no hull volume: in more than {MOST_DIMENSIONS} dimensions it takes too long"


def hull_volume(points: Array) -> float | None:
    """The volume; 0 for points of a plane, and for no more points than dimensions.

    In one dimension it is the range. None where scipy is missing, or there are too many dimensions;
    `why_missing` says which.
    """
    count, dimensions = points.shape
    if count <= dimensions or _is_flat(points):
        return 0.0
    if dimensions == 1:
        return float(np.ptp(points))
    hull = _hull_class()
    if dimensions > MOST_DIMENSIONS or hull is None:
        return None
    return float(hull(points).volume)


def why_missing(dimensions: int) -> str:
    """Why there is no volume, in a line."""
    return TOO_MANY if dimensions > MOST_DIMENSIONS else NO_SCIPY


def _is_flat(points: Array) -> bool:
    rank = np.linalg.matrix_rank(points - points.mean(axis=0))
    return bool(rank < points.shape[1])


@lru_cache(maxsize=1)
def _hull_class() -> Callable[[Array], Any] | None:
    try:
        from scipy.spatial import ConvexHull  # noqa: PLC0415 - an extra, loaded when it is used
    except ImportError:
        return None
    return ConvexHull  # type: ignore[no-any-return]
