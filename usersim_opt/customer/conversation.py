"""A whole conversation between a simulated customer and an agent, as a record.

    {"task": "001", "seed": 0, "prompt_sha256": "99a4...", "end": "turn_limit", "turns": [
     {"role": "agent", "text": "Hi!"}, {"role": "customer", "text": "hi, a flight"}], ...}

(on one line of a file.)

It holds no time and no address, so that the same conversation is the same bytes. There are three
ends, and they are kept apart: the customer left with a stop token, the limit of turns was reached,
or it failed, with the reason and whose fault it was.

Not covered: what tools the agent used; only what both sides said is kept.
"""

import textwrap
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, NonNegativeInt, model_validator

from usersim_opt.basics import layout
from usersim_opt.basics.figures import many
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.text import STOP_TOKENS, visible
from usersim_opt.scenarios.records import Record

WIDTH = 100
"""Columns of a conversation in a terminal."""
_MARGIN = 10
"""Columns of those for the name of who speaks."""

Role = Literal["agent", "customer"]
End = Literal["stopped", "turn_limit", "failed"]
Fault = Literal[
    "agent_error", "agent_silent", "agent_loop", "agent_role", "agent_left",
    "customer_error", "harness_error",
]  # fmt: skip
"""Why a conversation failed: a call of the agent raised, the agent said nothing, said the same
again and again, spoke as the customer, or left; a call of the customer's model raised. What another
harness reports of itself is a fault of the harness."""
CALL_FAULTS: tuple[Fault, ...] = ("agent_error", "customer_error")
"""Faults of a call, which another attempt may not meet."""


class Broken(Record):
    """A universal guard that a customer's turn breaks, with the words that break it."""

    guard: str
    evidence: str


class Said(Record):
    """One turn; printed, it is wrapped for a terminal."""

    _unwritten_defaults: ClassVar[frozenset[str]] = frozenset({"broken"})

    role: Role
    text: str
    broken: Annotated[tuple[Broken, ...], Field(strict=False)] = ()
    """The universal guards that it breaks, of a customer's turn."""

    @property
    def message(self) -> dict[str, str]:
        """The turn as simulators and agents take it."""
        return {"role": self.role, "content": self.text}

    @visibly
    def __str__(self) -> str:
        return "\n".join([*_wrapped(self.role, self.text), *map(_broken_line, self.broken)])


ByRole = Mapping[Literal["user", "agent"], NonNegativeInt]


class Conversation(Record):
    """All turns of one conversation, how it ended, and what it was made with.

    `calls` counts what was asked of each side, `tokens` what their models read and wrote as far as
    they say so. `user` and `agent` name both.
    """

    _unwritten_defaults: ClassVar[frozenset[str]] = frozenset({"steering", "token", "fault", "why"})

    task: str
    seed: int
    prompt_sha256: str
    user: str
    agent: str
    steering: str = ""
    """What steered the customer beside its story; empty for nothing."""
    turns: Annotated[tuple[Said, ...], Field(strict=False)]
    end: End
    token: str = ""
    """The stop token that the customer left with."""
    fault: Fault | None = None
    why: str = ""
    """The reason of a failure, in one line."""
    calls: ByRole
    tokens: ByRole

    @property
    def customer(self) -> tuple[Said, ...]:
        """The customer's turns."""
        return tuple(turn for turn in self.turns if turn.role == "customer")

    @property
    def key(self) -> tuple[str, int]:
        """Task and seed: two prompts are compared where these are the same."""
        return self.task, self.seed

    @property
    def broken(self) -> tuple[Broken, ...]:
        """The universal guards that the customer's turns break, in the order of the turns."""
        return tuple(each for turn in self.turns for each in turn.broken)

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        if self.end == "stopped":
            return f"the customer left with {self.token}"
        return "the limit of turns" if self.end == "turn_limit" else f"failed: {self.why}"

    @property
    def counts(self) -> str:
        """Turns, broken guards, calls and tokens, in words."""
        calls, tokens = (sum(each.values()) for each in (self.calls, self.tokens))
        numbers = [
            many(len(self.customer), "customer turn"),
            many(len(self.broken), "broken guard"),
            many(calls, "call"),
            f"{tokens:,} tokens",
        ]
        return ", ".join(numbers)

    @model_validator(mode="after")
    def _hangs_together(self) -> "Conversation":
        if (self.end == "stopped") != bool(self.token):
            raise ValueError("token: belongs to the end `stopped`, and to no other")
        if (self.end == "failed") != bool(self.fault):
            raise ValueError("fault: belongs to the end `failed`, and to no other")
        return self

    @visibly
    def __str__(self) -> str:
        head = f"Task {self.task}, seed {self.seed}, prompt {self.prompt_sha256[:12]}"
        between = f"{self.user} with {self.agent}"
        end = [f"End: {self.ending}", self.counts]
        lines = [*_lines(f"{head}: {between}"), *map(str, self.turns), *map(visible, end)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return conversation_html(self)


Conversations = tuple[Conversation, ...]


def _wrapped(role: str, text: str) -> Iterator[str]:
    """A turn's lines, who speaks in the margin of the first."""
    lines = [part for line in visible(text).split("\n") for part in _lines(line)]
    for number, line in enumerate(lines):
        margin = role if number == 0 else ""
        yield f"{margin:<{_MARGIN}}{line}".rstrip()


def _lines(line: str) -> list[str]:
    return textwrap.wrap(visible(line), WIDTH - _MARGIN) or [""]


def _broken_line(broken: Broken) -> str:
    line = visible(f"! {broken.guard}: {broken.evidence}")
    return textwrap.indent("\n".join(_lines(line)), " " * _MARGIN)


def conversation_html(conversation: Conversation) -> str:
    """The conversation for a notebook: who, the turns, what they break, the end."""
    head = f"Task {conversation.task}, seed {conversation.seed}: {conversation.agent}"
    turns = "".join(map(_turn_html, conversation.turns))
    return (
        f"<p><b>{layout.text(head)}</b></p>{turns}"
        f"<p>{layout.text(conversation.ending)}; {layout.text(conversation.counts)}</p>"
    )


def _turn_html(turn: Said) -> str:
    notes = "".join(layout.note(f"{each.guard}: {each.evidence}") for each in turn.broken)
    return layout.turn(turn.role, turn.text) + notes


def first_token(text: str) -> str:
    """The stop token that stands first in a text; empty if there is none."""
    places = {text.find(token): token for token in STOP_TOKENS if token in text}
    return places[min(places)] if places else ""


def fields_of(conversation: Conversation) -> dict[str, Any]:
    """The conversation as plain data, what `Conversation.model_validate` takes."""
    return conversation.model_dump(mode="json")
