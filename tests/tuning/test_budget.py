import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.tuning.budget import MAX_REPEATS, Budget, Spent


def spent(calls=0, tokens=0, fresh=None):
    return Spent(calls, tokens, calls if fresh is None else fresh)


def clock(*seconds):
    times = iter(seconds)
    return lambda: next(times)


@given(
    calls=st.integers(1, 5000),
    once=st.integers(12, 200),
    rounds=st.lists(st.integers(10, 61), min_size=1),
)
def test_a_search_and_the_smoke_split_after_it_stay_within_the_calls(calls, once, rounds):
    budget, calls_made = Budget(calls), 0
    repeats = budget.most_repeats(once=once, round_calls=61)
    for price in rounds if repeats else []:
        if budget.exhausted(spent(calls_made), round_calls=price, reserve=repeats * once):
            break
        calls_made += price
    assert (
        calls_made + budget.repeats(spent(calls_made), once=once) * once <= calls + 1e-6
        or not repeats
    )
    assert calls_made or not repeats


@pytest.mark.parametrize(
    ("tokens", "ends"), [(600, False), (700, False), (701, True), (2000, True)]
)
def test_the_next_round_s_tokens_are_foreseen_and_a_fifth_is_kept(tokens, ends):
    ended_by = Budget(9999, tokens=1000).exhausted(
        spent(700, tokens=tokens), round_calls=100, reserve=0
    )
    assert ended_by == ("the budget of 1,000 tokens" if ends else "")


def test_the_next_round_s_minutes_are_foreseen_from_the_calls_of_this_start():
    budget = Budget(9999, minutes=10, clock=clock(0, 60 * 7, 60 * 7))
    assert not budget.exhausted(spent(5000, fresh=0), round_calls=100, reserve=0)
    assert (
        budget.exhausted(spent(5000, fresh=500), round_calls=100, reserve=0)
        == "the budget of 10 minutes"
    )


def test_repeats_fit_what_is_left():
    assert Budget(9999).repeats(spent(100, tokens=1000), once=50) == MAX_REPEATS
    assert Budget(400).repeats(spent(100, tokens=1000), once=50) == 6
    assert Budget(9999, tokens=3000).repeats(spent(100, tokens=1000), once=50) == pytest.approx(4)
    assert Budget(9999, tokens=1001).repeats(spent(100, tokens=1000), once=50) == 1
    assert Budget(9999, minutes=4, clock=clock(0, 60)).repeats(
        spent(100), once=100
    ) == pytest.approx(3)


@given(calls=st.integers(1, 20_000), once=st.integers(12, 500), round_calls=st.integers(10, 300))
def test_the_smoke_split_and_one_round_always_fit(calls, once, round_calls):
    repeats = Budget(calls).most_repeats(once=once, round_calls=round_calls)
    assert 0 <= repeats <= MAX_REPEATS
    assert repeats * once + round_calls <= calls or not repeats
    assert bool(repeats) == (once + round_calls <= calls)
