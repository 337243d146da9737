"""What somebody preferred, as a number for each reply."""

from types import SimpleNamespace

import pytest
from item_worlds import DIMENSIONS, evaluation, graded, rubric

from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.items.preferences import by_dimension, preferences_of
from usersim_opt.measuring.items.responses import responses_of

NAMES = [f"{task:03}.3" for task in range(1, 13)]
RUBRICS = [rubric(name, {"a": DIMENSIONS[0], "b": DIMENSIONS[2]}) for name in NAMES]


def answered():
    """The plain prompt fails `a` and passes `b`, the better one passes both."""
    outcomes = [
        graded(name, {"a": version == "better", "b": True}, version=version, reply=version)
        for name in NAMES
        for version in ("plain", "better")
    ]
    return responses_of(evaluation(RUBRICS, outcomes))


def side(prompt="", reply=""):
    return SimpleNamespace(prompt=prompt, reply=reply)


def chose(chosen, scenario="001.3", one=None, other=None, who=""):
    return SimpleNamespace(
        scenario=scenario,
        one=one or side("plain"),
        other=other or side("better"),
        chosen=chosen,
        who=who,
    )


def score(number, prompt, scenario="001.3"):
    return SimpleNamespace(scenario=scenario, prompt=prompt, reply="", score=number)


def test_the_chosen_reply_has_one_and_the_other_minus_one():
    found = preferences_of([chose("other"), chose("neither", "002.3")], answered())
    assert found.values["001.3"] == {("plain", "plain"): -1.0, ("better", "better"): 1.0}
    assert set(found.values["002.3"].values()) == {0.0}
    assert found.notes == ()


def test_several_people_are_averaged_and_a_side_may_be_named_by_its_reply():
    records = [
        chose("other", one=side(reply="plain"), other=side(reply="better"), who=who)
        for who in ("x", "y")
    ]
    found = preferences_of([*records, chose("one", who="z")], answered())
    assert found.values["001.3"]["better", "better"] == pytest.approx(1 / 3)


def test_scores_are_in_standard_deviations_from_their_mean():
    found = preferences_of([score(2, "plain"), score(4, "better")], answered())
    assert found.values["001.3"] == {("plain", "plain"): -1.0, ("better", "better"): 1.0}
    same = preferences_of([score(3, "plain"), score(3, "better")], answered())
    assert set(same.values["001.3"].values()) == {0.0}


def test_the_correlation_with_a_preference_is_given_for_all_and_by_dimension():
    found = by_dimension(
        preferences_of([chose("other", name) for name in NAMES], answered()), answered()
    )
    assert found == {"all": pytest.approx(1.0), DIMENSIONS[0]: pytest.approx(1.0)}
    few = preferences_of([chose("other", name) for name in NAMES[:4]], answered())
    assert by_dimension(few, answered()) == {}


def test_what_cannot_be_used_is_left_out_and_said():
    records = [
        chose("one", "077.1"),
        chose("one"),
        chose("other"),
        chose("one", "002.3"),
        chose("one", "002.3", one=side("better"), other=side("plain")),
        chose("one", "003.3", one=side("nobody")),
        chose("one", "004.3"),
        chose("one", "004.3"),
    ]
    found = preferences_of(records, answered())
    assert set(found.values) == {"003.3", "004.3"}
    unknown, contradicting, unmatched = found.notes
    assert unknown == "preferences: 1 line on scenarios that no evaluation holds; left out"
    assert contradicting.startswith("preferences: 4 lines contradict each other")
    assert unmatched.startswith("preferences: 1 side without a graded reply")


@pytest.mark.parametrize(
    "wrong", ["base", {"scenario": "001.3"}, SimpleNamespace(scenario="001.3")]
)
def test_what_is_no_preference_is_refused_with_its_number(wrong):
    with pytest.raises(
        InputError, match=r"preferences\[1\] is .*; expected a record with scenario"
    ):
        preferences_of([chose("one"), wrong], answered())
