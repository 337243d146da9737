"""Who may answer the customer: a function, a module, a language model with a policy.

    def desk(history): ...                      # history -> text
    class Desk(dspy.Module): ...                # forward(history) -> a Prediction with `reply`
    LMAgent(connect("openai/NAME"), "policy")   # a language model with a policy

`history` is a list of `{"role": "agent" | "customer", "content": ...}` that ends on a customer's
turn; the fixed greeting is its first turn. An agent with a method `see` is shown each turn as it
comes, a `Said`, its own and the last ones included. Whatever an agent does wrong is found here and
given a name; nothing an agent does ends more than its own conversation.

Not covered: tools and databases. An agent that has some is a function or a module of yours.
"""

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dspy
from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.asking import (
    Messages,
    RedactedModule,
    WholeAnswerAdapter,
    check_lm,
    forward_in_thread,
)
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.text import STOP_TOKENS, fold, is_blank, sendable, sha256, words
from usersim_opt.basics.validation import Fields, parse
from usersim_opt.customer.conversation import Fault, Said
from usersim_opt.customer.simulator import Turns

_FILE = Path(__file__).with_name("agents.yaml")


class _Data(BaseModel):
    """The shape of agents.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    policy: str
    most_alike: int
    least_echo: int
    customer_labels: list[str]


_DATA = parse(strict_yaml.load(_FILE), _Data, where=_FILE.name)
_POINT = r"[ \t]{0,20}(?:[*+\u2022-]|\d{1,2}[.)])[ \t]"
"""The beginning of a point of a list."""
_LABEL = re.compile(
    rf"^(?!{_POINT})[ \t*_\[(<\"']{{0,20}}"
    rf"(?:{'|'.join(map(re.escape, _DATA.customer_labels))})\W{{0,3}}:",
    re.IGNORECASE | re.MULTILINE,
)
_CHAT_ROLE = {"agent": "assistant", "customer": "user"}
_EXPECTED = (
    "expected a function of the history that returns a text, a dspy.Module with forward(history), "
    "or uso.LMAgent(lm, policy)"
)


class _AgentAdapter(WholeAnswerAdapter):
    """Sends the policy as system message and the dialogue as it is; all of the answer is taken."""

    def format(
        self, signature: type[dspy.Signature], demos: list[Fields], inputs: Fields
    ) -> Messages:
        """The messages of one call."""
        turns = [
            {"role": _CHAT_ROLE[turn["role"]], "content": sendable(turn["content"])}
            for turn in inputs["history"].messages
        ]
        return [{"role": "system", "content": inputs["policy"]}, *turns]


class _NextAnswer(dspy.Signature):
    """The agent's next message."""

    policy: str = dspy.InputField()
    history: dspy.History = dspy.InputField()
    reply: str = dspy.OutputField()


class LMAgent(RedactedModule):
    """An agent that is a language model with a policy text, which is sent as it stands.

    `agent(history=...)` gives a Prediction with `reply`. Without a policy it has a short one of a
    service desk. `uso.connect("offline/agent")` is a rule-based stand-in: its policy may say at
    which rate it makes mistakes ("mistakes: 30 %").
    """

    @checks_arguments
    def __init__(self, lm: dspy.LM, policy: str = _DATA.policy) -> None:
        super().__init__()
        check_lm(lm)
        if not isinstance(policy, str) or is_blank(policy):
            raise InputError(f"the agent's policy is {policy!r:.40}; expected a text")
        self.policy = policy
        self.answer = dspy.Predict(_NextAnswer)
        self.set_lm(lm)

    @property
    def lm(self) -> dspy.LM:
        """The model that speaks as the agent."""
        return self.answer.lm

    @property
    def name(self) -> str:
        """Model and policy."""
        return f"{self.lm.model} with policy {sha256(self.policy)[:12]}"

    def forward(self, history: Turns, config: Fields | None = None) -> dspy.Prediction:
        """The agent's next message; BadReply for an answer that is empty or was cut off."""
        so_far = dspy.History(messages=history)
        with dspy.context(adapter=_AgentAdapter()):
            answer = self.answer(policy=self.policy, history=so_far, config=config or {})
        return dspy.Prediction(reply=answer.reply.strip())

    async def aforward(self, *args: Any, **inputs: Any) -> dspy.Prediction:
        """The same for asynchronous programs."""
        return await forward_in_thread(self, *args, **inputs)


