"""Logistic regression with a ridge penalty, by Newton's method (iteratively reweighted squares).

The weights b minimise, over rows x with target y from 0 to 1 and row weights w,

    sum w (ln(1 + exp(x b)) - y x b) + 0.5 sum p_j b_j^2

with p the penalties, 0 for an intercept (Hastie, Tibshirani, Friedman 2009, The Elements of
Statistical Learning, section 4.4.1). With standardised columns, p = 1 and balanced row weights this
is LogisticRegression(C=1, class_weight="balanced") of scikit-learn.

Not covered: choosing the penalty.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from usersim_opt.realism.rows import Array

PENALTY = 1.0
_STEPS = 50
_HALVINGS = 20
_SETTLED = 1e-12
_LEAST_CURVE = 1e-10
_CONSTANT = 1e-9
"""A column with a smaller standard deviation tells nothing apart."""


def fit_logistic(matrix: Array, target: Array, *, weights: Array, penalty: Array) -> Array:
    """The weights of the columns; `target` may hold fractions, `penalty` has one for each column.

    Where nothing bounds a weight (no penalty and perfect separation) it is what 50 steps reach.
    """
    found = np.zeros(matrix.shape[1])
    loss = _loss(found, matrix, target, weights, penalty)
    for _ in range(_STEPS):
        step = _newton_step(found, matrix, target, weights, penalty)
        for _ in range(_HALVINGS):
            ahead = _loss(found - step, matrix, target, weights, penalty)
            if ahead <= loss:
                break
            step = step / 2  # a whole step can overshoot where the curve is flat
        if loss - ahead <= _SETTLED * (1 + abs(loss)):
            return found - step if ahead <= loss else found
        found, loss = found - step, ahead
    return found


def probability(scores: Array) -> Array:
    """1 / (1 + exp(-score)), without overflow."""
    shares: Array = 0.5 * (1 + np.tanh(scores / 2))
    return shares


def _loss(found: Array, matrix: Array, target: Array, weights: Array, penalty: Array) -> float:
    scores = matrix @ found
    return float(weights @ (np.logaddexp(0, scores) - target * scores) + 0.5 * penalty @ found**2)


def _newton_step(
    found: Array, matrix: Array, target: Array, weights: Array, penalty: Array
) -> Array:
    chances = probability(matrix @ found)
    slope = matrix.T @ (weights * (chances - target)) + penalty * found
    curve = (matrix.T * (weights * chances * (1 - chances))) @ matrix + np.diag(penalty)
    # Where nothing curves (no penalty, all is certain) a step is still to be taken.
    return np.asarray(np.linalg.solve(curve + _LEAST_CURVE * np.eye(len(found)), slope))


@dataclass(frozen=True)
class Logistic:
    """A fitted regression on standardised columns, both classes weighing the same."""

    means: Array
    spreads: Array
    found: Array

    @classmethod
    def fitted(cls, matrix: Array, is_real: NDArray[np.bool_]) -> "Logistic":
        """Fit it to figures, a row for each conversation; both classes must be there."""
        means, spreads = matrix.mean(axis=0), matrix.std(axis=0)
        spreads = np.where(spreads < _CONSTANT, 1.0, spreads)
        penalty = np.full(matrix.shape[1] + 1, PENALTY)
        penalty[0] = 0.0
        found = fit_logistic(
            _with_intercept((matrix - means) / spreads),
            is_real.astype(float),
            weights=balanced(is_real),
            penalty=penalty,
        )
        return cls(means, spreads, found)

    def chances(self, matrix: Array) -> Array:
        """The probability that each conversation is real."""
        return probability(_with_intercept((matrix - self.means) / self.spreads) @ self.found)


def balanced(is_real: NDArray[np.bool_]) -> Array:
    """Row weights by which both classes weigh half; their sum is the number of rows."""
    share = float(is_real.mean())
    return np.asarray(0.5 / np.where(is_real, share, 1 - share), dtype=float)


def _with_intercept(matrix: Array) -> Array:
    return np.column_stack([np.ones(len(matrix)), matrix])
