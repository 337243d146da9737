"""Verdicts as arrays: the form in which the sampler of the piece model goes through them."""

from collections.abc import Sequence
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

    @classmethod
    def of(
        cls,
        rows: Sequence[VerdictRow],
        members: Sequence[frozenset[int]],
        *,
        pieces: int,
        sizes: tuple[int, int],
    ) -> "VerdictArrays":
        """From verdicts and the pieces of each version; `sizes` counts dimensions and criteria."""
        dimensions, criteria = sizes
        version, reply, dimension, criterion = _columns(rows)
        version_of_reply = _version_of_reply(version, reply)
        inside = _membership(members, pieces)
        counts = np.zeros((len(members), dimensions))
        np.add.at(counts, (version, dimension), 1.0)
        return cls(
            version=version,
            reply=reply,
            dimension=dimension,
            criterion=criterion,
            passed=np.array([row.passed for row in rows], dtype=float),
            members=inside,
            gram=_gram(inside, counts),
            per_version=counts.sum(axis=1),
            per_dimension=counts.sum(axis=0),
            per_criterion=np.bincount(criterion, minlength=criteria).astype(float),
            per_reply=np.bincount(reply).astype(float),
            version_of_reply=version_of_reply,
            replies_per_version=np.bincount(version_of_reply, minlength=len(members)).astype(float),
        )

    def by_version_and_dimension(self, values: Array) -> Array:
        """Sums of a value per verdict; shape: versions x dimensions."""
        versions, dimensions = self.per_version.size, self.per_dimension.size
        cell = self.version * dimensions + self.dimension
        return sums(cell, values, versions * dimensions).reshape(versions, dimensions)


def _columns(rows: Sequence[VerdictRow]) -> tuple[Indices, Indices, Indices, Indices]:
    """Version, reply, dimension and criterion of the verdicts, a column each."""
    versions, replies, dimensions, criteria, _ = zip(*rows, strict=True)
    return _indices(versions), _indices(replies), _indices(dimensions), _indices(criteria)


def _indices(numbers: Sequence[int]) -> Indices:
    return np.array(numbers, dtype=np.intp)


def _version_of_reply(version: Indices, reply: Indices) -> Indices:
    """The version of each reply; every reply has a verdict."""
    of_reply = np.zeros(reply.max() + 1, dtype=np.intp)
    of_reply[reply] = version
    return of_reply


def _membership(members: Sequence[frozenset[int]], pieces: int) -> Array:
    """1 where the piece is in the version, else 0; shape: versions x pieces."""
    inside = np.zeros((len(members), pieces))
    for version, numbers in enumerate(members):
        inside[version, sorted(numbers)] = 1.0
    return inside


def _gram(inside: Array, counts: Array) -> Array:
    """Verdicts on versions with both pieces, by dimension; shape: pieces x pieces x dimensions."""
    by_dimension = [inside.T @ (inside * column[:, None]) for column in counts.T]
    return np.stack(by_dimension, axis=2)


def sums(group: Indices, values: Array, groups: int) -> Array:
    """Sums of the values by group."""
    return np.asarray(np.bincount(group, weights=values, minlength=groups), dtype=np.float64)
