from realism_cases import entry, survey

from usersim_opt.realism.answered import answered
from usersim_opt.realism.questions import SURVEY


def by_field(ours, human=None):
    return {each.field: each for each in answered(ours, human)}


def test_the_share_of_each_answer_is_among_those_that_were_given():
    ours = {
        "a": {"survey": survey(reuse="Maybe", efficiency="About right")},
        "b": {"survey": survey(reuse="Yes")},
        "c": {"survey": survey(reuse="who knows")},
        "d": {"survey": survey(reuse="Maybe")},
    }
    found = by_field(ours)
    assert list(found) == list(SURVEY)
    assert (found["reuse"].given, found["reuse"].asked) == (3, 4)
    assert found["reuse"].shares["Maybe"] == 2 / 3
    assert sum(found["reuse"].shares.values()) == 1
    assert found["efficiency"].given == 1
    assert found["human_like"].shares == {}


def test_people_stand_beside_without_those_that_are_not_kept():
    human = {
        "airline_0": entry("hi", survey=survey(reuse="No")),
        "airline_1": entry("hi", survey=survey(reuse="Yes"), keep=False),
    }
    assert by_field({}, human)["reuse"].people == {
        answer: float(answer == "No") for answer in SURVEY["reuse"].answers
    }
    assert by_field({})["reuse"].people == {}
