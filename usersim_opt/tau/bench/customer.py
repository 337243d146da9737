"""Our customer behind the interface of tau-bench's users: `reset`, `step`, `get_total_cost`.

A conversation ends there with the customer's ###STOP### and nothing else. Our prompts know two more
tokens (handed over, out of scope), so these are handed on as ###STOP###; the record keeps what was
said. A customer who has left stays away: whatever is said to it then, no model is asked.

Not covered: the cost of calls, which is 0 for tau-bench.
"""

from dataclasses import dataclass, field

import dspy

from usersim_opt.basics.asking import tokens_of
from usersim_opt.basics.errors import InputError, one_line
from usersim_opt.basics.leaving import is_left_within
from usersim_opt.basics.text import STOP_TOKENS, is_blank
from usersim_opt.customer.conversation import Fault, Said, first_token
from usersim_opt.customer.simulator import GREETING, UserSimulator
from usersim_opt.measuring.conversing import Left, customer_turn
from usersim_opt.measuring.universal.acting import STANDARD
from usersim_opt.tau.scripted import SILENT

STOP = STOP_TOKENS[0]
"""The one token that ends a conversation of tau-bench."""


class SideError(Exception):
    """One side failed; says whose fault it is and why."""

    def __init__(self, fault: Fault, why: str) -> None:
        super().__init__(why)
        self.fault, self.why = fault, why


def translated(text: str) -> str:
    """A customer's text as tau-bench understands it: each stop token is ###STOP###.

    >>> translated("thanks ###TRANSFER###")
    'thanks ###STOP###'
    """
    for token in STOP_TOKENS:
        text = text.replace(token, STOP)
    return text


@dataclass
class Customer:
    """A customer of one conversation; `sim` plays it, `seed` goes to its model."""

    sim: UserSimulator
    seed: int
    story: str = field(default="", init=False)
    turns: list[Said] = field(default_factory=list, init=False)
    """What both sides have said, the greeting that the agent never sees included."""
    calls: int = field(default=0, init=False)
    tokens: int = field(default=0, init=False)

    def reset(self, instruction: str) -> str:
        """The first message to the story that `instruction` tells."""
        self.story = instruction
        self.turns = [Said(role="agent", text=GREETING)]
        return self._next()

    def step(self, content: str) -> str:
        """The answer to what the agent said; SideError where there is none."""
        if not isinstance(content, str) or is_blank(content):
            raise SideError("agent_silent", "the agent gave an empty message")
        if self.left:
            return STOP
        self.turns.append(Said(role="agent", text=content))
        return self._next()

    def get_total_cost(self) -> float:
        """No cost is counted."""
        return 0.0

    @property
    def left(self) -> str:
        """The stop token that the customer left with; empty while it is there."""
        last = self.turns[-1]
        return first_token(last.text) if last.role == "customer" else ""

    def _next(self) -> str:
        said = customer_turn(self._reply(), self.turns, story=self.story, guards=STANDARD)
        self.turns.append(said)
        return translated(said.text)

    def _reply(self) -> str:
        if is_left_within(0):
            raise Left
        self.calls += 1
        history = [turn.message for turn in self.turns]
        config = {"seed": self.seed, "cache": False}
        with dspy.track_usage() as usage:
            try:
                return str(self.sim(scenario=self.story, history=history, config=config).reply)
            except InputError:
                raise  # a mistake of the caller, which no other conversation would be spared
            except Exception as error:
                raise SideError("customer_error", f"the customer: {one_line(error)}") from error
            finally:
                self.tokens += tokens_of(usage)


@dataclass
class Nobody:
    """A customer without a model, who says one word; for an agent that does not listen."""

    turns: list[Said] = field(default_factory=list, init=False)
    left = ""
    calls = tokens = 0

    def reset(self, instruction: str) -> str:
        """The one word."""
        self.turns = [Said(role="agent", text=GREETING)]
        return self._say()

    def step(self, content: str) -> str:
        """The one word again."""
        self.turns.append(Said(role="agent", text=content))
        return self._say()

    def get_total_cost(self) -> float:
        """Nothing."""
        return 0.0

    def _say(self) -> str:
        self.turns.append(Said(role="customer", text=SILENT))
        return SILENT
