import json
import re

import pytest
from hostile import HOSTILE
from hypothesis import given
from pydantic import ValidationError
from talks import conversations, talk

from usersim_opt.customer.conversation import (
    WIDTH,
    Broken,
    Conversation,
    Said,
    fields_of,
    first_token,
)

every_text = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())


def test_printed_it_says_who_what_is_broken_and_how_it_ended():
    broken = (Broken(guard="markup", evidence="it holds '**'"),)
    turns = (Said(role="agent", text="Hi!"), Said(role="customer", text="**hi**", broken=broken))
    lines = str(talk(task="007", seed=3).model_copy(update={"turns": turns})).splitlines()
    assert lines[0] == "Task 007, seed 3, prompt aaaaaaaaaaaa: offline/user with desk"
    assert lines[1:4] == [
        "agent     Hi!",
        "customer  **hi**",
        "          ! markup: it holds '**'",
    ]
    assert lines[4:] == [
        "End: the limit of turns",
        "1 customer turn, 1 broken guard, 1 call, 7 tokens",
    ]


@every_text
def test_in_a_terminal_no_line_is_long_and_nothing_is_obeyed(text):
    broken = (Broken(guard="markup", evidence=text),)
    shown = str(Said(role="customer", text=text, broken=broken))
    assert all(len(line) <= WIDTH for line in shown.split("\n"))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u2028\u202e]", shown)


@every_text
def test_in_a_notebook_no_text_is_markup(text):
    page = talk("Hi!", text, user=text, agent=text)._repr_html_()
    page = re.sub(r' style="[^"<>]*"', "", page)
    assert re.findall(r"<(?!/?(?:p|b|div|br|em)>)", page) == []


@every_text
def test_as_plain_data_any_text_comes_back(text):
    conversation = talk("Hi!", text, agent=text)
    fields = json.loads(json.dumps(fields_of(conversation)))
    assert Conversation.model_validate(fields) == conversation


@given(conversations())
def test_any_conversation_comes_back_from_plain_data(conversation):
    assert Conversation.model_validate(fields_of(conversation)) == conversation


@pytest.mark.parametrize(
    "wrong",
    [
        {"end": "stopped"},
        {"end": "turn_limit", "token": "###STOP###"},
        {"end": "failed"},
        {"end": "turn_limit", "fault": "agent_loop"},
        {"end": "bored"},
        {"extra": 1},
        {"calls": {"user": -1, "agent": 0}},
    ],
    ids=str,
)
def test_a_record_that_contradicts_itself_is_refused(wrong):
    with pytest.raises(ValidationError):
        talk(**wrong)


def test_the_first_of_several_tokens_is_the_one_that_counts():
    assert first_token("a ###TRANSFER### ###STOP###") == "###TRANSFER###"
    assert first_token("###STOP") == ""
