"""What a check is given, a reply at a moment of a conversation, and what it finds."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from usersim_opt.basics.text import spoken


class Finding(NamedTuple):
    """Whether a check holds, and what in the reply says so."""

    holds: bool
    evidence: str


@dataclass(frozen=True)
class Moment:
    """What a check may look at beside the reply: the private story and the conversation so far."""

    story: str = ""
    turns: tuple[tuple[str, str], ...] = ()
    """(role, text) of each turn, the role being `agent` or `customer`."""
    may_stop: bool = False
    """Whether the rubric lets the customer leave here with a bare stop token."""
    language: str = "en"
    """The code of the language that is spoken."""

    @property
    def own(self) -> tuple[str, ...]:
        """The customer's own turns so far."""
        return tuple(text for role, text in self.turns if role == "customer")

    @property
    def agent(self) -> tuple[str, ...]:
        """The agent's turns so far."""
        return tuple(text for role, text in self.turns if role == "agent")


ALONE = Moment()
"""A reply with nothing around it."""


@dataclass(frozen=True)
class Reply:
    """A reply as the model wrote it, and the moment of it."""

    raw: str
    moment: Moment

    @cached_property
    def text(self) -> str:
        """The reply without stop tokens and outer white space."""
        return spoken(self.raw)

    @property
    def language(self) -> str:
        """The code of the language that is spoken."""
        return self.moment.language
