"""The area under the ROC curve: how often a real conversation scores above a simulated one.

    AUC = share of pairs (real, simulated) with score(real) > score(simulated), equal scores half
          (Mann and Whitney 1947; Hanley and McNeil 1982): 0.5 guesses, 1 tells all apart

Only pairs of one fold are counted: scores of classifiers that were fitted on different
conversations have no common scale.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from usersim_opt.realism.rows import Array


@dataclass(frozen=True)
class Wins:
    """By task of the real and task of the simulated conversation: pairs, and how many are won."""

    won: Array
    pairs: Array

    def auc(self, weights: Array) -> Array:
        """The AUC for each weighting of the tasks; NaN where no pair is left."""
        won = ((weights @ self.won) * weights).sum(axis=1)
        pairs = ((weights @ self.pairs) * weights).sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            shares: Array = np.where(pairs > 0, won / pairs, np.nan)
        return shares


def wins_of(
    scores: Array,
    is_real: NDArray[np.bool_],
    *,
    folds: NDArray[np.int_],
    tasks: NDArray[np.int_],
) -> Wins:
    """Count the pairs of conversations; `tasks` are the numbers of their tasks, from 0."""
    size = int(tasks.max()) + 1
    won, pairs = np.zeros((size, size)), np.zeros((size, size))
    for fold in np.unique(folds):
        here = folds == fold
        real, simulated = here & is_real, here & ~is_real
        above = 0.5 + 0.5 * np.sign(scores[real][:, None] - scores[simulated][None, :])
        rows, columns = tasks[real][:, None], tasks[simulated][None, :]
        np.add.at(won, (rows, columns), above)
        np.add.at(pairs, (rows, columns), 1.0)
    return Wins(won, pairs)


def auc_of(scores: Array, is_real: NDArray[np.bool_], folds: NDArray[np.int_]) -> float:
    """The AUC of all conversations, each weighing the same; NaN where no pair is there."""
    everything = np.zeros(len(scores), dtype=int)
    wins = wins_of(scores, is_real, folds=folds, tasks=everything)
    return float(wins.auc(np.ones((1, 1)))[0])
