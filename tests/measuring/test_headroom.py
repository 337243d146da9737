import pytest
from helpers import CRITERION, outcome, scenario

from usersim_opt.basics.statistics import wilson
from usersim_opt.measuring.headroom import (
    Left,
    Plan,
    headroom,
    headroom_by_split,
    layout,
    left_of,
    plan,
)

DIMENSIONS = ("communication_style.shortness", "error_reaction.emotional_pattern")


def scenarios(tasks=5):
    """Five scenarios per task with two criteria of each of two dimensions."""
    criteria = [
        CRITERION | {"id": f"c{number}", "dimension": DIMENSIONS[number % 2]} for number in range(4)
    ]
    names = [f"{task:03}.{number}" for task in range(1, tasks + 1) for number in range(1, 6)]
    return {name: scenario(name, criteria=criteria) for name in names}


def replies(passed, of, *, repeats=1):
    """Replies to the scenarios: `passed` of 4 criteria in `of` of them, all in the others."""
    return [
        outcome(name, passed if number < of else 4, 4, repeat=repeat)
        for number, name in enumerate(scenarios())
        for repeat in range(repeats)
    ]


def test_what_is_left_is_what_fails_with_bounds_that_allow_for_replies():
    left = left_of(replies(2, 5))
    assert (left.failed, left.scored, left.replies) == (10, 100, 25)
    assert left.share.mean == 0.1
    independent = Left(10, 100, 100)
    assert independent.share.bounds == pytest.approx(wilson(10, 100))
    assert left.bound > independent.bound


def test_where_nothing_was_scored_everything_may_be_left():
    assert left_of([]).share.bounds == (0.0, 1.0)
    assert left_of([outcome("001.1", 0, 0, status="error")]).bound == 1.0


def test_what_is_left_is_told_by_dimension_the_largest_share_first():
    # The criteria that fail are the last: c3, of the second dimension.
    found = headroom(replies(3, 5), scenarios())
    assert found.at_ceiling == [DIMENSIONS[0]]
    assert found.open == [DIMENSIONS[1]]
    assert found.by_dimension[DIMENSIONS[1]] == Left(5, 50, 25)
    assert found.rates[DIMENSIONS[0]] > found.rate > found.rates[DIMENSIONS[1]]


def test_what_is_left_is_told_by_split():
    known = scenarios()
    train = {name: known[name] for name in list(known)[:10]}
    smoke = {name: known[name] for name in list(known)[10:]}
    found = headroom_by_split(replies(3, 5), {"train": train, "smoke": smoke, "test": {}})
    assert {name: each.all.failed for name, each in found.items()} == {"train": 5, "smoke": 0}


def test_a_layout_has_the_rate_of_each_dimension_and_guards_are_no_part_of_it():
    known = scenarios()
    name, first = next(iter(known.items()))
    guards = [each.model_copy(update={"role": "guard"}) for each in first.criteria[:1]]
    known[name] = first.model_copy(update={"criteria": (*guards, *first.criteria[1:])})
    found = headroom(replies(3, 5), scenarios())
    split = layout(known, found, replies=3)
    assert [len(rates) for rates in split.rates][:2] == [3, 4]
    assert split.rates[1][1] == found.rates[DIMENSIONS[1]]
    assert split.tasks[:6] == (0, 0, 0, 0, 0, 1)
    of_one = layout(known, 0.9, replies=3, dimension=DIMENSIONS[1])
    assert of_one.rates[0] == (0.9, 0.9)


def test_a_plan_asks_for_replies_first_then_for_tasks_then_gives_up():
    split = layout(scenarios(), 0.9, replies=5)
    more = plan(0.06, split)
    assert more.times == 1
    assert 5 <= more.replies <= 10
    tasks = plan(0.025, split)
    assert tasks == Plan(5, tasks.times)
    assert tasks.times > 1
    assert plan(0.002, split) is None


def test_no_plan_proves_more_than_is_left_or_nothing():
    split = layout(scenarios(), 0.99, replies=5)
    assert plan(0.02, split) is None
    assert plan(0.0, split) is None
