import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.basics.permutations import difference_p

VALUES = st.lists(st.integers(-20, 20), min_size=1, max_size=6)


def test_small_groups_are_counted_out():
    # Of the 10 ways to choose two of five values only the seen one has a difference of 6.5.
    assert difference_p([1, 2], [7, 8, 9]) == 1 / 10
    # Of the 6 ways to choose two of four, two have a difference of 2: {1, 2} and {3, 4}.
    assert difference_p([1, 2], [3, 4]) == 2 / 6
    assert difference_p([5, 5], [5, 5, 5]) == 1.0


def test_large_groups_are_drawn_and_p_is_never_0():
    low, high = list(range(20)), list(range(100, 120))
    assert difference_p(low, high, draws=999) == 1 / 1000
    assert difference_p(low, high, draws=999, seed=1) == 1 / 1000


def test_drawn_and_counted_p_agree():
    one, other = [3.0, 1, 4, 1, 5], [9.0, 2, 6, 5, 3, 5, 8]
    counted = difference_p(one, other, draws=792)
    assert difference_p(one, other, draws=791) == pytest.approx(counted, abs=0.05)


def test_of_groups_that_do_not_differ_one_in_twenty_is_below_a_twentieth():
    random = np.random.default_rng(5)
    p = [
        difference_p(random.normal(size=6), random.normal(size=12), draws=199, seed=number)
        for number in range(400)
    ]
    # 20 of 400 are expected, with a standard deviation of 4.4.
    assert 7 <= sum(value <= 0.05 for value in p) <= 33


def test_a_difference_of_two_standard_deviations_is_mostly_seen():
    random = np.random.default_rng(6)
    p = [
        difference_p(random.normal(2, 1, size=8), random.normal(0, 1, size=20), draws=199)
        for _ in range(50)
    ]
    assert sum(value <= 0.05 for value in p) >= 45


@given(VALUES, VALUES)
def test_p_is_a_share_and_does_not_depend_on_which_group_comes_first(one, other):
    p = difference_p(one, other)
    assert 0 < p <= 1
    assert difference_p(other, one) == pytest.approx(p)


def test_an_empty_group_is_refused():
    with pytest.raises(ValueError, match="a group is empty"):
        difference_p([], [1.0])
