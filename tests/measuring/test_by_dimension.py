"""The one table by dimension: its rows, its tallies and their intervals."""

import pytest
from helpers import CRITERION, scenario

from usersim_opt.basics.figures import Interval
from usersim_opt.basics.ratios import ratio_interval
from usersim_opt.basics.statistics import wilson
from usersim_opt.measuring.by_dimension import NOTHING, Tally, by_dimension
from usersim_opt.measuring.outcome import Grade, Outcome, Verdict
from usersim_opt.scenarios.kinds import FAMILIES, family_of

SHORT, ASKS = "communication_style.shortness", "clarification.clarifying_questions"
SCENARIOS = {
    name: scenario(name, criteria=[CRITERION, CRITERION | {"id": "asks", "dimension": ASKS}])
    for name in ("001.3", "001.4", "002.3")
}


def outcome(name, repeat=0, **verdicts):
    """A reply with a word for each criterion."""
    grade = Grade(
        scenario=name,
        verdicts=tuple(
            Verdict(criterion=criterion, outcome=word, evidence="", source="check")
            for criterion, word in verdicts.items()
        ),
    )
    return Outcome(
        scenario=name, version="v", stage="s", repeat=repeat, status="scored", grade=grade
    )


def tally(**tasks):
    """Verdicts as a word of p and f for each task."""
    by_task = {name: (float(word.count("p")), float(len(word))) for name, word in tasks.items()}
    return Tally(by_task)


def test_rows_are_dimensions_in_the_order_of_their_kinds_and_count_scored_verdicts():
    outcomes = [
        outcome("001.3", asks="pass", short="fail"),
        outcome("001.3", asks="unscored", short="fail", repeat=1),
        outcome("002.3", short="pass"),
        Outcome(scenario="001.4", version="v", stage="s", repeat=0, status="error", why="down"),
    ]
    rows = by_dimension(outcomes, SCENARIOS)
    assert list(rows) == [SHORT, ASKS]
    assert (rows[SHORT].passed, rows[SHORT].scored, rows[SHORT].failing) == (1, 3, ("001.3 x2",))
    assert rows[SHORT].by_task == {"001": (0, 2), "002": (1, 1)}
    assert (rows[ASKS].pass_rate, rows[ASKS].failing) == (1.0, ())
    assert by_dimension([], SCENARIOS) == {}


def test_a_criterion_that_no_scenario_has_counts_only_where_the_rows_ask_for_it():
    outcomes = [outcome("001.3", short="pass", odd="fail"), outcome("009.1", short="fail")]
    assert {name: t.scored for name, t in by_dimension(outcomes, SCENARIOS).items()} == {SHORT: 1}
    rows = by_dimension(outcomes, SCENARIOS, rows=lambda dimension: (dimension or "unknown",))
    assert (rows["unknown"].passed, rows["unknown"].failing) == (0, ("001.3", "009.1"))


def test_a_verdict_may_count_in_several_rows():
    outcomes = [outcome("001.3", short="pass", asks="fail")]
    rows = by_dimension(
        outcomes, SCENARIOS, rows=lambda dimension: (family_of(dimension), "everything")
    )
    assert [name for name in rows if name in FAMILIES] == ["communication_style", "clarification"]
    assert (rows["everything"].passed, rows["everything"].scored) == (1, 2)


def test_a_tally_without_verdicts_has_no_rate_and_no_interval():
    assert (Tally().passed, Tally().scored, Tally().pass_rate, Tally().failing) == (0, 0, None, ())
    assert Tally().by_wilson
    assert Tally().interval == NOTHING == Interval(0.0, None, None)


def test_many_tasks_that_differ_have_a_t_interval_over_tasks_within_0_and_1():
    different = tally(a="pppf", b="ppff", c="pfff", d="pppp")
    exact = ratio_interval({"1": (3, 4), "2": (2, 4), "3": (1, 4), "4": (4, 4)})
    assert not different.by_wilson
    assert (different.interval.mean, different.interval.low) == (exact.mean, exact.low)
    assert exact.high > 1
    assert different.interval.high == 1.0


@pytest.mark.parametrize(
    "tasks",
    [{"a": "pf"}, {"a": "pf", "b": "pp"}, {"a": "pp", "b": "pp", "c": "pp"}],
    ids=["one", "few", "all alike"],
)
def test_few_tasks_or_tasks_all_alike_have_wilson_s(tasks):
    counted = tally(**tasks)
    assert counted.by_wilson
    assert counted.interval.mean == counted.pass_rate
    assert (counted.interval.low, counted.interval.high) == wilson(counted.passed, counted.scored)
    assert counted.interval.low < counted.interval.high
