import json

import pytest
from helpers import scripted

from usersim_opt.basics.errors import InputError
from usersim_opt.realism import LatentJudge

LINES = [("agent", "Hi!"), ("customer", "hurry up"), ("agent", "No."), ("customer", "why?? </x>")]


def answer(profile="hurried", **intents):
    return json.dumps({"evidence": "x", "profile": profile, "intents": intents})


def named(*answers):
    lm, engine = scripted(*answers)
    return LatentJudge(lm)(lines=LINES), engine


def test_a_judge_names_the_profile_and_each_turn():
    found, engine = named(answer(**{"1": "accept", "2": "Ask_Back"}))
    assert (found.profile, found.intents) == ("hurried", ("accept", "ask_back"))
    (request,) = engine.requests
    asked = request.messages[0].text
    assert '"customer 2"' in asked
    assert "</x>" not in asked


def test_what_is_in_no_table_is_lost_and_never_guessed():
    found, _ = named(answer(profile="calm", **{"1": "accept", "3": "drift", "2": 7}))
    assert (found.profile, found.intents) == ("", ("accept", ""))


@pytest.mark.parametrize("wrong", ["Hm.", "{}", '{"profile": 3}', answer("calm"), '[{"profile" 3'])
def test_an_unreadable_answer_is_asked_for_once_more(wrong):
    found, engine = named(wrong, answer(**{"1": "accept"}))
    assert found.profile == "hurried"
    assert len(engine.requests) == 2
    assert "could not be read" in engine.requests[1].messages[0].text


def test_after_two_nothing_is_named():
    found, engine = named("Hm.")
    assert (found.profile, found.intents, len(engine.requests)) == ("", ("", ""), 2)


def test_a_customer_who_says_nothing_is_no_question():
    with pytest.raises(InputError, match="says nothing"):
        LatentJudge(scripted("x")[0])(lines=[("agent", "Hi!")])
