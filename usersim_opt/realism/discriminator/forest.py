"""The random forest of scikit-learn, for whoever wants what the literature uses.

PPol (arXiv 2605.12894) takes P(human) from one. scikit-learn is an extra, imported when used.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from usersim_opt.basics.errors import InputError
from usersim_opt.realism.resampling import SEED
from usersim_opt.realism.rows import Array

TREES = 200


class Forest:
    """A fitted forest; made by `fitted`."""

    def __init__(self, trees: Any) -> None:
        self._trees = trees

    @classmethod
    def fitted(cls, matrix: Array, is_real: NDArray[np.bool_]) -> "Forest":
        """Fit it to figures, a row for each conversation; both classes must be there."""
        return cls(
            _classifier()(TREES, class_weight="balanced", random_state=SEED, n_jobs=1).fit(
                matrix, is_real
            )
        )

    def chances(self, matrix: Array) -> Array:
        """The probability that each conversation is real, the share of trees by their leaves."""
        chances: Array = self._trees.predict_proba(matrix)[:, 1]
        return chances


def check_forest() -> None:
    """InputError, with what to install, where there is no scikit-learn."""
    _classifier()


def _classifier() -> Any:
    try:
        from sklearn.ensemble import RandomForestClassifier  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise InputError(
            f"the random forest needs scikit-learn, which is not installed ({error}); "
            "pip install scikit-learn, or take the logistic regression"
        ) from error
    return RandomForestClassifier
