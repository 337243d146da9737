import math

import pytest

from usersim_opt.basics.figures import Interval
from usersim_opt.basics.ratios import ratio_interval
from usersim_opt.measuring.by_dimension import by_dimension
from usersim_opt.measuring.outcome import Grade, Outcome, Verdict
from usersim_opt.results.report.svg import Scale, around

VERDICTS = {"p": "pass", "f": "fail"}


def tally(**tasks):
    """The tally of verdicts given as a word of p and f for each task."""
    outcomes = [
        _outcome(f"{task[1:]}.1", repeat, VERDICTS[letter])
        for task, letters in tasks.items()
        for repeat, letter in enumerate(letters)
    ]
    return by_dimension(outcomes, {}, rows=lambda dimension: ("all",))["all"]


def _outcome(scenario, repeat, found):
    verdict = Verdict(criterion="c", outcome=found, evidence="", source="check")
    return Outcome(
        scenario=scenario,
        version="v",
        stage="s",
        repeat=repeat,
        status="scored",
        grade=Grade(scenario=scenario, verdicts=(verdict,)),
    )


def test_many_tasks_that_differ_have_a_t_interval_over_tasks():
    row = tally(t001="pppf", t002="ppff", t003="pfff", t004="pppp")
    assert not row.by_wilson
    exact = ratio_interval({"1": (3, 4), "2": (2, 4), "3": (1, 4), "4": (4, 4)})
    assert row.interval.mean == exact.mean
    assert row.interval.high == min(1.0, exact.high)


@pytest.mark.parametrize(
    "tasks",
    [{"t001": "pf", "t002": "pp"}, {"t001": "pp", "t002": "pp", "t003": "pp"}],
    ids=["few", "all alike"],
)
def test_few_tasks_or_tasks_all_alike_have_wilson_s(tasks):
    row = tally(**tasks)
    assert row.by_wilson
    assert row.interval.low < row.interval.mean <= row.interval.high + 1e-12


def test_failures_are_counted_by_scenario():
    assert tally(t001="pff", t002="p").failures == {"001.1": 2}


def test_values_become_places_and_stay_in_the_figure():
    scale = Scale(0.0, 2.0)
    assert [scale.at(value) for value in (0.0, 1.0, 3.0, -1.0)] == [
        "0.00%",
        "50.00%",
        "100.00%",
        "0.00%",
    ]


@pytest.mark.parametrize("reach", [0.004, 0.05, 0.33, 0.9, 5, 41, 300])
def test_ticks_are_few_and_round_and_within_the_scale(reach):
    ticks = Scale(-reach, reach).ticks()
    assert 3 <= len(ticks) <= 6
    assert 0 in ticks
    assert all(-reach <= tick <= reach for tick in ticks)


def test_a_scale_of_gains_ignores_what_is_no_number():
    scale = around([Interval(math.nan, -math.inf, 1e308), Interval(0.2, 0.1, 0.3)], least=0.1)
    assert 0.3 <= scale.high <= 1.05
    assert scale.low == -scale.high
