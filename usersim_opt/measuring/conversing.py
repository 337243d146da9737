"""One conversation from the greeting to its end, between a simulator and an agent of any kind.

The agent's fixed greeting comes first, as in tau-bench and tau2. Then customer and agent take turns
until the customer leaves with a stop token, has had its last turn, or one side fails. A failure
ends this conversation alone and has a reason. Each customer's turn is held to the universal guards.

Not covered: a person in the customer's place; tools, databases, rewards.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import dspy
from dspy.utils.exceptions import ContextWindowExceededError

from usersim_opt.basics.arguments import Count, checks_arguments
from usersim_opt.basics.asking import tokens_of
from usersim_opt.basics.errors import InputError, ModelError, one_line
from usersim_opt.basics.leaving import is_left_within
from usersim_opt.basics.validation import Fields
from usersim_opt.customer.agents import Side, fault_of, side_of
from usersim_opt.customer.conversation import Broken, Conversation, Fault, Said, first_token
from usersim_opt.customer.simulator import GREETING, Turns, UserSimulator
from usersim_opt.customer.steering import Steering, steered, steering_price
from usersim_opt.measuring.playing import FATAL
from usersim_opt.measuring.universal.acting import STANDARD
from usersim_opt.measuring.universal.guard import PREFIX, Guards, broken, check_guards
from usersim_opt.models.naming import model_name
from usersim_opt.scenarios.checks import Moment
from usersim_opt.scenarios.records import Task

MAX_TURNS = 20
"""Customer turns at the most, where nobody says otherwise."""
_HOPELESS = tuple(kind for kind in FATAL if kind is not ContextWindowExceededError)
"""Errors that every other conversation would meet as well; a long one may be too long alone."""

OnTurn = Callable[[Said], object]
"""Is called with each turn as it comes, the greeting included; `print` will do."""


def unseen(turn: Said) -> None:
    """Nobody follows the conversation."""


class Left(Exception):
    """The program is being left; the conversation under way is given up."""


@checks_arguments
def converse(
    sim: UserSimulator,
    agent: Any,
    task: Task,
    *,
    max_turns: Count = MAX_TURNS,
    seed: int = 0,
    guards: Guards = STANDARD,
    steering: Steering | None = None,
    on_turn: OnTurn = unseen,
) -> Conversation:
    """Play one conversation about a task and return it.

    `agent` is a function of the history, a dspy.Module or an `LMAgent`. `max_turns` are customer
    turns. The seed goes to the model of the customer, and to the agent's if it takes `config`.
    `steering` gives text that stands behind the story, turn by turn; its calls count as the user's.

    Raises InputError for inputs that are none, ModelError where every further call would fail as
    well (a wrong key, a missing model). Everything else that goes wrong ends the conversation.
    """
    side = replace(side_of(agent), name=agent_name(agent))
    check_guards(guards)
    steering_price(steering)
    talk = _Talk(sim, side, task, seed, guards, steering, on_turn)
    # DSPy would remember every call in its history and trace, which grow with the run.
    with dspy.context(disable_history=True, trace=None):
        ending = talk.play(max_turns)
    return talk.record(ending)


def customer_turn(reply: str, turns: Sequence[Said], *, story: str, guards: Guards) -> Said:
    """A reply as the customer's turn after `turns`, with the guards that it breaks.

    Nobody may leave before the agent has answered once.
    """
    so_far = tuple((turn.role, turn.text) for turn in turns)
    has_spoken = any(role == "customer" for role, _ in so_far)
    moment = Moment(story, so_far, may_stop=has_spoken)
    found = tuple(
        Broken(guard=verdict.criterion.removeprefix(PREFIX), evidence=verdict.evidence)
        for verdict in broken(guards, reply, moment)
    )
    return Said(role="customer", text=reply, broken=found)


def user_name(sim: UserSimulator) -> str:
    """The model that plays the customer, with its sampling options."""
    lm = sim.lm or dspy.settings.lm
    return model_name(lm) if isinstance(lm, dspy.LM) else type(lm).__name__


def agent_name(agent: Any) -> str:
    """The agent by its name, a language model with its sampling options."""
    side = side_of(agent)
    lm = getattr(agent, "lm", None)
    return side.name.replace(lm.model, model_name(lm), 1) if isinstance(lm, dspy.LM) else side.name


@dataclass(frozen=True)
class _Ending:
    end: str
    token: str = ""
    fault: Fault | None = None
    why: str = ""


class _FailedError(Exception):
    """One side failed; holds how the conversation ends by that."""

    def __init__(self, fault: Fault, why: str) -> None:
        super().__init__(why)
        self.ending = _Ending("failed", fault=fault, why=why)


@dataclass
class _Talk:
    """A conversation under way."""

    sim: UserSimulator
    side: Side
    task: Task
    seed: int
    guards: Guards
    steering: Steering | None
    on_turn: OnTurn
    turns: list[Said] = field(default_factory=list)
    calls: dict[str, int] = field(default_factory=lambda: {"user": 0, "agent": 0})
    tokens: dict[str, int] = field(default_factory=lambda: {"user": 0, "agent": 0})

    def play(self, max_turns: int) -> _Ending:
        """Take turns to the end, and say which it is."""
        self._add(Said(role="agent", text=GREETING))
        try:
            for number in range(max_turns):
                if number:
                    self._add(Said(role="agent", text=self._agent_turn()))
                said = self._customer_turn()
                self._add(said)
                if token := first_token(said.text):
                    return _Ending("stopped", token=token)
        except _FailedError as failure:
            return failure.ending
        return _Ending("turn_limit")

    def record(self, ending: _Ending) -> Conversation:
        """The conversation as it is kept."""
        fields = {
            "task": self.task.id,
            "seed": self.seed,
            "prompt_sha256": self.sim.prompt.sha256,
            "user": user_name(self.sim),
            "agent": self.side.name,
            "steering": self.steering.name if self.steering else "",
            "turns": tuple(self.turns),
            "calls": self.calls,
            "tokens": self.tokens,
        }
        return Conversation.model_validate(fields | vars(ending))

    @property
    def _history(self) -> Turns:
        """The turns so far, in a list of its own: an agent may do with it what it likes."""
        return [turn.message for turn in self.turns]

    @property
    def _config(self) -> Fields:
        return {"seed": self.seed, "cache": False}

    def _add(self, turn: Said) -> None:
        self.turns.append(turn)
        self.on_turn(turn)
        self.side.see(turn)

    def _customer_turn(self) -> Said:
        reply = self._ask("user", 1 + steering_price(self.steering), self._reply)
        return customer_turn(reply, self.turns, story=self.task.story, guards=self.guards)

    def _reply(self) -> str:
        story = steered(self.task.story, self._steering_text())
        turn = self.sim(scenario=story, history=self._history, config=self._config)
        return str(turn.reply)

    def _steering_text(self) -> str:
        if self.steering is None:
            return ""
        return self.steering(self.task, self._history, seed=self.seed)

    def _agent_turn(self) -> str:
        history = self._history
        answer = self._ask("agent", self.side.price, self._answer)
        if fault := fault_of(answer, history):
            raise _FailedError(*fault)
        return str(answer).strip()

    def _answer(self) -> Any:
        return self.side.answer(self._history, self._config)

    def _ask(self, role: str, price: int, step: Callable[[], Any]) -> Any:
        """What one side says; counts its calls and tokens, and turns what it raises into a fault.

        Raises ModelError for what every other conversation would meet too, and Left.
        """
        if is_left_within(0):
            raise Left
        self.calls[role] += price
        with dspy.track_usage() as usage:
            try:
                return step()
            except _HOPELESS as error:
                raise ModelError(one_line(error)) from error
            # An agent that calls sys.exit ends its own conversation, and nothing else.
            except (Exception, SystemExit) as error:
                if role == "user" and isinstance(error, InputError):
                    raise  # a mistake of the caller, which no other conversation would be spared
                fault: Fault = "customer_error" if role == "user" else "agent_error"
                raise _FailedError(fault, f"{_WHO[role]}: {one_line(error)}") from error
            finally:
                self.tokens[role] += tokens_of(usage)


_WHO = {"user": "the customer's model", "agent": "the agent"}
