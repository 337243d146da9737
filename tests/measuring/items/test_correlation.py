"""Correlations of a verdict with the rest of its reply, and with a preference."""

import math

import numpy as np
import pytest

from usersim_opt.measuring.items.correlation import (
    correlation,
    upper_bound,
    with_rest,
    with_values,
)
from usersim_opt.measuring.items.responses import Response


def replies(*rows):
    """A reply for each mapping of criterion to verdict."""
    return [Response("v", "001.3", str(number), row) for number, row in enumerate(rows)]


def test_the_correlation_of_four_pairs_by_hand():
    # Deviations -1.5, -.5, .5, 1.5 and -.5, -.5, .5, .5: 2 / sqrt(5 x 1).
    assert correlation([1, 2, 3, 4], [0, 0, 1, 1]) == pytest.approx(2 / math.sqrt(5))
    assert correlation([1, 1, 1], [0, 1, 0]) is None
    assert correlation([1], [1]) is None
    assert correlation([], []) is None


def test_an_item_is_compared_with_the_rest_and_never_with_itself():
    rows = replies(
        {"a": True, "b": True, "c": True},
        {"a": True, "b": True, "c": False},
        {"a": False, "b": False, "c": True},
        {"a": False, "b": False, "c": False},
    )
    # The rest of a is (b + c) / 2: 1, .5, .5, 0; deviations .5, 0, 0, -.5 and .5, .5, -.5, -.5.
    r, number = with_rest("a", rows)
    assert (r, number) == (pytest.approx(0.5 / math.sqrt(0.5 * 1)), 4)
    assert with_rest("c", rows) == (pytest.approx(0.0), 4)


def test_replies_without_the_item_or_without_a_rest_do_not_count():
    rows = replies({"a": True, "b": True}, {"a": False, "b": False}, {"b": True}, {"a": True})
    assert with_rest("a", rows) == (pytest.approx(1.0), 2)


def test_a_preference_counts_for_the_replies_that_have_one():
    rows = replies({"a": True}, {"a": False}, {"a": True}, {"b": True})
    values = {("v", "0"): 1.0, ("v", "1"): -1.0, ("other", "2"): 1.0, ("v", "3"): 1.0}
    assert with_values("a", rows, values) == (pytest.approx(1.0), 2)


def test_the_upper_bound_is_fisher_s():
    # atanh(.5) = .5493, + 1.644854 / sqrt(25): tanh(.8783) = .7056.
    assert upper_bound(0.5, 28) == pytest.approx(0.7056, abs=1e-4)
    assert upper_bound(0.0, 3) == 1.0
    assert upper_bound(1.0, 50) == 1.0
    assert upper_bound(-1.0, 50) < -0.99


def test_the_upper_bound_covers_simulated_correlations_at_its_level():
    rng = np.random.default_rng(1)
    truth, misses = 0.3, 0
    for _ in range(2000):
        x = rng.normal(size=40)
        y = truth * x + math.sqrt(1 - truth**2) * rng.normal(size=40)
        misses += upper_bound(correlation(x, y), 40) < truth
    assert misses / 2000 == pytest.approx(0.05, abs=0.015)
