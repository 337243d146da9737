"""The smoke split ends early where it is decided early."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.tuning.gates import Judgement, Ruling
from usersim_opt.tuning.looks import GIVEN_UP_BELOW, SHARES, lone, looks


def judged(z, *, accepted=False):
    return Judgement("smoke", Ruling(accepted, "the interval"), SimpleNamespace(z=z))


@given(st.floats(0, 200), st.floats(1e-6, 0.05))
def test_looks_are_at_ever_more_replies_and_end_with_all_of_them(repeats, level):
    found = looks(repeats, level=level)
    assert found[-1].repeats == repeats
    assert found[-1].level == level * SHARES[-1]
    steps = [look.repeats for look in found]
    assert steps == sorted(set(steps))
    assert all(step == int(step) for step in steps[:-1])
    assert [look.number for look in found] == list(range(1, found[0].of + 1))


@pytest.mark.parametrize("repeats", [1, 2, 2.9])
def test_of_fewer_than_three_replies_there_is_one_look(repeats):
    (only,) = looks(repeats, level=0.05)
    assert [only] == lone(repeats, level=0.05)
    assert only.ends(judged(-3))
    assert not only.gives_up(judged(-3))
    assert only.told(judged(-3)).ruling.reason == "the interval"


def test_a_proof_ends_it_at_any_look_and_says_at_which():
    first, _, _ = looks(6, level=0.05)
    proven = judged(4, accepted=True)
    assert first.ends(proven)
    assert first.told(proven).ruling.reason == "the interval, at look 1 of 3"


@pytest.mark.parametrize("number", [0, 1])
def test_what_has_no_prospect_is_given_up(number):
    look = looks(6, level=0.05)[number]
    hopeless, open_ = (judged(GIVEN_UP_BELOW[number] + step) for step in (-0.01, 0.01))
    assert look.ends(hopeless)
    assert look.told(hopeless).ruling.reason == f"the interval, at look {number + 1} of 3, given up"
    assert not look.ends(open_)


def test_the_last_look_gives_nothing_up_and_ends_it():
    last = looks(6, level=0.05)[-1]
    assert last.ends(judged(-5))
    assert not last.gives_up(judged(-5))