Answer = Callable[[Turns, Fields], Any]
"""Takes the history and the sampling options of the call; gives whatever the agent gives."""


@dataclass(frozen=True)
class Side:
    """An agent of any kind, as a conversation asks it."""

    name: str
    price: int
    """Calls that one turn counts: 1, or the number of a module's predictors."""
    answer: Answer
    see: Callable[[Said], object]


def side_of(agent: Any) -> Side:
    """The agent as a conversation asks it; InputError for what is no agent."""
    is_class = isinstance(agent, type)
    if is_class or not callable(agent) or inspect.iscoroutinefunction(agent):
        kind = "coroutine function" if inspect.iscoroutinefunction(agent) else type(agent).__name__
        raise InputError(f"the agent is a {kind} ({agent!r:.60}); {_EXPECTED}")
    see = getattr(agent, "see", _look_away)
    if isinstance(agent, dspy.Module):
        return Side(_name(agent), max(1, len(agent.predictors())), _by_module(agent), see)
    return Side(_name(agent), 1, lambda history, config: agent(history), see)


def _look_away(turn: Said) -> None:
    """Most agents have no `see`."""


def _name(agent: Any) -> str:
    """The agent's `name`, the name of its function, or its class."""
    for attribute in ("name", "__name__"):
        name = getattr(agent, attribute, None)
        if isinstance(name, str) and not is_blank(name):
            return name
    return type(agent).__name__


def _by_module(module: dspy.Module) -> Answer:
    """Modules are given sampling options only where they take some."""
    forward = getattr(type(module), "forward", None)
    if forward is None:
        raise InputError(f"the agent, a {type(module).__name__}, has no forward; {_EXPECTED}")
    takes_config = "config" in inspect.signature(forward).parameters

    def answer(history: Turns, config: Fields) -> Any:
        options = {"config": config} if takes_config else {}
        return _text_in(module(history=history, **options))

    return answer


def _text_in(output: Any) -> Any:
    """The text of a Prediction: its `reply`, or its one field; anything else as it is."""
    if not isinstance(output, dspy.Prediction):
        return output
    fields = output.toDict()
    name = "reply" if "reply" in fields or len(fields) != 1 else next(iter(fields))
    return fields.get(name)


def fault_of(answer: Any, history: Sequence[dict[str, str]]) -> tuple[Fault, str] | None:
    """What is wrong with an agent's answer to a history, and why; None if it can be sent."""
    if inspect.iscoroutine(answer):
        answer.close()
    if not isinstance(answer, str):
        return "agent_silent", f"the agent gave a {type(answer).__name__}, not a text"
    if is_blank(answer):
        return "agent_silent", "the agent gave an empty text"
    if why := _as_customer(answer, history[-1]["content"]):
        return "agent_role", f"the agent speaks as the customer: {why}"
    if _is_loop(answer, history):
        return "agent_loop", f"the agent said the same {_DATA.most_alike} times: {answer!r:.100}"
    return None


def _as_customer(answer: str, last: str) -> str:
    """The sign that an answer is the customer's, in words; empty if there is none."""
    if label := _LABEL.search(answer):
        return f"a line begins with {label[0].strip()!r}"
    for token in STOP_TOKENS:
        if token in answer:
            return f"it holds {token}"
    is_echo = len(words(last)) >= _DATA.least_echo and fold(answer) == fold(last)
    return "it repeats the customer's message" if is_echo else ""


def _is_loop(answer: str, history: Sequence[dict[str, str]]) -> bool:
    """Whether the answer is the last of so many agent's turns in a row that are alike."""
    own = [turn["content"] for turn in history if turn["role"] == "agent"]
    last = [fold(text) for text in [*own, answer][-_DATA.most_alike :]]
    return len(last) == _DATA.most_alike and len(set(last)) == 1
