import pytest
from rubrics import TASK, criterion, kinds_of, rubric

from usersim_opt.scenarios.authoring.rules.limits import limit_faults, word_limit

TWENTY = " ".join(["word"] * 20)


def faults(*checks, own=("need to move my flight",)):
    criteria = [criterion(f"c{number}", check) for number, check in enumerate(checks)]
    return list(limit_faults(TASK, rubric(*criteria, own=own)))


@pytest.mark.parametrize(
    ("own", "limit"), [((), 40), (("two words",), 25), (("short", TWENTY), 40), ((TWENTY,), 40)]
)
def test_the_highest_limit_is_25_words_or_twice_the_own_longest_turn_and_40_for_an_opening(
    own, limit
):
    assert word_limit(own) == limit
    assert faults({"max_words": limit}, own=own) == []
    (fault,) = faults({"max_words": limit + 1}, own=own)
    assert (fault.kind, fault.fix) == ("loose_limit", f"allow {limit} or fewer")


def test_the_longest_own_turn_is_named():
    (fault,) = faults({"all": [{"max_words": 60}, {"no_list": True}]})
    assert fault.what == "allows 60 words, where the customer's longest turn so far has 5"


def test_a_limit_that_is_a_ratio_to_the_own_turns_is_held_to_the_same():
    assert faults({"max_ratio_to_own": {"ratio": 2, "floor": 16}}) == []
    assert kinds_of(faults({"max_ratio_to_own": {"ratio": 2, "floor": 26}})) == ["loose_limit"]
    assert kinds_of(faults({"max_ratio_to_own": {"ratio": 6, "floor": 16}})) == ["loose_limit"]


def test_more_than_three_sentences_are_a_loose_limit():
    assert faults({"max_sentences": 3}) == []
    assert kinds_of(faults({"max_sentences": 4})) == ["loose_limit"]


def test_a_limit_of_which_the_other_choice_is_something_else_is_left_alone():
    assert faults({"any": [{"max_words": 90}, {"asks": True}]}) == []


def test_two_items_that_look_at_length_alone_are_one_too_many():
    (fault,) = faults({"max_words": 20}, {"max_sentences": 2}, {"none_of": ["x"]})
    assert fault.kind == "several_lengths"
    assert "c0, c1" in fault.what
    assert faults({"max_words": 20}, {"all": [{"max_words": 9}, {"asks": True}]}) == []


def test_a_guard_may_look_at_length_beside_a_scored_item():
    case = rubric(
        criterion("a", {"max_words": 20}), criterion("b", {"max_words": 25}, role="guard")
    )
    assert list(limit_faults(TASK, case)) == []
