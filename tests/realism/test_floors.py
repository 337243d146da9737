import numpy as np
import pytest

from usersim_opt.realism.floors import (
    Reference,
    Size,
    assumed_floor,
    error_draws,
    feature_floors,
)


def test_a_floor_is_that_of_two_means_of_independent_conversations():
    rng = np.random.default_rng(1)
    values = rng.normal(0, 1, (400, 1))
    reference = Reference.of_lines([str(n) for n in range(400)], values)
    (floor,) = feature_floors(reference, Size(50, 50), other=Size(200, 200))
    assert floor == pytest.approx(1.96 * values.std() * np.sqrt(1 / 50 + 1 / 200), rel=0.1)


def test_conversations_of_few_tasks_have_a_higher_floor():
    by_task = np.repeat(np.random.default_rng(1).normal(0, 1, (50, 1)), 4, axis=0)
    reference = Reference.of_lines([str(n // 4) for n in range(200)], by_task)
    (clustered,) = feature_floors(reference, Size(80, 20), other=Size(200, 50))
    (spread,) = feature_floors(reference, Size(80, 80), other=Size(200, 50))
    assert clustered > 1.3 * spread


def test_alike_conversations_have_a_floor_of_0():
    reference = Reference.of_lines(["a", "b"], np.ones((2, 1)))
    assert feature_floors(reference, Size(5, 2), other=Size(5, 2)) == [0]


def test_the_assumed_floor_falls_with_the_number_of_conversations():
    few, many = (assumed_floor(0.29, [8] * n, other=495, concentration=5) for n in (20, 500))
    assert 0 < many < few < 0.3


@pytest.mark.parametrize(("tasks", "mean", "bound"), [(165, 0.076, 0.127), (40, 0.146, 0.250)])
def test_two_equal_samples_have_the_ece_that_is_known_for_them(tasks, mean, bound):
    # The spread of tasks over bins is that of the frozen map of 165 tasks.
    shares = np.array([4, 17, 37, 66, 41]) / 165
    rng = np.random.default_rng(2)
    difficulty = {
        f"airline_{n}": rng.choice([0.1, 0.3, 0.5, 0.7, 0.9], p=shares) for n in range(tasks)
    }
    success = {task: float(rng.random() < chance) for task, chance in difficulty.items()}
    drawn = error_draws([success], [success], difficulty)
    assert drawn.mean() == pytest.approx(mean, rel=0.15)
    assert np.percentile(drawn, 95) == pytest.approx(bound, rel=0.15)
