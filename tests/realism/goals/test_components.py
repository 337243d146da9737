"""The rules of statuses, and the scores that follow from them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.realism.goals.components import (
    RULES,
    Component,
    advanced,
    overall,
    reward,
    shares,
    start,
)

ONE_EACH = tuple(Component(f"{kind}.1", kind, kind) for kind in RULES)


def after(kind, *judged):
    component = Component("a", kind, "text")
    state = start((component,))
    for status in judged:
        state = advanced(state, (component,), {"a": (status, "why")})
    return state.statuses["a"]


@pytest.mark.parametrize(
    ("kind", "judged", "status"),
    [
        ("profile", [], "ALIGNED"),
        ("profile", ["MISALIGNED", "ALIGNED"], "MISALIGNED"),
        ("policy", ["ALIGNED", "MISALIGNED"], "MISALIGNED"),
        ("preference", [], "MISALIGNED"),
        ("preference", ["ALIGNED", "MISALIGNED"], "ALIGNED"),
        ("objective", [], "INCOMPLETE"),
        ("objective", ["ATTEMPTED", "INCOMPLETE"], "ATTEMPTED"),
        ("objective", ["ATTEMPTED", "COMPLETE"], "COMPLETE"),
        ("requirement", ["COMPLETE", "ATTEMPTED"], "COMPLETE"),
    ],
)
def test_statuses_go_forward_only(kind, judged, status):
    assert after(kind, *judged) == status


def test_a_lost_pair_leaves_all_as_it_was():
    state = advanced(start(ONE_EACH), ONE_EACH, None)
    assert (state.pair, state.lost) == (1, True)
    assert state.statuses == start(ONE_EACH).statuses


def test_scores_are_shares_of_success_and_their_mean_over_the_classes_that_are_there():
    parts = (*ONE_EACH, Component("objective.2", "objective", "b"))
    state = advanced(start(parts), parts, {"objective.1": ("ATTEMPTED", ""), "profile.1":
                                           ("MISALIGNED", "")})  # fmt: skip
    assert shares(parts, state) == {
        "profile": 0, "policy": 1, "objective": 0.5, "requirement": 0, "preference": 0,
    }  # fmt: skip
    assert overall(shares(parts, state)) == pytest.approx(1.5 / 5)
    assert overall({}) is None
    only = (Component("policy.1", "policy", "a"),)
    assert overall(shares(only, start(only))) == 1


def test_the_reward_is_a_half_for_each_class_that_is_wholly_in_success():
    assert reward(ONE_EACH, start(ONE_EACH)) == 1.0  # profile and policy
    judged = {each.id: (min(each.rule.success), "") for each in ONE_EACH}
    assert reward(ONE_EACH, advanced(start(ONE_EACH), ONE_EACH, judged)) == 2.5


STEPS = st.lists(
    st.fixed_dictionaries({each.id: st.sampled_from(each.rule.order) for each in ONE_EACH}),
    max_size=8,
)


@given(STEPS)
def test_whatever_is_judged_no_status_goes_back(steps):
    state = start(ONE_EACH)
    for step in steps:
        new = advanced(state, ONE_EACH, {name: (status, "") for name, status in step.items()})
        for each in ONE_EACH:
            order = each.rule.order.index
            assert order(new.statuses[each.id]) >= order(state.statuses[each.id])
            assert order(new.statuses[each.id]) >= order(step[each.id])
        state = new
    assert 0 <= reward(ONE_EACH, state) <= 2.5
