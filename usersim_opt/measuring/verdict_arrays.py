"""Verdicts as arrays: the form in which the sampler of the piece model goes through them."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


class VerdictRow(NamedTuple):
    """One verdict by the numbers of what it is on."""

    version: int
    reply: int
    dimension: int
    criterion: int
    passed: bool


@dataclass(frozen=True)
class VerdictArrays:
    """The verdicts as arrays."""

    version: Indices
    """By verdict, as are reply, dimension, criterion and passed."""
    reply: Indices
    dimension: Indices
    criterion: Indices
    passed: Array
    """1 for a pass, else 0."""
    members: Array
    """1 where the piece is in the version; shape: versions x pieces."""
    gram: Array
    """Verdicts under both of two pieces; shape: pieces x pieces x dimensions."""
    per_version: Array
    """Verdicts on each version, as the next three count them on dimensions, criteria, replies."""
    per_dimension: Array
    per_criterion: Array
    per_reply: Array
    version_of_reply: Indices
    replies_per_version: Array

    def by_version_and_dimension(self, values: Array) -> Array:
        """Sums of a value per verdict; shape: versions x dimensions."""
        versions, dimensions = self.per_version.size, self.per_dimension.size
        cell = self.version * dimensions + self.dimension
        return sums(cell, values, versions * dimensions).reshape(versions, dimensions)


def sums(group: Indices, values: Array, groups: int) -> Array:
    """Sums of the values by group."""
    return np.asarray(np.bincount(group, weights=values, minlength=groups), dtype=np.float64)
