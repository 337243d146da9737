from rubrics import criterion, kinds_of, rubric

from usersim_opt.scenarios.authoring.rules.observed import observed_faults

SHORT = criterion("short", {"max_words": 5})
GUARD = criterion("guard", {"none_of": ["boston"]}, role="guard")
JUDGED = criterion("judged")


def kinds(replies, *criteria):
    return kinds_of(observed_faults(rubric(*criteria), replies))


def test_a_rubric_that_all_observed_replies_pass_is_too_easy():
    assert kinds(["no", "not friday"], SHORT, JUDGED) == ["observed_pass"]


def test_one_scored_check_that_one_reply_fails_is_enough():
    assert kinds(["no", "no no no no no no"], SHORT, JUDGED) == []
    assert kinds(["no boston"], SHORT, GUARD) == ["observed_pass"]


def test_nothing_is_said_without_replies_or_without_scored_checks():
    assert kinds([], SHORT) == []
    assert kinds(["no"], JUDGED, GUARD) == []
