"""Whether a run can show anything with a rubric."""

from dataclasses import replace

import pytest
from item_worlds import DIMENSIONS, GOOD, graded, rubric

from usersim_opt.measuring.items.ceiling import headroom_rows, saturated_estimate, start

NAMES = [f"{task:03}.{number}" for task in range(1, 6) for number in (1, 2)]
SCENARIOS = {
    name: rubric(name, {"a": DIMENSIONS[0], "b": DIMENSIONS[1], "c": DIMENSIONS[2]})
    for name in NAMES
}
SPLITS = {name: "smoke" if name < "003" else "train" for name in NAMES}


def outcomes(failing, repeats=4):
    """Replies of which so many fail `a`, and none anything else."""
    found = []
    for number in range(repeats * len(NAMES)):
        verdicts = {"a": number >= failing, "b": True, "c": True}
        found.append(graded(NAMES[number % 10], verdicts, repeat=number // 10))
    return found


def items(saturated, others):
    """So many items that are saturated with a doubt of .1, the first of them named, and others."""
    doubted = [replace(GOOD, criterion=f"s{n}", doubt=0.1) for n in range(saturated)]
    named = [replace(each, flags=("saturated",)) for each in doubted[:1]]
    return [
        *named,
        *doubted[1:],
        *(replace(GOOD, criterion=f"o{n}", doubt=1.0) for n in range(others)),
        replace(GOOD, criterion="guard", role="guard", doubt=0.0),
        replace(GOOD, criterion="undecided", shares={}, doubt=None),
    ]


def test_rows_are_the_whole_then_the_splits_then_the_dimensions_of_each():
    rows = headroom_rows(outcomes(10), SCENARIOS, SPLITS)
    assert [(row.dimension, row.split) for row in rows[:4]] == [
        ("all", "all"),
        ("all", "smoke"),
        ("all", "train"),
        (DIMENSIONS[0], "all"),
    ]
    whole = rows[0]
    assert (whole.items, whole.share.fraction) == (30, "110/120")
    assert whole.largest == pytest.approx(10 / 120)
    assert whole.largest_likely > whole.largest
    smoke = next(row for row in rows if row.split == "smoke")
    assert (smoke.items, smoke.share.fraction) == (12, "44/48")
    assert [row.decides for row in rows[:3]] == [False, True, False]
    shortness = next(row for row in rows if row.dimension == DIMENSIONS[0])
    assert shortness.largest == pytest.approx(0.25)
    assert not shortness.decides
    assert not shortness.spent


def test_without_splits_all_scenarios_decide():
    rows = headroom_rows(outcomes(40), SCENARIOS, {})
    assert [row.split for row in rows] == ["all"] * 4
    assert rows[0].decides
    assert 0 < rows[0].detectable < rows[0].largest


def test_where_something_is_left_and_can_be_proven_a_run_is_advised():
    found = start(items(0, 10), headroom_rows(outcomes(40), SCENARIOS, {}))
    assert found.advised is True
    assert found.why.startswith("A run can show something: 33.3 points are left on all scenarios")


def test_a_gain_that_cannot_be_proven_is_no_reason_for_a_run():
    few = {name: SCENARIOS[name] for name in NAMES[:4]}
    on_few = [outcome for outcome in outcomes(20) if outcome.scenario in few]
    found = start(items(0, 10), headroom_rows(on_few, few, {}))
    assert found.advised is False
    assert "and no gain can be proven there" in found.why


def test_a_rubric_at_its_ceiling_is_to_be_mended_first():
    # As on a larger split, where a gain of two points can be proven.
    rows = [replace(row, detectable=0.02) for row in headroom_rows(outcomes(5), SCENARIOS, {})]
    found = start(items(18, 2), rows)
    assert saturated_estimate(items(18, 2)) == pytest.approx(16.2)
    assert found.advised is False
    assert "some 16 of 20 scored items are saturated (1 can be named), and" in found.why
    assert "the seed passes 95.8 % of the verdicts" in found.why
    assert found.why.endswith("mend the rubric first.")
    # 14.4 of 20 are fewer than three quarters, and nothing stands in the way of a run.
    assert start(items(16, 4), rows).advised is True


def test_without_a_verdict_nothing_is_said():
    unscored = [graded("001.1", {"a": "unscored"})]
    found = start(items(0, 1), headroom_rows(unscored, SCENARIOS, {}))
    assert found.advised is None
    assert "cannot be said" in found.why
