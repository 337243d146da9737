import pytest
from rubrics import NATURAL, TASK, contrary, criterion, kinds_of, near, rubric

from usersim_opt.scenarios.authoring.rules.naturals import natural_faults

WHOLE = {"near": [near("x", "a"), near("y", "a")], "contrary": [contrary("ok", "a")]}
LONG = "i told you this morning on the phone that it has to be the thursday and not any later day"


def faults(natural, **examples):
    case = rubric(criterion("a"), natural=natural, **(WHOLE | examples))
    return list(natural_faults(TASK, case))


def test_five_replies_of_different_build_with_two_near_failures_and_a_contrary_one_are_enough():
    assert faults(NATURAL) == []


@pytest.mark.parametrize("form", ["near", "contrary"])
def test_replies_of_each_form_are_asked_for_with_their_numbers(form):
    (fault,) = faults(NATURAL, **{form: []})
    assert fault.kind == "first_form"
    assert f"0 {form}" in fault.what
    assert kinds_of(faults(NATURAL[:4])) == ["first_form"]


def test_two_replies_of_the_same_words_are_alike():
    (fault,) = faults([*NATURAL, "the friday not"])
    assert fault.kind == "alike_replies"
    assert fault.what == "'not the friday' and 'the friday not' are alike"


def test_replies_that_all_begin_alike_are_named():
    replies = ["no", "no, thursday", "No! i said it twice", "no idea why friday", "no way to do it"]
    (fault,) = faults(replies)
    assert (fault.kind, fault.what) == ("alike_replies", "all begin with 'no'")


def test_replies_of_which_half_are_long_are_named():
    several = [f"{word} {LONG} {word}" for word in ("so", "but", "well")]
    found = faults([*several, "no", "not friday"])
    assert "long_replies" in kinds_of(found)
