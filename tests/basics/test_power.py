import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usersim_opt.basics.paired import Pair
from usersim_opt.basics.power import (
    Layout,
    _Simulated,
    above_zero,
    correlation,
    logit_of,
    mean_rate,
    proven,
    share_proven,
    smallest_gain,
)
from usersim_opt.basics.proof import finding
from usersim_opt.basics.sign_flips import exact_p

CRITERIA = (5, 5, 5, 5, 4)
"""Criteria of the scenarios of a task: about those of the airline smoke split."""


def layout(rate, *, tasks=5, replies=7):
    return Layout(
        rates=tuple((rate,) * n for n in CRITERIA * tasks),
        tasks=tuple(task for task in range(tasks) for _ in CRITERIA),
        replies=replies,
    )


def logistic(x):
    return 1 / (1 + np.exp(-x))


def level(rate, effects):
    """The logit at which normal effects give this mean rate, by halving."""
    low, high = -20.0, 20.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if logistic(middle + effects).mean() < rate else (low, middle)
    return low


def comparison(rng, old, new, *, tasks, replies):
    """A comparison of two prompts at these logits, verdict by verdict."""
    pairs = []
    for task in range(tasks):
        of_task = rng.normal(0, 0.3)
        for number, criteria in enumerate(CRITERIA, start=1):
            of_scenario = of_task + rng.normal(0, 0.3)
            passed = [
                rng.random((replies, criteria))
                < logistic(side + of_scenario + rng.normal(0, 0.8, (replies, 1)))
                for side in (old, new)
            ]
            gain = int(passed[1].sum()) - int(passed[0].sum())
            pairs.append(Pair(f"{task:03}.{number}", gain, replies * criteria))
    return pairs


@pytest.mark.parametrize(
    ("rate", "gain", "tasks", "replies"),
    [(0.7, 0.05, 5, 7), (0.7, 0.08, 10, 3), (0.9, 0.05, 5, 5), (0.97, 0.02, 10, 5)],
)
def test_gains_are_proven_as_often_as_by_the_decision_on_comparisons_drawn_otherwise(
    rate, gain, tasks, replies
):
    rng = np.random.default_rng(11)
    effects = rng.normal(0, math.sqrt(0.3**2 + 0.3**2 + 0.8**2), 40_000)
    old, new = level(rate, effects), level(rate + gain, effects)
    drawn = [comparison(rng, old, new, tasks=tasks, replies=replies) for _ in range(300)]
    share = np.mean([finding(pairs).better for pairs in drawn])
    found = share_proven(layout(rate, tasks=tasks, replies=replies), gain)
    assert found == pytest.approx(share, abs=4 * math.sqrt(0.25 / 300))


def test_the_smallest_gain_is_proven_as_often_as_it_says():
    assert share_proven(layout(0.9), smallest_gain(layout(0.9))) == pytest.approx(0.8, abs=0.02)


def test_a_gain_of_all_that_is_left_is_that_of_a_prompt_without_a_fault():
    assert share_proven(layout(0.98), 0.5) == share_proven(layout(0.98), layout(0.98).left)
    assert share_proven(layout(1.0), 0.1) == 0.0


def test_no_gain_is_proven_of_equal_prompts_in_more_than_a_fortieth():
    shares = [_Simulated(layout(rate)).share_proven(0.0) for rate in (0.5, 0.7, 0.9, 0.97)]
    assert np.mean(shares) <= 0.025 + 2 * math.sqrt(0.025 / 2400)


def test_more_replies_and_more_tasks_prove_smaller_gains():
    base = smallest_gain(layout(0.9))
    assert smallest_gain(layout(0.9).with_replies(10)) < base
    assert smallest_gain(layout(0.9).times(2)) < base


def test_nothing_is_provable_where_nothing_is_left():
    assert smallest_gain(layout(1.0)) is None
    assert smallest_gain(Layout((), (), 3)) is None
    assert layout(0.9).left == pytest.approx(0.1)


@pytest.mark.parametrize(("failing", "is_provable"), [(5, False), (6, True)])
def test_at_least_six_scenarios_must_be_able_to_improve(failing, is_provable):
    rates = tuple((0.0 if n < failing else 1.0,) * 4 for n in range(25))
    found = smallest_gain(Layout(rates, tuple(n % 5 for n in range(25)), 10))
    assert (found is not None) == is_provable


def test_a_layout_has_the_same_figure_every_time():
    smallest_gain.cache_clear()
    first = smallest_gain(layout(0.8))
    smallest_gain.cache_clear()
    assert smallest_gain(layout(0.8)) == first


@given(
    st.lists(st.lists(st.integers(-4, 6), min_size=12, max_size=12), min_size=1, max_size=8),
    st.lists(st.integers(0, 7), min_size=12, max_size=12),
    st.lists(st.integers(6, 9), min_size=12, max_size=12),
)
@settings(max_examples=80, deadline=None)
def test_a_simulated_comparison_is_decided_as_a_real_one(rows, tasks, criteria):
    names = [f"{task:03}.{number}" for number, task in enumerate(tasks)]
    real = [finding(list(map(Pair, names, row, criteria))).better for row in rows]
    assert proven(np.array(rows), np.array(criteria), np.array(tasks)).tolist() == real


def test_the_normal_approximation_agrees_with_the_exact_test_where_it_stands_in():
    rng = np.random.default_rng(5)
    rows = rng.integers(-4, 6, size=(400, 80))
    exact = np.array([sum(row) > 0 and exact_p(row.tolist()) <= 0.025 for row in rows])
    assert np.mean(above_zero(rows) != exact) <= 0.01


@given(st.floats(0.01, 0.99), st.floats(0, 2))
@settings(max_examples=50, deadline=None)
def test_a_rate_comes_back_from_its_logit(rate, spread):
    logit = logit_of(np.array([rate]), spread)
    assert mean_rate(logit, spread)[0] == pytest.approx(rate, abs=1e-4)


def test_verdicts_that_share_a_reply_hang_together_as_simulated():
    rng = np.random.default_rng(3)
    logit = logit_of(np.array([0.8]), 0.9)[0]
    chance = 1 / (1 + np.exp(-(logit + rng.normal(0, 0.9, 200_000))))
    one, other = rng.random((2, chance.size)) < chance
    assert correlation(0.8, 0.9) == pytest.approx(np.corrcoef(one, other)[0, 1], abs=0.01)
    assert correlation(1.0, 0.9) == correlation(0.5, 0.0) == 0.0
