"""Means of features, how alike two of them are, and the four dimensions D1 to D4.

    sim = 2 min(|M|, |H|) / (|M| + |H|), 1 where both are 0           (arXiv 2603.11245)
    D   = 100 * mean of sim over the features of the dimension

Each function takes many weightings of the tasks at once, one a line: the first is the data as they
are, the others are resampled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from usersim_opt.realism.entries import Entries, task_of
from usersim_opt.realism.features import extract_features
from usersim_opt.realism.table import DIMENSIONS, FEATURES
from usersim_opt.realism.turns import Conversation

Array = NDArray[np.float64]
Vectors = Mapping[str, Array | None]
"""The features of conversations by id; None where the customer says nothing."""

_PLACE = {name: place for place, name in enumerate(FEATURES)}


@dataclass(frozen=True)
class Weights:
    """Weightings of tasks: `values` has a line for each weighting, a column for each task."""

    values: Array
    tasks: Mapping[str, int]

    def of(self, names: Sequence[str]) -> Array:
        """The weights of the tasks of some ids, a column for each id."""
        return self.values[:, [self.tasks[task_of(name)] for name in names]]


def vectors_of(entries: Entries, source: str) -> Vectors:
    """The features of the entries that are kept."""
    return {
        name: vector_of(entry.conversation, source) for name, entry in entries.items() if entry.kept
    }


def vector_of(conversation: Conversation, source: str) -> Array | None:
    """The features of a conversation as numbers; None where the customer says nothing."""
    features = extract_features(conversation, source)
    return None if features is None else np.array(list(features.values()))


def row(vectors: Vectors, names: Sequence[str], weights: Weights) -> Array | None:
    """The mean features over some ids, a line for each weighting.

    None where no conversation has features; a line without weight is NaN.
    """
    found = [name for name in names if vectors[name] is not None]
    if not found:
        return None
    matrix = np.stack([vector for name in found if (vector := vectors[name]) is not None])
    return weighted_mean(matrix, weights.of(found))


def weighted_mean(matrix: Array, weights: Array) -> Array:
    """The means of the lines of a matrix, for each line of weights; NaN where all are 0."""
    total = weights.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: Array = np.where(total > 0, weights @ matrix / total, np.nan)
    return mean


def similarity(one: Array, other: Array) -> Array:
    """How alike two means are, 0 to 1; NaN where one of them is missing."""
    total = np.abs(one) + np.abs(other)
    with np.errstate(invalid="ignore"):
        alike: Array = 2 * np.minimum(np.abs(one), np.abs(other)) / np.where(total == 0, 1, total)
    return np.where(total == 0, 1.0, alike)


def dimensions(one: Array, other: Array) -> dict[str, Array]:
    """D1 to D4 of two rows, 0 to 100, a number for each weighting."""
    alike = 100 * similarity(one, other)
    return {
        name: alike[:, [_PLACE[feature] for feature in features]].mean(axis=1)
        for name, features in DIMENSIONS.items()
    }


def batch_dimensions(
    runs: Sequence[Vectors], people: Vectors, weights: Weights
) -> dict[str, Array] | None:
    """D1 to D4 of a simulator's runs against one batch of people.

    A run's row is over the ids that it shares with the batch, the simulator's row the plain mean of
    its runs; people's row is over all ids that any run shares. None where a side has no features.
    """
    shared = [[name for name in run if name in people] for run in runs]
    rows = [row(run, names, weights) for run, names in zip(runs, shared, strict=True) if names]
    ours = [each for each in rows if each is not None]
    theirs = row(people, list(dict.fromkeys(chain.from_iterable(shared))), weights)
    if not ours or theirs is None:
        return None
    return dimensions(np.mean(ours, axis=0), theirs)
