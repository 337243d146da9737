import pytest
from rubrics import TASK, criterion, kinds_of, rubric

from usersim_opt.scenarios.authoring.rules.tolerance import tolerance_faults

BLAME = "error_reaction.accusatory_language"


def kinds(text, check=None, **fields):
    """The faults of a criterion that stands beside a plain one, since no rubric is all guards."""
    case = rubric(criterion("a", check, text=text, **fields), criterion("b", {"max_words": 9}))
    return kinds_of(tolerance_faults(TASK, case))


@pytest.mark.parametrize(
    "text",
    [
        "The reply shows doubt about the date; leaving it out is fine.",
        "If the reply names a sum, it is marked as a guess.",
        "A weight, where there is one, is an estimate; not mentioning it is fine.",
        "The reply takes up the question; it may also say nothing.",
        "The reply shows doubt; any form counts.",
        "The reply reacts to the list; skipping all of it counts.",
    ],
)
def test_a_tolerance_for_a_reply_that_leaves_it_out_is_named(text):
    assert kinds(text) == ["tolerated_absence"]
    assert kinds(text, role="guard") == []


@pytest.mark.parametrize(
    "text",
    [
        "The reply refuses the plan; any refusal, however short, counts.",
        "The reply says that there is no number yet; any wording counts.",
        "The reply gives no card number; refusing and silence are fine.",
        "The reply opens the matter; nothing but an ok fails.",
    ],
)
def test_a_tolerance_that_widens_the_form_and_one_of_what_is_forbidden_are_fine(text):
    assert kinds(text) == []


def test_an_upper_limit_is_about_absence_and_may_say_so():
    text = "Of code and id at most one is given; giving none is fine."
    assert kinds(text, {"at_most": {"n": 1, "of": ["x", "y"]}}) == []
    assert kinds(text, {"any_of": ["x", "y"]}) == ["tolerated_absence"]


@pytest.mark.parametrize(
    ("text", "check", "found"),
    [
        ("The reply does not insult the agent.", None, ["blame_as_score"]),
        ("The reply is calm.", {"none_of": ["@blame"]}, ["blame_as_score"]),
        ("The fault is put on the agent.", None, []),
        ("The fault is put on the agent.", {"any_of": ["you said"]}, []),
    ],
)
def test_blame_that_costs_points_is_named_and_blame_that_is_asked_for_is_not(text, check, found):
    assert kinds(text, check, dimension=BLAME) == found
    assert kinds(text, check, dimension=BLAME, role="guard") == []
    assert kinds(text, check) == []
