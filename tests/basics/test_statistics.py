import itertools
import math

import numpy as np
import pytest
from helpers import outcome
from hypothesis import given, settings
from hypothesis import strategies as st

from usersim_opt.basics import statistics
from usersim_opt.basics.levels import t975
from usersim_opt.basics.paired import Pair, Paired
from usersim_opt.basics.proof import finding
from usersim_opt.basics.ratios import ratio_interval
from usersim_opt.basics.statistics import wilson
from usersim_opt.measuring.pairs import paired_difference


def pairs(values, criteria=4, per_task=5):
    return [
        Pair(f"{i // per_task:03}.{i % per_task + 1}", value, criteria)
        for i, value in enumerate(values)
    ]


def difference(of_pairs):
    return statistics.difference(Paired(tuple(of_pairs), dropped=0, lost=0.0))


def noise(rng, n=25, shift=0.0, repeats=4, criteria=4, spread=0.0):
    """Scenario sums of `repeats` paired replies; pass chances differ by scenario and by task."""
    pairs_of_noise = []
    for task in range(n // 5):
        of_task = rng.normal(0, spread)
        for k in range(5):
            chance = rng.uniform(0.3, 0.7)
            better = np.clip(chance + shift + of_task, 0, 1)
            trials = repeats * criteria
            gain = int(rng.binomial(trials, better)) - int(rng.binomial(trials, chance))
            pairs_of_noise.append(Pair(f"{task:03}.{k + 1}", gain, trials))
    return pairs_of_noise


@pytest.mark.parametrize(
    "values", [[1, 2, 3], [1, -1, 2, 0], [-1, -2], [3, 3, 3, 3, 3, -1], [0, 0]]
)
def test_the_exact_test_equals_full_enumeration(values):
    patterns = list(itertools.product((1, -1), repeat=len(values)))
    expected = sum(
        sum(s * v for s, v in zip(signs, values, strict=True)) >= sum(values) for signs in patterns
    ) / len(patterns)
    assert difference(pairs(values)).p_better == pytest.approx(expected)


def test_six_wins_of_six_prove_a_gain_and_five_of_five_do_not():
    assert difference(pairs([1] * 6)).p_better == pytest.approx(1 / 64)
    assert difference(pairs([1, 2, 1, 2, 1, 2, 1], per_task=1)).proven
    assert not difference(pairs([1] * 5)).proven
    assert difference(pairs([1] * 5)).gain.low is None


def test_the_gain_is_the_difference_of_the_two_pass_rates():
    old = [outcome("001.1", 1, 4), outcome("001.2", 2, 2), outcome("002.1", 0, 5)]
    new = [outcome("001.1", 4, 4), outcome("001.2", 1, 2), outcome("002.1", 2, 5)]
    comparison = paired_difference(old, new)
    assert comparison.gain.mean == pytest.approx(7 / 11 - 3 / 11)
    assert (comparison.scenarios, comparison.tasks, comparison.dropped) == (3, 2, 0)


def test_a_job_that_one_side_lacks_is_left_out_of_both():
    old = [outcome("001.1", 4, 4), outcome("001.2", 0, 0, status="error"), outcome("001.3", 1, 4)]
    new = [
        outcome("001.1", 4, 4),
        outcome("001.2", 4, 4),
        outcome("001.3", 1, 4),
        outcome("002.1", 4, 4),
    ]
    comparison = paired_difference(old, new)
    assert comparison.gain.mean == 0
    assert (comparison.scenarios, comparison.dropped) == (2, 2)
    assert comparison.lost == pytest.approx(8 / 16)


def test_an_unscored_criterion_is_left_out_of_both_sides():
    verdicts = outcome("001.1", 2, 4).grade.verdicts
    partial = outcome("001.1", 2, 4).grade.model_copy(
        update={"verdicts": (verdicts[0], verdicts[2].model_copy(update={"outcome": "unscored"}))}
    )
    new = outcome("001.1", 4, 4)
    comparison = paired_difference(
        [outcome("001.1", 2, 4).model_copy(update={"grade": partial})], [new]
    )
    assert (comparison.gain.mean, comparison.dropped) == (0, 0)
    assert comparison.lost == pytest.approx(3 / 4)


def test_nothing_to_compare_is_no_gain():
    comparison = paired_difference([], [])
    assert (comparison.gain.mean, comparison.p_better, comparison.proven) == (0, 1, False)


@given(st.lists(st.integers(-8, 8), min_size=7, max_size=11))
def test_swapping_the_sides_turns_everything_round(values):
    one, other = difference(pairs(values)), difference(pairs([-v for v in values]))
    assert one.gain.mean == pytest.approx(-other.gain.mean)
    assert one.p_better == pytest.approx(other.p_worse)
    assert one.z == pytest.approx(-other.z)
    assert one.gain.low == pytest.approx(-other.gain.high, abs=1e-6)


@given(st.lists(st.integers(-8, 8), min_size=7, max_size=11))
def test_the_interval_holds_the_gain_and_agrees_with_the_test(values):
    comparison = difference(pairs(values))
    assert comparison.gain.low <= comparison.gain.mean <= comparison.gain.high
    assert comparison.found.better_by_scenario == (comparison.gain.low > 0)


@st.composite
def verdicts(draw):
    """Twenty to forty scenarios with 500 to 5,000 verdicts: mostly ties, a few wins and losses."""
    scenarios = draw(st.integers(20, 40))
    criteria = draw(st.integers(-(-500 // scenarios), 5_000 // scenarios))
    odd = draw(st.dictionaries(st.integers(0, scenarios - 1), st.integers(-3, 3), max_size=8))
    return pairs([odd.get(i, 0) for i in range(scenarios)], criteria=criteria)


@given(verdicts())
@settings(deadline=None, max_examples=30)
def test_the_interval_leaves_out_zero_exactly_where_the_exact_test_decides(made):
    comparison, found = difference(made), difference(made).found
    assert found.better_by_scenario == (found.p_better <= 0.025) == (comparison.gain.low > 0)
    assert found.worse_by_scenario == (found.p_worse <= 0.025) == (comparison.gain.high < 0)
    assert comparison.gain.low <= comparison.gain.mean <= comparison.gain.high


@given(verdicts(), st.integers(1, 9))
@settings(deadline=None, max_examples=30)
def test_what_is_proven_lies_above_zero_by_both_intervals(made, per_task):
    made = pairs([pair.difference for pair in made], made[0].criteria, per_task=per_task)
    comparison = difference(made)
    above = (comparison.gain.low > 0, (comparison.by_task.low or 0) > 0)
    below = (comparison.gain.high < 0, (comparison.by_task.high or 0) < 0)
    assert comparison.proven == all(above)
    assert comparison.worse == all(below)
    assert comparison.by_task.mean == pytest.approx(comparison.gain.mean)


@pytest.mark.parametrize("lucky", [1, -1])
@pytest.mark.parametrize("criteria", [20, 50, 150])
def test_one_verdict_among_thousands_ships_nothing_and_calls_nothing_worse(lucky, criteria):
    comparison = difference(pairs([lucky] + [0] * 24, criteria=criteria))
    assert not comparison.proven
    assert not comparison.worse
    assert comparison.worth == "Not proven: the 95 % interval reaches zero"


def test_equal_prompts_are_called_different_as_seldom_as_promised():
    rng = np.random.default_rng(1)
    runs = [difference(noise(rng)) for _ in range(400)]
    assert np.mean([run.p_better <= 0.05 for run in runs]) <= 0.05 + 3 * math.sqrt(
        0.05 * 0.95 / 400
    )
    assert np.mean([run.proven for run in runs]) <= 0.025 + 3 * math.sqrt(0.025 * 0.975 / 400)
    assert np.mean([run.z >= 1 for run in runs]) == pytest.approx(0.16, abs=0.06)


def test_the_intervals_cover_the_true_gain():
    rng = np.random.default_rng(2)
    fixed = [difference(noise(rng, shift=0.1)) for _ in range(300)]
    assert np.mean([run.gain.low <= 0.1 <= run.gain.high for run in fixed]) >= 0.95 - 3 * math.sqrt(
        0.05 * 0.95 / 300
    )
    by_task = [difference(noise(rng, shift=0.1, spread=0.05)) for _ in range(300)]
    assert np.mean(
        [run.by_task.low <= 0.1 <= run.by_task.high for run in by_task]
    ) >= 0.95 - 3 * math.sqrt(0.05 * 0.95 / 300)


def test_a_gain_of_a_tenth_is_found_with_the_smoke_split_s_size():
    rng = np.random.default_rng(3)
    runs = [finding(noise(rng, shift=0.1, repeats=8)) for _ in range(300)]
    assert np.mean([run.better_by_scenario for run in runs]) >= 0.9
    assert np.mean([run.better for run in runs]) >= 0.8


@pytest.mark.parametrize(
    ("df", "quantile"),
    [(1, 12.7062), (4, 2.7764), (30, 2.0423), (31, 2.0395), (60, 2.0003), (1000, 1.9623)],
)
def test_t_quantiles(df, quantile):
    assert t975(df) == pytest.approx(quantile, abs=1e-3)
    assert t975(0) == math.inf


def test_a_ratio_interval_equals_the_t_interval_where_clusters_are_alike():
    rates = [0.2, 0.5, 0.6, 0.9]
    interval = ratio_interval({str(i): (10 * rate, 10) for i, rate in enumerate(rates)})
    half = 3.182 * np.std(rates, ddof=1) / 2
    assert (interval.mean, interval.low, interval.high) == pytest.approx(
        (0.55, 0.55 - half, 0.55 + half), abs=1e-3
    )
    assert ratio_interval({"a": (1, 2)}).low is None


@pytest.mark.parametrize(
    ("n", "of", "low", "high"),
    [(38, 40, 0.835, 0.986), (0, 40, 0.0, 0.088), (40, 40, 0.912, 1.0), (0, 0, 0.0, 1.0)],
)
def test_wilson_s_interval_of_a_share(n, of, low, high):
    assert wilson(n, of) == pytest.approx((low, high), abs=0.0006)


def test_the_expected_gain_is_at_most_the_measured_one_and_the_same_where_nothing_is_proven():
    sure = tuple(Pair(f"{n:03}.1", 8, 10) for n in range(12))
    luck = tuple(Pair(f"{n:03}.1", v, 10) for n, v in enumerate([4, 1, 3, -1, 2, 3, 1, 0, 2, 1]))
    none = tuple(Pair(f"{n:03}.1", v, 10) for n, v in enumerate([1, -1, 2, 0, -1, 1]))
    found = [difference(pairs) for pairs in (sure, luck, none)]
    assert [each.proven for each in found] == [True, True, False]
    assert found[0].expected == pytest.approx(found[0].gain.mean, abs=0.01)
    assert 0 < found[1].expected < found[1].gain.mean - 0.01
    assert found[2].expected == found[2].gain.mean
