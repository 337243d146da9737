"""D, the difference between an upper group and the seed."""

import numpy as np
import pytest

from usersim_opt.measuring.items.gains import counted_gain, gain
from usersim_opt.measuring.items.records import Share
from usersim_opt.measuring.items.shrinkage import CHANCES, Chance, Shrinkage


def at(chance):
    """A probability that is known, on a point of the coarse grid."""
    weights = np.zeros(CHANCES.size)
    weights[2 * round(np.argmin(abs(CHANCES - chance)) / 2)] = 1
    return Chance(weights)


def test_two_known_probabilities_differ_by_their_difference():
    upper, lower = at(0.9), at(0.4)
    found = gain(upper, lower)
    assert found.mean == pytest.approx(upper.mean - lower.mean)
    assert found.low <= found.mean + 0.01
    assert found.high >= found.mean - 0.01
    assert gain(lower, upper).mean == pytest.approx(-found.mean)


def test_the_interval_is_that_of_drawn_differences():
    model = Shrinkage({"a": [(3, 7)] * 8, "b": [(6, 7)] * 8})
    upper, lower = model.chance("b", 6, 7), model.chance("a", 3, 7)
    found = gain(upper, lower)
    rng = np.random.default_rng(0)
    draws = rng.choice(CHANCES, 200_000, p=upper.weights) - rng.choice(
        CHANCES, 200_000, p=lower.weights
    )
    low, high = np.quantile(draws, (0.025, 0.975))
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.01)
    assert found.mean == pytest.approx(draws.mean(), abs=0.005)


def test_newcombe_s_interval_is_that_of_his_paper():
    # Newcombe 1998, table II, (a): 56/70 against 48/80, method 10: .2, from .0524 to .3339.
    found = counted_gain(Share(56, 70), Share(48, 80))
    assert (found.mean, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)


def test_a_handful_of_verdicts_has_no_interval_of_its_own():
    assert counted_gain(Share(9, 9), Share(0, 20)) is None
    assert counted_gain(Share(0, 0), Share(0, 20)) is None
    assert counted_gain(Share(10, 10), Share(0, 20)).low > 0.5
