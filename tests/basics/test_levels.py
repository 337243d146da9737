"""How a level is spent over the uses of one split, and the quantiles that levels ask for."""

import math
import re
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.basics.levels import (
    LEVEL,
    confidence,
    least_units,
    level_of_use,
    level_text,
    normal_quantile,
    t975,
    t_quantile,
    use_text,
)
from usersim_opt.basics.paired import Pair, Paired
from usersim_opt.basics.power import proven
from usersim_opt.basics.statistics import difference

TASKS, PER_TASK, VERDICTS = 10, 4, 20
USES, SEQUENCES = 20, 500


def test_the_upper_halves_of_all_levels_together_stay_below_five_per_cent():
    levels = [level_of_use(number) for number in range(1, 10_001)]
    assert levels[:3] == [LEVEL, LEVEL / 3, LEVEL / 6]
    assert 0.0499 < math.fsum(levels) / 2 < LEVEL


def false_proofs(levels):
    """Whether each use of each sequence calls two equal prompts better: a row per sequence."""
    rng = np.random.default_rng(23)
    tasks = np.repeat(np.arange(TASKS), PER_TASK)
    size = (SEQUENCES, tasks.size)
    # Scenarios differ in how hard they are; the two prompts and all uses share that.
    rates = rng.beta(7, 3, size)
    verdicts = np.full(tasks.size, VERDICTS)
    found = []
    for level in levels:
        drawn = rng.binomial(VERDICTS, rates) - rng.binomial(VERDICTS, rates)
        found.append(proven(drawn, verdicts, tasks, level=level))
    return np.array(found).T


def test_twenty_equal_prompts_in_turn_ship_one_in_twenty_times_where_the_level_is_spent():
    spent = false_proofs([level_of_use(number) for number in range(1, USES + 1)])
    unspent = false_proofs([LEVEL] * USES)
    assert spent.any(axis=1).mean() <= 0.05
    assert unspent.any(axis=1).mean() >= 0.20


@given(st.lists(st.integers(-6, 6), min_size=6, max_size=14), st.integers(1, 30))
def test_intervals_of_any_level_agree_with_the_decision(values, number):
    level = level_of_use(number)
    pairs = tuple(Pair(f"{n // 2:03}.{n % 2 + 1}", v, 8) for n, v in enumerate(values))
    found = difference(Paired(pairs, dropped=0, lost=0.0), level=level)
    assert found.level == level
    if found.gain.bounds:
        assert (found.gain.low > 0) == found.found.better_by_scenario
        assert (found.gain.high < 0) == found.found.worse_by_scenario
    if found.by_task.bounds:
        assert (found.by_task.low > 0) == found.found.better_by_task


def test_a_stricter_level_proves_less_with_a_wider_interval():
    pairs = tuple(Pair(f"{n:03}.1", v, 10) for n, v in enumerate([3, 2, 4, 1, 3, 2, 5, 1]))
    once, later = (
        difference(Paired(pairs, dropped=0, lost=0.0), level=level)
        for level in (LEVEL, level_of_use(4))
    )
    assert once.proven
    assert not later.proven
    # Eight scenarios have no pattern of signs of 1 / 400, so there is no interval.
    assert later.gain.bounds is None
    wide = difference(Paired(pairs, dropped=0, lost=0.0), level=level_of_use(2))
    assert wide.gain.low < once.gain.low
    assert (
        wide.worth == "Better: the 98.3 % interval lies above zero, over scenarios and over tasks"
    )


@pytest.mark.parametrize(
    ("level", "units"), [(0.05, 6), (0.025, 7), (level_of_use(2), 7), (level_of_use(4), 9)]
)
def test_signs_prove_nothing_of_fewer_units_than_their_patterns_allow(level, units):
    assert least_units(level) == units
    assert 2.0**-units <= level / 2 < 2.0 ** -(units - 1)


# From tables of Student's t.
@pytest.mark.parametrize(
    ("level", "df", "quantile"),
    [(0.01, 4, 4.604), (0.001, 10, 4.587), (0.02, 1, 31.821), (0.1, 5, 2.015), (0.01, 120, 2.617)],
)
def test_quantiles_of_student_s_t_are_those_of_the_tables(level, df, quantile):
    assert t_quantile(level, df) == pytest.approx(quantile, abs=1e-3)
    assert t_quantile(level, 0) == math.inf


def test_at_five_per_cent_they_are_the_ones_that_were_always_used():
    assert t_quantile(LEVEL, 4) == t975(4) == 2.776
    assert normal_quantile(LEVEL) == 1.959964
    assert normal_quantile(0.01) == pytest.approx(NormalDist().inv_cdf(0.995))


@pytest.mark.parametrize(
    ("number", "words", "level", "name"),
    [
        (1, "first use", ".05", "95 %"),
        (2, "second use", ".017", "98.3 %"),
        (3, "third use", ".0083", "99.17 %"),
        (12, "use 12", ".00064", "99.936 %"),
        (31, "use 31", ".0001", "99.99 %"),
    ],
)
def test_uses_and_their_levels_are_told_in_words(number, words, level, name):
    used = level_of_use(number)
    assert (use_text(number), level_text(used), confidence(used)) == (words, level, name)


@given(st.integers(1, 100_000))
def test_no_interval_is_ever_called_one_of_all(number):
    used = level_of_use(number)
    assert re.fullmatch(r"9[0-9.]* %", confidence(used))
    assert float(level_text(used)) > 0


def test_a_level_of_five_per_cent_has_its_usual_names():
    assert (confidence(LEVEL), level_text(LEVEL)) == ("95 %", ".05")
