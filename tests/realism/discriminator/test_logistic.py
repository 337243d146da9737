import numpy as np
import pytest

from usersim_opt.realism.discriminator.logistic import Logistic, fit_logistic, probability


def made(number=30):
    """Figures of which the first tells both classes apart, with noise."""
    rng = np.random.default_rng(7)
    matrix = rng.normal(size=(number, 3))
    matrix[:, 2] *= 10
    return matrix, (matrix[:, 0] + 0.5 * rng.normal(size=number)) > 0.4


def test_it_is_the_regression_of_scikit_learn():
    # LogisticRegression(C=1, class_weight="balanced") of scikit-learn 1.9.1, standardised columns.
    golden = [-0.97579492, 1.68555088, -0.25284482, 0.49177955]
    assert Logistic.fitted(*made()).found == pytest.approx(golden, abs=1e-7)


def test_it_is_so_for_whoever_has_scikit_learn():
    linear = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(1)
    matrix = rng.normal(size=(80, 5))
    matrix = (matrix - matrix.mean(axis=0)) / matrix.std(axis=0)
    is_real = rng.random(80) < 0.3
    theirs = linear.LogisticRegression(C=1, class_weight="balanced", tol=1e-12, max_iter=10_000)
    theirs.fit(matrix, is_real)
    ours = Logistic.fitted(matrix, is_real)
    assert ours.found[1:] == pytest.approx(theirs.coef_[0], abs=1e-6)
    assert ours.chances(matrix) == pytest.approx(theirs.predict_proba(matrix)[:, 1], abs=1e-6)


def test_perfect_separation_and_constant_columns_stay_finite():
    matrix = np.array([[1.0, 5], [2, 5], [30, 5], [40, 5]])
    is_real = np.array([True, True, False, False])
    chances = Logistic.fitted(matrix, is_real).chances(matrix)
    assert (chances[:2] > 0.5).all()
    assert (chances[2:] < 0.5).all()


def test_classes_of_any_size_weigh_the_same():
    is_real = np.arange(100) < 10
    assert Logistic.fitted(np.zeros((100, 1)), is_real).chances(np.zeros((1, 1))) == pytest.approx(
        0.5
    )


def test_targets_may_be_fractions():
    found = fit_logistic(
        np.ones((2, 1)), np.array([0.5, 1.0]), weights=np.ones(2), penalty=np.zeros(1)
    )
    assert probability(found) == pytest.approx(0.75)
