"""The stand-in for a customer with tools: it makes the call that is named, and no other."""

import json

import pytest

import usersim_opt as uso
from usersim_opt.models.loopback import stand_ins
from usersim_opt.models.offline.obeying import naming, tool_answer

TOOLS = [{"type": "function", "function": {"name": "toggle", "parameters": {}}}]
STORY = {"role": "system", "content": "Play.\n\n<scenario>\nYour data is slow.\n</scenario>"}


def asked(*messages, tools=TOOLS):
    """What the server answers for it."""
    body = {"model": "obeying", "messages": [STORY, *messages], "tools": tools}
    status, answer = stand_ins(body)
    assert status == 200
    return answer["message"]


def test_a_call_that_the_agent_names_is_made_with_its_arguments():
    text = naming("toggle", {"on": True, "apps": ["a}"]})
    (call,) = asked({"role": "user", "content": text})["tool_calls"]
    assert call["function"]["name"] == "toggle"
    assert json.loads(call["function"]["arguments"]) == {"on": True, "apps": ["a}"]}


def test_what_came_of_it_is_told():
    tool = {"role": "tool", "content": "Data is ON", "tool_call_id": "1"}
    assert asked({"role": "user", "content": naming("toggle", {})}, tool) == {
        "role": "assistant",
        "content": "i did that: Data is ON",
    }


@pytest.mark.parametrize(
    "text", [naming("other", {}), "Please call toggle with {on: yes}", "Hi! How can I help you?"]
)
def test_anything_else_gets_a_text(text):
    message = asked({"role": "user", "content": text})
    assert message["content"]
    assert "tool_calls" not in message


def test_without_tools_no_call_is_made():
    body = {"messages": [{"role": "user", "content": naming("toggle", {})}]}
    assert tool_answer(body) is None
    assert uso.connect("offline/obeying")(naming("toggle", {})) == ["ok, and now?"]
