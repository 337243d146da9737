from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.measuring.order import BLOCK, in_turns

SIDES = st.lists(st.lists(st.integers(), max_size=150), min_size=1, max_size=4)


@given(SIDES)
def test_everything_has_its_turn_once_and_in_the_order_of_its_side(sides):
    order = in_turns(sides)
    for number, side in enumerate(sides):
        assert [each for owner, each in order if owner == number] == side


@given(st.integers(1, 12), st.integers(2, 3))
def test_a_steady_drift_counts_for_no_side(number, sides):
    """The mean place of each side in the order is the same."""
    places = [[] for _ in range(sides)]
    for place, (owner, _) in enumerate(in_turns([range(4 * BLOCK * number)] * sides)):
        places[owner].append(place)
    means = {sum(each) / len(each) for each in places}
    assert max(means) - min(means) == pytest.approx(0)


def test_a_few_calls_go_there_and_back():
    order = in_turns([range(10), range(10)])
    assert [owner for owner, _ in order] == [0] * 5 + [1] * 10 + [0] * 5


def test_one_side_alone_is_left_as_it_is():
    assert in_turns(["abc"]) == [(0, "a"), (0, "b"), (0, "c")]
    assert in_turns([]) == []


def test_calls_of_one_prompt_stay_together_for_a_while():
    order = [owner for owner, _ in in_turns([range(400), range(400)])]
    changes = sum(one != next_ for one, next_ in pairwise(order))
    assert changes == 400 / BLOCK
