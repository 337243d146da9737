import pytest
from helpers import scripted
from talks import talk

import usersim_opt as uso
from usersim_opt.basics.errors import BadReply

SHORT, LONG = talk("Hi!", "boston, tmrw"), talk("Hi!", "I would like to travel to Boston, please")


def judged(*choices):
    lm, engine = scripted(*(f'{{"reason": "r", "choice": "{choice}"}}' for choice in choices))
    return uso.BlindJudge(lm)(SHORT, LONG), engine


def test_who_wins_in_both_orders_is_preferred():
    assert judged("first", "second")[0] == 1.0
    assert judged("second", "first")[0] == 0.0


def test_who_wins_by_its_place_alone_is_not():
    assert judged("first", "first")[0] == judged("second", "second")[0] == 0.5
    assert judged("neither", "neither")[0] == 0.5
    assert judged("first", "neither")[0] == 0.75


def test_both_orders_are_asked_and_neither_names_a_prompt():
    _, engine = judged("first", "second")
    assert len(engine.requests) == uso.BlindJudge.price == 2
    sent = [request.messages[-1].text for request in engine.requests]
    assert sent[0].index("boston, tmrw") < sent[0].index("I would like")
    assert sent[1].index("boston, tmrw") > sent[1].index("I would like")
    assert SHORT.prompt_sha256[:12] not in str(engine.requests)


@pytest.mark.parametrize("answer", ["first", '{"choice": "both"}', "[]", '{"reason": "none"}'])
def test_an_answer_that_names_no_choice_is_none(answer):
    lm, _ = scripted(answer)
    with pytest.raises(BadReply, match="expected a JSON object with the choice first, second"):
        uso.BlindJudge(lm)(SHORT, LONG)
