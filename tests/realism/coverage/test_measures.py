"""The formulas, by cases computed by hand and by what must hold for any points."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from usersim_opt.realism.coverage.measures import (
    chamfer_score,
    dispersion,
    divergence,
    least_distance,
    log_shares,
    mean_distance,
    support_coverage,
    z_scored,
)

ASKED = np.array([[0.1], [0.4], [0.9]])
TRIANGLE = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
CUBE = np.random.default_rng(0).random((200, 2))


def points(least=1):
    sizes = st.tuples(st.integers(least, 8), st.just(2))
    return arrays(float, sizes, elements=st.floats(0, 1, width=16))


def test_support_coverage_is_the_share_within_the_radius():
    assert support_coverage(np.array([[0.5]]), ASKED, 0.2) == pytest.approx(1 / 3)
    assert support_coverage(np.array([[0.5], [0.8]]), ASKED, 0.2) == pytest.approx(2 / 3)


def test_dispersion_is_the_largest_empty_ball():
    assert dispersion(np.array([[0.5]]), ASKED) == pytest.approx(0.4)
    assert dispersion(np.array([[0.5], [0.8]]), ASKED) == pytest.approx(0.4)


def test_distances_are_those_of_pairs():
    assert mean_distance(TRIANGLE) == pytest.approx((2 + math.sqrt(2)) / 3)
    assert least_distance(TRIANGLE) == pytest.approx(1)
    assert mean_distance(TRIANGLE[:1]) is None
    assert least_distance(TRIANGLE[:1]) is None


def test_divergence_is_zero_for_the_same_histogram_and_large_for_one_bin():
    even = np.arange(0.025, 1, 0.05)[:, None]
    assert divergence(even, log_shares(even)) == pytest.approx(0, abs=1e-9)
    same = np.full((20, 1), 0.51)
    assert divergence(same, log_shares(even)) == pytest.approx(math.log(20), abs=1e-6)
    assert divergence(np.array([[1.0]]), log_shares(np.array([[0.99]]))) == pytest.approx(0)


def test_the_mean_over_many_references_is_that_of_the_formula():
    rng = np.random.default_rng(1)
    own, *others = rng.random((4, 9, 2))
    shares = [np.exp(log_shares(each)) for each in (own, *others)]
    gaps = [(shares[0] * np.log(shares[0] / q)).sum(axis=1).mean() for q in shares[1:]]
    found = divergence(own, np.mean([log_shares(each) for each in others], axis=0))
    assert found == pytest.approx(np.mean(gaps))


def test_chamfer_by_hand():
    people = np.array([[0.0], [2.0]])
    assert chamfer_score(np.array([[0.0]]), people) == pytest.approx(0.75)
    assert chamfer_score(np.array([[9.0]]), people) == 0
    assert chamfer_score(np.zeros((0, 1)), people) == 0
    assert chamfer_score(np.array([[0.0]]), people[:1]) == 0
    assert chamfer_score(np.array([[0.0]]), np.zeros((3, 1))) == 0


def test_z_scores_are_by_the_reference_and_a_flat_column_stays():
    people = np.array([[0.0, 5.0], [4.0, 5.0]])
    assert z_scored(np.array([[4.0, 7.0]]), people).tolist() == [[1.0, 2.0]]


@settings(max_examples=40)
@given(points(2))
def test_identical_sets_have_a_chamfer_coverage_of_one(found):
    spread = mean_distance(found)
    assert chamfer_score(found, found.copy()) == (1 if spread else 0)


@settings(max_examples=40)
@given(points(), points(2), st.randoms(use_true_random=False))
def test_the_order_of_points_says_nothing(found, people, draw):
    order = list(range(len(found)))
    draw.shuffle(order)
    other = found[order]
    assert support_coverage(found, CUBE, 0.3) == support_coverage(other, CUBE, 0.3)
    assert dispersion(found, CUBE) == pytest.approx(dispersion(other, CUBE))
    assert chamfer_score(found, people) == pytest.approx(chamfer_score(other, people))
    even = log_shares(people)
    assert divergence(found, even) == pytest.approx(divergence(other, even))
    if len(found) > 1:
        assert mean_distance(found) == pytest.approx(mean_distance(other))


@settings(max_examples=40)
@given(points(2))
def test_another_point_never_lowers_support_coverage_nor_raises_dispersion(found):
    fewer = found[:-1]
    assert support_coverage(found, CUBE, 0.3) >= support_coverage(fewer, CUBE, 0.3)
    assert dispersion(found, CUBE) <= dispersion(fewer, CUBE) + 1e-9
