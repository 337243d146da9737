"""`offline/obeying`: a stand-in for a customer with tools, who makes the call that the agent names.

    agent     Please call toggle_data with {}
    customer  (calls toggle_data with no arguments)
    tool      Mobile Data is now ON
    customer  i did that: Mobile Data is now ON

Where no call is named it says what `offline/user` says. It shows that calls of the customer go the
whole way, and nothing about how people use a phone.

Not covered: through DSPy it gets no tools and only talks.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from usersim_opt.basics import strict_json
from usersim_opt.models.offline import user
from usersim_opt.models.offline.call import Call

_NAMED = re.compile(r"\bcall (?P<name>\w+) with (?P<arguments>\{.*)", re.DOTALL)
_QUOTED = 200
"""Characters of a tool's result that it tells at the most."""


def _named_in(text: str) -> re.Match[str] | None:
    """The call that a text names; its arguments go up to the last brace that closes."""
    return _NAMED.search(text, 0, text.rfind("}") + 1)


def naming(name: str, arguments: Mapping[str, Any]) -> str:
    """The words by which an agent names a call."""
    return f"Please call {name} with {json.dumps(dict(arguments))}"


def answer(call: Call) -> str:
    """What it says where it makes no call."""
    return "ok, and now?" if _named_in(call.last) else user.answer(call)


def tool_answer(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """The message with the call that the agent's last turn names, or with what came of one.

    `body` is a request in the form of OpenAI's route; None where there is nothing to call or tell.
    """
    last = body["messages"][-1]
    text = last.get("content") or ""
    if last.get("role") == "tool":
        return {"role": "assistant", "content": f"i did that: {text[:_QUOTED]}"}
    named = _named_in(text)
    offered = {each["function"]["name"] for each in body.get("tools") or []}
    if named is None or named["name"] not in offered:
        return None
    return _calling(named["name"], named["arguments"], number=len(body["messages"]))


def _calling(name: str, arguments: str, *, number: int) -> dict[str, Any] | None:
    try:
        strict_json.loads(arguments)
    except ValueError:
        return None
    function = {"name": name, "arguments": arguments}
    call = {"id": f"call_{number}", "type": "function", "function": function}
    return {"role": "assistant", "content": None, "tool_calls": [call]}
