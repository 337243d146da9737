"""What the two tau forms share: what both sides say, and our own fields beside it.

A file that we wrote holds what the form has no place for under `usersim_opt`, so that it is read
back as it was. A file of the benchmark itself has none: then the seed is the trial, the prompt is
`unknown` where nothing names it, and calls and tokens are 0.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from usersim_opt.basics.errors import DatasetError
from usersim_opt.basics.text import is_blank
from usersim_opt.basics.validation import Fields, parse
from usersim_opt.customer.conversation import Conversation, Role, Said, fields_of, first_token

OURS = "usersim_opt"
"""The name under which our fields stand."""
UNKNOWN = "unknown"
_ROLES: Mapping[str, Role] = {"assistant": "agent", "agent": "agent", "user": "customer"}
_NAMES: Mapping[Role, str] = {"agent": "assistant", "customer": "user"}


def messages_of(turns: Iterable[Said]) -> list[Fields]:
    """Turns as chat messages: the agent is `assistant`, the customer `user`."""
    return [{"role": _NAMES[turn.role], "content": turn.text} for turn in turns]


def turns_in(messages: Any, *, where: str) -> list[Said]:
    """What both sides say; tool calls, results and empty messages are left out.

    DatasetError for what is no list of messages.
    """
    if not isinstance(messages, list) or not all(isinstance(each, dict) for each in messages):
        raise DatasetError(f"{where}: is {messages!r:.40}; expected a list of messages")
    said = [(_ROLES.get(str(each.get("role"))), each.get("content")) for each in messages]
    return [
        Said(role=role, text=text)
        for role, text in said
        if role and isinstance(text, str) and not is_blank(text)
    ]


def our_fields(conversation: Conversation) -> Fields:
    """What no message holds: all fields but the texts, and which turn breaks which guard."""
    fields = fields_of(conversation)
    turns = fields.pop("turns")
    broken = {str(n): turn["broken"] for n, turn in enumerate(turns) if "broken" in turn}
    return fields | ({"broken": broken} if broken else {})


def restored(ours: Any, turns: Sequence[Said], *, where: str) -> Conversation:
    """A conversation of ours, from its fields and the texts of its turns."""
    if not isinstance(ours, dict):
        raise DatasetError(f"{where}.{OURS}: is {ours!r:.40}; expected a mapping of fields")
    fields = dict(ours)
    broken = fields.pop("broken", {})
    told = [
        fields_of_turn | ({"broken": broken[str(n)]} if str(n) in broken else {})
        for n, fields_of_turn in enumerate(turn.model_dump(mode="json") for turn in turns)
    ]
    return parse(fields | {"turns": told}, Conversation, where=where)


def foreign(ending: Fields, turns: Sequence[Said], *, where: str, **fields: Any) -> Conversation:
    """A conversation of somebody else's; `ending` says how it ended."""
    nothing = {"user": 0, "agent": 0}
    common = {"calls": nothing, "tokens": nothing, "turns": tuple(turns)}
    return parse(common | ending | fields, Conversation, where=where)


def left(turns: Sequence[Said]) -> str:
    """The stop token of the last customer's turn; empty if it has none."""
    customer = [turn.text for turn in turns if turn.role == "customer"]
    return first_token(customer[-1]) if customer else ""
