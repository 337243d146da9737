import math

import pytest

from usersim_opt.basics.figures import Interval
from usersim_opt.basics.statistics import ratio_interval
from usersim_opt.measuring.outcome import Grade, Outcome, Verdict
from usersim_opt.results.report.comparison import Tally, wilson
from usersim_opt.results.report.svg import Scale, around


def tally(**tasks):
    """Verdicts as a word of p and f for each task."""
    made = Tally()
    for task, verdicts in tasks.items():
        grade = Grade(
            scenario=f"{task[1:]}.1",
            verdicts=(Verdict(criterion="c", outcome="pass", evidence="", source="check"),),
        )
        outcome = Outcome(
            scenario=f"{task[1:]}.1", version="v", stage="s", repeat=0, status="scored", grade=grade
        )
        for letter in verdicts:
            made.add(outcome, passed=letter == "p")
    return made


def test_wilson_s_interval_is_the_published_one():
    found = wilson(81, 263)  # Newcombe 1998, table I: 0.2553 to 0.3662
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)


def test_wilson_s_interval_stays_within_zero_and_one_and_has_a_width_at_the_ends():
    assert wilson(0, 10).low == 0
    assert 0 < wilson(0, 10).high < 0.35
    assert wilson(10, 10).high == pytest.approx(1)
    assert wilson(10, 10).low > 0.65


def test_many_tasks_that_differ_have_a_t_interval_over_tasks():
    found = tally(t001="pppf", t002="ppff", t003="pfff", t004="pppp")
    assert not found.by_wilson
    exact = ratio_interval({"1": (3, 4), "2": (2, 4), "3": (1, 4), "4": (4, 4)})
    assert found.interval.mean == exact.mean
    assert found.interval.high == min(1.0, exact.high)


@pytest.mark.parametrize(
    "tasks",
    [{"t001": "pf", "t002": "pp"}, {"t001": "pp", "t002": "pp", "t003": "pp"}],
    ids=["few", "all alike"],
)
def test_few_tasks_or_tasks_all_alike_have_wilson_s(tasks):
    found = tally(**tasks)
    assert found.by_wilson
    assert found.interval.low < found.interval.mean <= found.interval.high + 1e-12


def test_failures_are_counted_by_scenario():
    assert tally(t001="pff", t002="p").failing == {"001.1": 2}


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
