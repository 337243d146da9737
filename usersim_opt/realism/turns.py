"""What the customer says in a conversation, as the features read it.

    [{"role": "assistant", "content": "How can I help?"}, {"role": "user", "content": "Hi"}]

Meta messages go first (`###STOP###` of simulators, commands and canvas marks in the human data),
then the marked thoughts and tool calls inside each message. Roles are compared as they are.
The rules are those of the published scorer (arXiv 2603.11245); see docs/realism.md.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.text import is_blank, spoken

Conversation = Sequence[Mapping[str, Any]]
"""Messages, each with its `role` and `content`."""

CUSTOMER = "user"
"""The role of the customer."""
AGENT = ("assistant", "agent")
"""The roles of the agent; messages of other roles are no part of what the customer saw."""

_ENDS = {"<|think|>": "<|/think|>", "<function=": "</function>", "<|tool|>": "<|/tool|>"}
"""How what is marked ends, by how it begins."""
_BEGINS = re.compile("|".join(map(re.escape, _ENDS)))
_COMMANDS = ("\\tau ", "\\reward")
_CANVAS = ("<|canvas|>", "<|highlight|>", "<|survey|>")
_LIKE = '[{"role": "user", "content": "Hi"}]'


def _is_human_meta(content: str) -> bool:
    if content.startswith(_COMMANDS) or content.strip() == "/stop":
        return True
    return any(mark in content for mark in _CANVAS)


_IS_META: dict[str, Callable[[str], bool]] = {
    "human": _is_human_meta,
    "llm": lambda content: content.strip() == "###STOP###",
}
"""By source, what is no part of the conversation. Any other source drops nothing."""


@dataclass(frozen=True)
class Turns:
    """The customer's turns in order, cleaned."""

    texts: tuple[str, ...]

    @cached_property
    def lower(self) -> tuple[str, ...]:
        """The texts in lower case."""
        return tuple(text.lower() for text in self.texts)

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """The words of each turn, punctuation attached."""
        return tuple(len(text.split()) for text in self.texts)

    def rate(self, holds: Callable[[str], object]) -> float:
        """The share of turns whose lower text `holds`, 0 to 1."""
        return sum(bool(holds(text)) for text in self.lower) / len(self.texts)


def without_marked(content: str) -> str:
    """A message without thoughts and calls of tools; a call that does not end goes to the end."""
    kept, begin, at, endless = [], 0, 0, set[str]()
    while mark := _BEGINS.search(content, at):
        opening, at = mark[0], mark.end()
        # What does not end here ends nowhere later, so it is looked for once.
        end = -1 if opening in endless else content.find(_ENDS[opening], at)
        if end >= 0 or opening == "<function=":
            kept.append(content[begin : mark.start()])
            begin = at = end + len(_ENDS[opening]) if end >= 0 else len(content)
        else:
            endless.add(opening)
    return "".join([*kept, content[begin:]])


def turns_of(conversation: Conversation, source: str) -> Turns:
    """The customer's turns; none where the customer says nothing.

    InputError for what is no list of messages.
    """
    checked(conversation, where="the conversation")
    contents = [_text(message, "content") for message in conversation if _is_customer(message)]
    heard = [content for content in contents if not _is_meta(content, source)]
    return Turns(tuple(without_marked(content) for content in heard))


def _is_meta(content: str, source: str) -> bool:
    return isinstance(source, str) and source in _IS_META and _IS_META[source](content)


def _is_customer(message: Mapping[str, Any]) -> bool:
    return _text(message, "role") == CUSTOMER


def _text(message: Mapping[str, Any], field: str) -> str:
    # The published scorer reads null as the word None, and a missing field as nothing.
    return str(message.get(field, ""))


def seen_turn(message: Mapping[str, Any]) -> dict[str, str] | None:
    """A message as a turn of agent or customer, without stop tokens and outer white space.

    None for what the customer never saw, and where nothing is left.
    """
    role, content = message.get("role"), spoken(str(message.get("content") or ""))
    if is_blank(content) or role not in (CUSTOMER, *AGENT):
        return None
    return {"role": "customer" if role == CUSTOMER else "agent", "content": content}


def plain_turn(message: Mapping[str, Any]) -> dict[str, str] | None:
    """The same without marked thoughts and tool calls; None for meta messages of any source.

    So nothing but what was typed tells one source from another.
    """
    content = without_marked(_text(message, "content"))
    if any(is_meta(content) for is_meta in _IS_META.values()):
        return None
    return seen_turn({"role": message.get("role"), "content": content})


def checked(conversation: Any, *, where: str) -> Conversation:
    """The conversation as it is; InputError for what is no list of messages."""
    if isinstance(conversation, str | bytes) or not isinstance(conversation, Sequence):
        got = type(conversation).__name__
        raise InputError(f"{where}: is a {got}; expected messages, as in {_LIKE}")
    for number, message in enumerate(conversation):
        if not isinstance(message, Mapping):
            raise InputError(
                f"{where}: message {number} is {message!r:.60}; expected messages, as in {_LIKE}"
            )
    return conversation
