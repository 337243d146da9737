import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.basics.noninferiority import change, least_tasks

SHARES = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 1), min_size=1)


def sides(differences):
    old = {str(number): 0.5 for number in range(len(differences))}
    return old, {name: 0.5 + d for name, d in zip(old, differences, strict=True)}


def test_equal_sides_are_not_worse_from_five_tasks_on():
    assert least_tasks(0.05) == 5
    assert change(*sides([0.0] * 5), margin=0.05).p == 1 / 32
    assert change(*sides([0.0] * 5), margin=0.05).is_not_worse(0.05)
    assert not change(*sides([0.0] * 4), margin=0.05).is_not_worse(0.05)


def test_a_loss_of_the_margin_is_found_to_be_none_in_one_case_of_twenty():
    random = np.random.default_rng(3)
    passed = 0
    for _ in range(400):
        passed += change(*sides(random.normal(-0.05, 0.1, 10)), margin=0.05).is_not_worse(0.05)
    # 20 are expected, with a standard deviation of 4.4.
    assert 7 <= passed <= 33


def test_tasks_that_one_side_lacks_are_left_out():
    found = change({"a": 0.5, "b": 0.1}, {"b": 0.2, "c": 0.9}, margin=0.05)
    assert (found.tasks, found.gain.mean) == (1, pytest.approx(0.1))
    nothing = change({"a": 0.5}, {}, margin=0.05)
    assert (nothing.tasks, nothing.p) == (0, 1.0)


@given(SHARES, SHARES)
def test_p_falls_as_the_margin_grows(old, new):
    p = [change(old, new, margin=margin).p for margin in (0.01, 0.1, 0.5)]
    assert p == sorted(p, reverse=True)
    assert all(0 < each <= 1 for each in p)
