import numpy as np
import pytest

from usersim_opt.realism.coverage import quasi_random
from usersim_opt.realism.coverage.even import even, uniform
from usersim_opt.realism.coverage.measures import dispersion
from usersim_opt.realism.coverage.quasi_random import populations, r_sequence, sequence_name


def test_an_r_sequence_lies_in_the_cube_and_is_shifted_by_its_generator():
    one, other = (r_sequence(50, 3, np.random.default_rng(seed)) for seed in (0, 1))
    assert one.shape == (50, 3)
    assert one.min() >= 0
    assert one.max() < 1
    assert np.diff((one - other) % 1, axis=0) == pytest.approx(0, abs=1e-9)


def test_in_one_dimension_it_is_the_golden_ratio_s():
    steps = np.diff(r_sequence(9, 1, np.random.default_rng(0))[:, 0]) % 1
    assert steps == pytest.approx((5**0.5 - 1) / 2)


def test_it_leaves_smaller_holes_than_independent_points():
    asked = uniform(2000, 3)
    rng = np.random.default_rng(0)
    even_ones = [dispersion(r_sequence(25, 3, rng), asked) for _ in range(10)]
    independent = [dispersion(rng.random((25, 3)), asked) for _ in range(10)]
    assert np.mean(even_ones) < 0.85 * np.mean(independent)


def test_populations_are_the_same_each_time_and_differ_among_each_other():
    first, again = (list(populations(7, 2, references=3)) for _ in range(2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first[0], first[1])


def test_which_sequence_it_is_depends_on_scipy(monkeypatch):
    monkeypatch.setattr(quasi_random, "sobol_class", lambda: None)
    assert sequence_name() == "shifted R"
    monkeypatch.setattr(quasi_random, "sobol_class", lambda: object)
    assert sequence_name() == "scrambled Sobol"


def test_with_scipy_the_populations_are_sobol_s():
    pytest.importorskip("scipy")
    (found,) = populations(8, 2, references=1)
    assert sorted((found[:, 0] * 8).astype(int)) == list(range(8))


def test_the_radius_covers_99_in_100_of_the_cube_for_even_populations():
    found = even(25, 2, samples=2000, references=20)
    reached = [
        (np.linalg.norm(uniform(2000, 2)[:, None] - each, axis=2).min(axis=1) <= found.radius)
        for each in populations(25, 2, references=20)
    ]
    assert np.mean(reached) == pytest.approx(0.99, abs=0.005)
    assert even(100, 2, samples=2000, references=20).radius < found.radius
