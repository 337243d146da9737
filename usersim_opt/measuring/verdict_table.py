"""Verdicts as they come in, kept as the arrays that the sampler of the piece model goes through.

A search draws after every few replies. Arrays made anew for each draw would cost what all verdicts
so far weigh, and counts of pairs of pieces the square of the pieces for every version. So they are
kept, with room to grow: a reply costs what it adds. Counts are whole numbers, so sums that are kept
are the sums that would be made anew.
"""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from usersim_opt.measuring.verdict_arrays import VerdictArrays, VerdictRow

FIRST_ROOM = 64


class VerdictTable:
    """Takes in pieces, versions and the verdicts on a reply; gives arrays of all of them."""

    def __init__(self, dimensions: int) -> None:
        self._pieces = 0
        self._members: list[tuple[int, ...]] = []
        self._rows = _Room((5,), np.intp)
        self._inside = np.zeros((FIRST_ROOM, FIRST_ROOM))
        self._gram = np.zeros((FIRST_ROOM, FIRST_ROOM, dimensions))
        self._per_version = _Room((), np.float64)
        self._per_reply = _Room((), np.float64)
        self._version_of_reply = _Room((), np.intp)
        self._replies_per_version = _Room((), np.float64)
        self._per_dimension = np.zeros(dimensions)
        self._per_criterion = _Room((), np.float64)

    @property
    def replies(self) -> int:
        """The number of replies with verdicts."""
        return self._per_reply.size

    @property
    def is_empty(self) -> bool:
        """Whether no verdict has come in."""
        return not self._rows.size

    def add_piece(self) -> None:
        """Take in one more piece, which no version so far has."""
        self._pieces += 1
        self._inside = _with_room(self._inside, self._pieces, axes=(1,))
        self._gram = _with_room(self._gram, self._pieces, axes=(0, 1))

    def add_version(self, members: Collection[int]) -> None:
        """Take in one more version, made of numbered pieces."""
        number = len(self._members)
        self._members.append(tuple(sorted(members)))
        self._inside = _with_room(self._inside, number + 1, axes=(0,))
        self._inside[number, self._members[number]] = 1.0
        self._per_version.append(0.0)
        self._replies_per_version.append(0.0)

    def add_reply(self, version: int, rows: Sequence[VerdictRow], *, criteria: int) -> None:
        """Take in the verdicts on one reply; `criteria` counts those that are known by now."""
        while self._per_criterion.size < criteria:
            self._per_criterion.append(0.0)
        counts = np.zeros_like(self._per_dimension)
        for row in rows:
            self._rows.append(row)
            self._per_criterion.values[row.criterion] += 1
            counts[row.dimension] += 1
        self._per_dimension += counts
        self._per_reply.append(len(rows))
        self._version_of_reply.append(version)
        self._per_version.values[version] += len(rows)
        self._replies_per_version.values[version] += 1
        inside = list(self._members[version])
        self._gram[np.ix_(inside, inside)] += counts

    def arrays(self) -> VerdictArrays:
        """All verdicts so far. They are for now: what comes in next may change them in place."""
        rows, pieces = self._rows.values, self._pieces
        version, reply, dimension, criterion, passed = (np.array(each) for each in rows.T)
        return VerdictArrays(
            version=version,
            reply=reply,
            dimension=dimension,
            criterion=criterion,
            passed=passed.astype(float),
            # Without the room to grow, since matrix products of other layouts round otherwise.
            members=np.array(self._inside[: len(self._members), :pieces]),
            gram=self._gram[:pieces, :pieces],
            per_version=self._per_version.values,
            per_dimension=self._per_dimension,
            per_criterion=self._per_criterion.values,
            per_reply=self._per_reply.values,
            version_of_reply=self._version_of_reply.values,
            replies_per_version=self._replies_per_version.values,
        )


class _Room:
    """Values in a row, with room for more."""

    def __init__(self, shape: tuple[int, ...], kind: type[np.generic]) -> None:
        self.size = 0
        self._all: NDArray[Any] = np.zeros((FIRST_ROOM, *shape), dtype=kind)

    @property
    def values(self) -> NDArray[Any]:
        """Those that are there, to be read or changed."""
        return self._all[: self.size]

    def append(self, value: Any) -> None:
        """One more."""
        self._all = _with_room(self._all, self.size + 1, axes=(0,))
        self._all[self.size] = value
        self.size += 1


def _with_room(values: NDArray[Any], least: int, *, axes: tuple[int, ...]) -> NDArray[Any]:
    """The array, or one of twice its size along the axes, filled up with zeros.

    Twice, so that each value is moved only once or twice in all, however many come.
    """
    if least <= values.shape[axes[0]]:
        return values
    more = [(0, size if axis in axes else 0) for axis, size in enumerate(values.shape)]
    return np.pad(values, more)
