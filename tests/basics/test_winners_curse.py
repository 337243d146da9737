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
    assert conditional_gain(0.24, 0.20, z=Z) == pytest.approx(0.24, abs=1e-4)


def test_of_a_gain_that_was_just_proven_little_is_left():
    assert conditional_gain(0.05, 0.001, z=Z) < 0.01


def test_a_gain_that_is_not_proven_was_not_selected():
    assert conditional_gain(0.05, -0.01, z=Z) == 0.05
    assert conditional_gain(-0.05, -0.1, z=Z) == -0.05


@pytest.mark.parametrize("true", [1.5, 2.0, 2.5, 3.0, 4.0])
def test_among_proven_gains_it_is_nearer_to_the_truth_than_what_was_measured(true):
    """In errors; at an error of two points .35 of them are .7 points."""
    measured = np.random.default_rng(5).normal(true, 1, 4000)
    proven = measured[measured > Z]
    reported = [conditional_gain(float(each), float(each) - Z, z=Z) for each in proven]
    off = float(np.mean(reported)) - true
    assert abs(off) < 0.35
    assert abs(off) <= max(0.12, abs(float(proven.mean()) - true))
