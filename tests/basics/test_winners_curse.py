"""What is left of a proven gain when one knows that only proven gains are reported."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.basics.winners_curse import conditional_gain

Z = 1.96


@given(st.floats(0.001, 0.5), st.floats(0.0, 0.999))
def test_it_lies_between_nothing_and_what_was_measured(gain, share):
    assert 0 <= conditional_gain(gain, gain * share, z=Z) <= gain


def test_a_gain_far_above_its_threshold_stays_as_it_is():
    assert conditional_gain(0.24, 0.20, z=Z) == pytest.approx(0.24, abs=1e-3)


def test_of_a_gain_that_was_just_proven_about_half_is_left_and_never_nothing():
    assert 0.02 < conditional_gain(0.05, 0.001, z=Z) < 0.03


def test_a_gain_without_any_spread_stays_as_it_is():
    assert conditional_gain(0.8, 0.8 - 1e-6, z=Z) == pytest.approx(0.8, abs=1e-4)


def test_a_gain_that_is_not_proven_was_not_selected():
    assert conditional_gain(0.05, -0.01, z=Z) == 0.05
    assert conditional_gain(-0.05, -0.1, z=Z) == -0.05


@pytest.mark.parametrize("true", [1.0, 1.5, 2.0, 2.5, 3.0, 4.0])
def test_among_proven_gains_it_is_as_near_to_the_truth_as_what_was_measured_or_nearer(true):
    """In errors; at an error of two points .25 of them are half a point."""
    measured = np.random.default_rng(5).normal(true, 1, 2000)
    proven = measured[measured > Z]
    reported = [conditional_gain(float(each), float(each) - Z, z=Z) for each in proven]
    off = float(np.mean(reported)) - true
    assert abs(off) <= max(0.25, 0.6 * abs(float(proven.mean()) - true))
