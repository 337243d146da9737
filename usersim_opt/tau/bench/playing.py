"""One simulation of tau-bench: a task, a customer by our prompt, an agent; kept as a record.

The agent plays in an environment that is watched: it counts the agent's steps, keeps the reward,
and whatever fails in it has somebody it belongs to. As in tau2 a run that the customer's model, a
call of the agent or the machinery breaks is lost, where tau-bench itself books a zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import dspy

from usersim_opt.basics.errors import InputError, one_line
from usersim_opt.basics.validation import Fields
from usersim_opt.customer.conversation import Conversation, Fault
from usersim_opt.customer.prompt import Prompt
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.measuring.conversing import Left, user_name
from usersim_opt.tau.asked import SILENT
from usersim_opt.tau.bench.agents import RESPOND
from usersim_opt.tau.bench.customer import Customer, Nobody, SideError
from usersim_opt.tau.bench.package import Package
from usersim_opt.tau.premature import is_premature
from usersim_opt.tau.scripted import NOBODY
from usersim_opt.tau.simulation import AgentMaker, Simulation

MAX_STEPS = 30
"""tau-bench's own limit: steps of an agent, messages and calls of tools alike."""
MOST_CALLS = 2 * MAX_STEPS + 1
"""Model calls that one simulation takes at the most, of both sides."""


@dataclass(frozen=True)
class Stage:
    """Where simulations are played: tasks of a checkout by their numbers."""

    package: Package
    domain: str
    split: str

    @property
    def name(self) -> str:
        """The tasks, in records."""
        return f"{self.package.name} {self.domain} {self.split}"

    def environment(self, task: int, customer: Any) -> Any:
        """An environment of the checkout for one conversation."""
        return self.package.environment(self.domain, split=self.split, task=task, customer=customer)


@dataclass(frozen=True)
class Cast:
    """Who takes part; without a simulator it is a customer without a model."""

    agent: AgentMaker
    sim: UserSimulator | None = None

    @property
    def prompt(self) -> Prompt:
        """What the customer plays by."""
        return self.sim.prompt if self.sim else SILENT

    @property
    def user(self) -> str:
        """The customer's model by its name."""
        return user_name(self.sim) if self.sim else NOBODY

    def customer(self, seed: int) -> Customer | Nobody:
        """A customer for one conversation."""
        return Customer(self.sim, seed) if self.sim else Nobody()


@dataclass
class Watched:
    """An environment of tau-bench whose agent is counted and whose end is kept."""

    env: Any
    respond: str = RESPOND
    steps: int = field(default=0, init=False)
    termination: str = field(default="max_steps", init=False)
    info: Any = field(default=None, init=False)
    """What tau-bench says of the reward; None where it gave none."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.env, name)

    def reset(self, task_index: int | None = None) -> Any:
        """Begin the conversation."""
        return self._safely(self.env.reset, task_index=task_index)

    def step(self, action: Any) -> Any:
        """One step of the agent; SideError where it, or what follows, cannot be taken."""
        self.steps += 1
        answer = self._safely(self.env.step, action)
        if answer.done:
            self.termination = "user_stop" if action.name == self.respond else "agent_stop"
            self.info = answer.info.reward_info
        return answer

    def leave(self) -> None:
        """The agent goes, and the state is scored as it is."""
        self.info = self._safely(self.env.calculate_reward)
        self.termination = "agent_stop"

    def _safely(self, do: Any, *given: Any, **named: Any) -> Any:
        try:
            return do(*given, **named)
        except (SideError, InputError, Left):
            raise
        except Exception as error:
            raise SideError("harness_error", f"tau-bench: {one_line(error)}") from error


@dataclass(frozen=True)
class _End:
    termination: str
    reward: float | None
    parts: Mapping[str, float] = field(default_factory=dict)
    fault: Fault | None = None
    why: str = ""


def simulate(stage: Stage, cast: Cast, task: int, *, trial: int, seed: int) -> Simulation:
    """Play one simulation of a task by its number."""
    customer = cast.customer(seed)
    watched = Watched(stage.environment(task, customer))
    # DSPy would remember every call in its history and trace.
    with dspy.context(disable_history=True, trace=None):
        end = _played(watched, cast.agent, task)
    talk = _talk(cast, customer, watched, end, task=task, seed=seed)
    missing = int(end.parts.get("DB") == 0)
    return Simulation(
        domain=stage.name,
        trial=trial,
        reward=end.reward,
        parts=end.parts,
        termination=end.termination,
        premature=is_premature(talk.turns, missing=missing, stopped=talk.end == "stopped"),
        talk=talk,
    )


def _played(watched: Watched, maker: AgentMaker, task: int) -> _End:
    """Let the agent serve the customer, and say how it ended."""
    agent = _made(maker, watched)
    try:
        agent.solve(watched, task_index=task, max_num_steps=MAX_STEPS)
    except (InputError, Left):
        raise
    except SideError as failure:
        return _failed(failure.fault, failure.why)
    # An agent that calls sys.exit ends its own simulation, and nothing else.
    except (Exception, SystemExit) as error:  # noqa: BLE001
        return _failed("agent_error", f"the agent: {one_line(error)}")
    reward = float(watched.info.reward) if watched.info else 0.0
    return _End(watched.termination, reward, _parts(watched.info, reward))


def _made(maker: AgentMaker, watched: Watched) -> Any:
    try:
        return maker.make(watched, watched.task)
    except Exception as error:
        raise InputError(f"the agent {maker.name!r} cannot be made: {one_line(error)}") from error


def _failed(fault: Fault, why: str) -> _End:
    """A lost simulation, which a silent agent's is not."""
    reward = 0.0 if fault == "agent_silent" else None
    names = {"customer_error": "user_error", "harness_error": "infrastructure_error"}
    return _End(names.get(fault, "agent_error"), reward, fault=fault, why=why)


def _parts(info: Any, reward: float) -> dict[str, float]:
    """The factors of a reward; a failed output hides what became of the database."""
    if info is None:
        return {}
    if hasattr(info.info, "r_actions"):
        return {"DB": float(info.info.r_actions)}
    outputs = {"COMMUNICATE": float(info.info.r_outputs)}
    return {"DB": reward, **outputs} if info.info.r_outputs else outputs


def _talk(
    cast: Cast, customer: Any, watched: Watched, end: _End, *, task: int, seed: int
) -> Conversation:
    fields = {
        "task": str(task),
        "seed": seed,
        "prompt_sha256": cast.prompt.sha256,
        "user": cast.user,
        "agent": cast.agent.name,
        "turns": tuple(customer.turns),
        "calls": {"user": customer.calls, "agent": watched.steps * cast.agent.price},
        "tokens": {"user": customer.tokens, "agent": 0},
    }
    return Conversation.model_validate(fields | _ending(end, customer))


def _ending(end: _End, customer: Any) -> Fields:
    """A conversation's fields of its end."""
    if end.fault:
        return {"end": "failed", "fault": end.fault, "why": end.why}
    if end.termination == "agent_stop":
        return {"end": "failed", "fault": "agent_left", "why": "the agent left or handed over"}
    if end.termination == "user_stop":
        return {"end": "stopped", "token": customer.left}
    return {"end": "turn_limit"}
