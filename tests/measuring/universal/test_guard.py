import pickle

import pytest

from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.universal.guard import QUOTED, UniversalGuard, broken, check_guards
from usersim_opt.measuring.universal.standard import universal_guards
from usersim_opt.scenarios.checks import ALONE


def guard(name="shouting", objection=lambda reply, moment: reply if reply.isupper() else ""):
    return UniversalGuard(name, "it shouts", objection)


def test_a_broken_guard_is_a_failed_verdict_of_a_check_with_the_words():
    (verdict,) = broken([guard()], "NO\n\nWAY", ALONE)
    assert (verdict.criterion, verdict.outcome) == ("universal.shouting", "fail")
    assert (verdict.source, verdict.evidence) == ("check", "it shouts: 'NO WAY'")


def test_a_guard_that_holds_gives_no_verdict():
    assert broken([guard()], "no way", ALONE) == ()


def test_evidence_quotes_the_beginning_of_long_words():
    (verdict,) = broken([guard()], "A" * 500, ALONE)
    assert verdict.evidence.endswith("AAA...'")
    assert len(verdict.evidence) == len("it shouts: ''") + QUOTED


def test_a_guard_shows_its_name_and_its_line():
    assert str(guard()) == "shouting: it shouts"
    assert repr(guard()) == "UniversalGuard(name='shouting', line='it shouts')"


@pytest.mark.parametrize(
    ("guards", "complaint"),
    [
        ("markup", "the guards are a str; expected a list of UniversalGuard"),
        (3, "the guards are a int; expected a list of UniversalGuard"),
        (["markup"], "one of the guards is a str; expected a list of UniversalGuard"),
        ([guard(), guard()], "two guards are called 'shouting'; give each a name of its own"),
    ],
)
def test_what_is_no_list_of_guards_is_refused(guards, complaint):
    with pytest.raises(InputError, match=complaint):
        check_guards(guards)


def test_standard_guards_travel_to_another_process_and_stay_the_same():
    assert pickle.loads(pickle.dumps(universal_guards())) == universal_guards()
