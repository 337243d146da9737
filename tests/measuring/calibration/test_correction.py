"""Simulated judges with known errors: what the corrected intervals hold, and what the raw ones do.

Each simulation makes 1,000 measurements at once; 95 % of the intervals are to hold the truth.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.measuring.calibration.correction import (
    Errors,
    difference,
    gain,
    independent,
    rate,
)

RUNS, LABELS, VERDICTS = 1000, 150, 400
Z = 1.959964


def labelled(rng, sensitivity, specificity, labels=LABELS):
    """The errors that 1,000 sets of labels show of a judge."""
    return Errors(
        right_passes=rng.binomial(labels, sensitivity, RUNS).astype(float),
        passes=float(labels),
        right_fails=rng.binomial(labels, specificity, RUNS).astype(float),
        fails=float(labels),
    )


def seen(true, sensitivity, specificity):
    """The share of passes that a judge sees where `true` is the right one."""
    return true * sensitivity + (1 - true) * (1 - specificity)


def share_holding(estimate, truth):
    return float(np.mean((estimate.low <= truth) & (truth <= estimate.high)))


def half_of(old, new, scales=(1.0, 1.0)):
    """The half width of a difference of two independent shares, each divided by its scale."""
    variances = [
        share * (1 - share) / VERDICTS / scale**2
        for share, scale in zip((old, new), scales, strict=True)
    ]
    return Z * np.sqrt(sum(variances))


@pytest.mark.parametrize(
    ("true", "sensitivity", "specificity"),
    [(0.5, 0.9, 0.8), (0.6, 0.95, 0.7), (0.3, 0.8, 0.85), (0.7, 0.75, 0.75)],
)
def test_the_corrected_rate_holds_the_truth_and_the_raw_one_misses_it(
    true, sensitivity, specificity
):
    rng = np.random.default_rng(7)
    passed = rng.binomial(VERDICTS, seen(true, sensitivity, specificity), RUNS).astype(float)
    found = rate(passed, float(VERDICTS), labelled(rng, sensitivity, specificity))
    assert 0.93 <= share_holding(found, true) <= 0.97
    perfect = Errors(1e9, 1e9, 1e9, 1e9)
    assert share_holding(rate(passed, float(VERDICTS), perfect), true) < 0.85
    assert abs(float(found.mean.mean()) - true) < 0.01


def test_a_gain_is_larger_than_a_judge_that_errs_alike_on_both_prompts_sees():
    rng = np.random.default_rng(8)
    old, new = (
        rng.binomial(VERDICTS, seen(true, 0.85, 0.8), RUNS) / VERDICTS for true in (0.5, 0.7)
    )
    found = gain(new - old, half_of(old, new), labelled(rng, 0.85, 0.8))
    assert 0.93 <= share_holding(found, 0.2) <= 0.97
    raw = np.abs(new - old - 0.2) <= half_of(old, new)
    assert raw.mean() < 0.6


def test_labels_of_each_prompt_take_out_what_a_judge_gives_for_length():
    """The new prompt is longer and no better; the judge passes more fails of long replies."""
    rng = np.random.default_rng(9)
    short, long = (0.85, 0.85), (0.95, 0.65)
    old, new = (rng.binomial(VERDICTS, seen(0.6, *each), RUNS) / VERDICTS for each in (short, long))
    errors = labelled(rng, *short), labelled(rng, *long)
    scales = errors[0].strength, errors[1].strength
    found = difference(old, new, half_of(old, new, scales), errors=errors)
    assert 0.93 <= share_holding(found, 0.0) <= 0.97
    raw_half = half_of(old, new)
    assert np.mean(new - old - raw_half > 0) > 0.9, "the raw gain looks proven"
    alike = gain(new - old, raw_half, errors[0])
    assert share_holding(alike, 0.0) < 0.2, "errors measured on the old prompt alone do not help"


def test_verdicts_that_all_pass_still_have_an_interval():
    found = rate(60.0, 60.0, Errors(95.0, 100.0, 90.0, 100.0))
    assert found.mean == 1.0
    assert found.low < 0.98
    assert found.high == 1.0


@given(
    st.integers(0, 50),
    st.integers(0, 50),
    st.integers(0, 50),
    st.integers(0, 50),
    st.integers(0, 9),
)
def test_the_corrected_rate_is_a_share_in_an_interval_of_shares(x1, w1, x0, w0, passed):
    errors = Errors(float(x1), float(x1 + w1), float(x0), float(x0 + w0))
    if errors.strength < 0.2:
        return
    found = rate(float(passed), 9.0, errors)
    assert 0 <= found.low <= found.high <= 1
    assert 0 <= found.mean <= 1


def test_labels_that_hang_together_count_less():
    right = np.array([10.0, 0.0, 10.0, 10.0])
    of = np.full(4, 10.0)
    total, number = independent(right, of)
    assert total / number == pytest.approx(0.75)
    assert number == pytest.approx(3.0)
    mixed = independent(np.array([7.0, 8.0, 7.0, 8.0]), of)
    assert mixed == (30.0, 40.0)
    assert independent(np.array([3.0]), np.array([4.0])) == (3.0, 4.0)
