import pytest
from helpers import scripted
from talks import talk

import usersim_opt as uso
from usersim_opt.basics.errors import BadReply

SHORT, LONG = talk("Hi!", "boston, tmrw"), talk("Hi!", "I would like to travel to Boston, please")


def judged(*choices):
    lm, engine = scripted(*(f'{{"typed_by_a_person": "{choice}"}}' for choice in choices))
    return uso.BlindJudge(lm)(SHORT, LONG), engine


def test_who_wins_in_both_orders_is_preferred():
    assert judged("A", "B")[0] == 1.0
    assert judged("B", "A")[0] == 0.0


def test_who_wins_by_its_place_alone_is_not():
    assert judged("A", "A")[0] == judged("B", "B")[0] == 0.5
    assert judged("tie", "tie")[0] == 0.5
    assert judged("A", "tie")[0] == 0.5


def test_both_orders_are_asked_and_neither_names_a_prompt():
    _, engine = judged("A", "B")
    assert len(engine.requests) == uso.BlindJudge.price == 2
    sent = [request.messages[-1].text for request in engine.requests]
    assert sent[0].index("boston, tmrw") < sent[0].index("I would like")
    assert sent[1].index("boston, tmrw") > sent[1].index("I would like")
    assert SHORT.prompt_sha256[:12] not in str(engine.requests)


@pytest.mark.parametrize("answer", ["first", '{"typed_by_a_person": 3}', "[]", '{"evidence": "A"}'])
def test_an_answer_that_names_no_choice_is_asked_for_once_more_and_is_none(answer):
    lm, engine = scripted(answer)
    with pytest.raises(BadReply, match="expected a JSON object that names"):
        uso.BlindJudge(lm)(SHORT, LONG)
    assert len(engine.requests) == 4
