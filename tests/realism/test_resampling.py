import numpy as np
import pytest

from usersim_opt.realism.resampling import interval, task_weights
from usersim_opt.realism.rows import weighted_mean


def test_the_interval_of_a_mean_is_that_of_independent_tasks():
    values = np.random.default_rng(1).normal(5, 1, 100)
    weights = task_weights(map(str, range(100)))
    columns = [weights.tasks[str(number)] for number in range(100)]
    found = interval(weighted_mean(values[:, None], weights.values[:, columns])[:, 0])
    half = 1.96 * values.std() / 10
    assert found.mean == pytest.approx(values.mean())
    assert found.bounds == pytest.approx((found.mean - half, found.mean + half), abs=0.03)


def test_an_interval_lies_around_the_figure_and_ends_where_its_values_do():
    assert interval([90.0, 70.0, 80.0]).bounds == pytest.approx((85.25, 94.75))
    assert interval([99.0, 60.0, 80.0], most=100).bounds == pytest.approx((89.5, 100))
    assert interval([0.01, 0.0, 0.2]).low == 0


def test_nothing_is_resampled_from_one_task():
    assert task_weights(["a"]).values.shape == (1, 1)
    assert interval([3.0]).bounds is None
    assert interval([3.0, float("nan")]).bounds is None


def test_the_first_weighting_is_the_data_as_they_are():
    weights = task_weights(["b", "a", "b"], draws=50)
    assert weights.values[0].tolist() == [1, 1]
    assert (weights.values.sum(axis=1) == 2).all()
