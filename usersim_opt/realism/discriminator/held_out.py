"""Fits a classifier on some tasks and scores the others; what it owes to each group of figures.

The importance of a group is what the AUC loses when its columns are shuffled together among the
conversations of the held-out fold (Breiman 2001; permutation importance). A published feature and
the corrected ones that stand for it are one group: shuffled alone, each would hide behind the
other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from usersim_opt.realism.corrected import CORRECTIONS
from usersim_opt.realism.discriminator.auc import auc_of
from usersim_opt.realism.figures import NAMES
from usersim_opt.realism.rows import Array
from usersim_opt.realism.table import FEATURES

Places = NDArray[np.int_]
"""Columns of the figures."""


class Classifier(Protocol):
    """What was fitted."""

    def chances(self, matrix: Array) -> Array:
        """The probability that each conversation is real."""
        ...


class Kind(Protocol):
    """A kind of classifier, which can be fitted."""

    def fitted(self, matrix: Array, is_real: NDArray[np.bool_]) -> Classifier:
        """Fit it to figures, a row for each conversation."""
        ...


@dataclass(frozen=True)
class Data:
    """What is told apart: figures, sides, folds."""

    matrix: Array
    is_real: NDArray[np.bool_]
    folds: NDArray[np.int_]

    def fitted(self, kind: Kind) -> list[Classifier]:
        """A classifier for each fold, fitted on the others."""
        numbers = range(int(self.folds.max()) + 1)
        others = [self.folds != number for number in numbers]
        return [kind.fitted(self.matrix[rows], self.is_real[rows]) for rows in others]

    def scores(self, classifiers: Sequence[Classifier], matrix: Array | None = None) -> Array:
        """The probability of each conversation by the classifier that has not seen its task."""
        figures = self.matrix if matrix is None else matrix
        scores = np.empty(len(figures))
        for number, classifier in enumerate(classifiers):
            rows = self.folds == number
            scores[rows] = classifier.chances(figures[rows])
        return scores

    def shuffled(self, places: Places, rng: np.random.Generator) -> Array:
        """The figures with some columns shuffled together within each fold."""
        matrix = self.matrix.copy()
        for number in np.unique(self.folds):
            rows = np.flatnonzero(self.folds == number)
            matrix[np.ix_(rows, places)] = self.matrix[np.ix_(rng.permutation(rows), places)]
        return matrix


def groups() -> Mapping[str, Places]:
    """The columns of each published feature and of the corrected ones that stand for it."""
    place = {name: number for number, name in enumerate(NAMES)}
    return {
        feature: np.array(
            [
                place[feature],
                *(place[name] for name, each in CORRECTIONS.items() if each.of == feature),
            ]
        )
        for feature in FEATURES
    }


def importances(
    data: Data, classifiers: Sequence[Classifier], *, repeats: int, seed: int
) -> dict[str, float]:
    """By group, the mean loss of AUC when it is shuffled, over so many repeats."""
    rng = np.random.default_rng(seed)
    whole = auc_of(data.scores(classifiers), data.is_real, data.folds)

    def left(places: Places) -> float:
        scores = data.scores(classifiers, data.shuffled(places, rng))
        return auc_of(scores, data.is_real, data.folds)

    return {
        name: whole - float(np.mean([left(places) for _ in range(repeats)]))
        for name, places in groups().items()
    }
