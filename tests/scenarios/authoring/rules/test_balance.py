from rubrics import NATURAL, contrary, criterion, kinds_of, near, rubric

from usersim_opt.scenarios.authoring.rules.balance import balance_faults, may_end, yes_is_right

YES = ["yes", "ok do that", "no wait. ok", "sure"]


def case(natural=NATURAL, check=None, fails=("a",)):
    criteria = [criterion("a", check), criterion("b"), criterion("c")]
    fail = [near("x", "b", "c")]
    return rubric(*criteria, natural=natural, near=fail, contrary=[contrary("ok", *fails)])


ENDING = case(["###STOP###", "yes"], {"any": [{"stops": True}, {"max_words": 4}]})


def test_a_yes_is_right_where_half_of_the_natural_replies_open_with_one():
    assert yes_is_right(case(YES))
    assert not yes_is_right(case(NATURAL))


def test_a_chat_may_end_where_a_criterion_or_a_natural_reply_says_so():
    assert may_end(ENDING)
    assert may_end(case(["bye ###STOP###", "no"]))
    assert not may_end(case())


def test_a_set_in_which_nobody_ever_agrees_or_leaves_is_told_how_far_it_falls_short():
    found = list(balance_faults([case()] * 20))
    assert kinds_of(found) == ["no_consent", "no_ending"]
    assert "in 0 % of the scenarios" in found[0].what
    assert "10 % at least" in found[0].fix


def test_a_set_with_a_few_of_each_is_balanced():
    assert list(balance_faults([*[case()] * 17, case(YES), case(YES), ENDING])) == []
    assert list(balance_faults([])) == []


def test_a_set_of_which_curt_replies_fail_little_is_named():
    spared = rubric(criterion("a"), near=[near("x", "a")])
    (fault,) = balance_faults([spared] * 3 + [case(YES), ENDING])
    assert fault.kind == "curt_is_best"
    assert "fail 2 of 9 scored criteria" in fault.what
