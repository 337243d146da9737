"""What is left of a proven gain when one knows that only proven gains are reported."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.basics.winners_curse import conditional_gain

Z = 1.96


@given(st.floats(0.001, 0.5), st.floats(0.0, 0.999))
def test_it_lies_between_nothing_and_what_was_measured(gain, share):
    assert 0 <= conditional_gain(gain, gain * share, z=Z, threshold=Z) <= gain


def test_a_gain_far_above_its_threshold_stays_as_it_is():
    assert conditional_gain(0.24, 0.20, z=Z, threshold=Z) == pytest.approx(0.24, abs=1e-3)


def test_of_a_gain_that_was_just_proven_about_half_is_left_and_never_nothing():
    assert 0.02 < conditional_gain(0.05, 0.001, z=Z, threshold=Z) < 0.03


def test_a_gain_without_any_spread_stays_as_it_is():
    assert conditional_gain(0.8, 0.8 - 1e-6, z=Z, threshold=Z) == pytest.approx(0.8, abs=1e-4)


def test_a_gain_that_is_not_proven_was_not_selected():
    assert conditional_gain(0.05, -0.01, z=Z, threshold=Z) == 0.05
    assert conditional_gain(-0.05, -0.1, z=Z, threshold=Z) == -0.05


@pytest.mark.parametrize("true", [1.0, 1.5, 2.0, 2.5, 3.0, 4.0])
def test_among_proven_gains_it_is_as_near_to_the_truth_as_what_was_measured_or_nearer(true):
    """In errors; at an error of two points .25 of them are half a point."""
    measured = np.random.default_rng(5).normal(true, 1, 2000)
    proven = measured[measured > Z]
    reported = [conditional_gain(float(each), float(each) - Z, z=Z, threshold=Z) for each in proven]
    off = float(np.mean(reported)) - true
    assert abs(off) <= max(0.25, 0.6 * abs(float(proven.mean()) - true))


def test_an_early_look_with_a_high_bar_takes_less_off_than_a_lone_one_with_that_bar():
    early = conditional_gain(0.2, 0.05, z=3.3, threshold=Z)
    assert conditional_gain(0.2, 0.05, z=3.3, threshold=3.3) < early <= 0.2


@pytest.mark.parametrize("true", [2.0, 4.0, 8.0, 16.0])
def test_over_three_looks_the_reported_gain_is_near_the_truth_or_nearer_than_the_measured(true):
    """In errors of the last look; the bars are those of three looks with falling levels."""
    rng = np.random.default_rng(7)
    reported, measured = zip(*filter(None, (_looks(true, rng) for _ in range(1500))), strict=True)
    off = abs(float(np.mean(reported)) - true)
    assert off <= max(0.25, abs(float(np.mean(measured)) - true))


def _looks(true, rng):
    """What is reported and measured of one run of three looks; None where nothing is proven."""
    replies = true / 3 + rng.normal(0, 1 / np.sqrt(3), 3)
    for look, z in enumerate((3.71, 2.51, 1.99), start=1):
        gain, error = 3 / look * replies[:look].sum(), np.sqrt(3 / look)
        if gain > z * error:
            low = gain - z * error
            return conditional_gain(gain, low, z=z, threshold=Z), gain
    return None
