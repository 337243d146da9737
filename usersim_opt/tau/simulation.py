"""One simulation of tau2: a task, a customer by our prompt, an agent; kept as a record.

    Simulation(domain="airline", trial=0, reward=1.0, parts={"DB": 1.0}, talk=Conversation(...))

It goes through tau2's Orchestrator and its evaluator directly: no registry, no results file, and an
exception ends this simulation alone. What goes wrong has somebody it belongs to: where the
customer's model fails, says nothing or breaks its tools, or the machinery does, there is no reward,
and the run is lost, never the agent's zero. Agents that say nothing get the zero that tau2 gives.

Not covered: agents that play both sides (solo mode), rewards that a judge gives.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import dspy

from usersim_opt.basics.arguments import AtLeast, check_fields
from usersim_opt.basics.errors import InputError, one_line
from usersim_opt.basics.figures import many
from usersim_opt.basics.leaving import is_left_within
from usersim_opt.basics.text import is_blank
from usersim_opt.basics.validation import Fields
from usersim_opt.customer.conversation import Conversation, Fault, Said
from usersim_opt.customer.prompt import Prompt
from usersim_opt.measuring.conversing import Left, customer_turn
from usersim_opt.measuring.universal.acting import STANDARD
from usersim_opt.scenarios.records import Record
from usersim_opt.tau.package import tau2
from usersim_opt.tau.premature import is_premature, undone
from usersim_opt.tau.results import ending_of

MAX_STEPS, MAX_ERRORS = 200, 10
"""tau2's own limits: messages of a simulation, and calls of tools that fail."""
SUCCESS = 1 - 1e-6
"""A reward from which tau2 counts a success."""
Role = Literal["user", "agent"]
_NAMES: Mapping[Role, str] = {"user": "the customer", "agent": "the agent"}
_CALL_FAULTS: Mapping[Role, Fault] = {"user": "customer_error", "agent": "agent_error"}


@dataclass(frozen=True)
class AgentMaker:
    """Whoever answers the customers: called once for each simulation."""

    name: str
    make: Callable[[Any, Any], Any]
    """From tau2's environment and task to an agent as its Orchestrator wants one."""
    price: Annotated[int, AtLeast(0)] = 1
    """Model calls of one turn; 0 for a script."""

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True)
class Casting:
    """Who takes part in simulations of a domain."""

    domain: str
    prompt: Prompt
    """The prompt with the section on tools where the domain has some."""
    customer: Callable[..., Any]
    """A user of tau2, called with `tools` and `instructions`."""
    user: str
    """The customer's model by its name."""
    agent: AgentMaker
    user_price: int = 1


class Simulation(Record):
    """A simulation that has ended. `reward` is None where it was lost."""

    domain: str
    trial: int
    reward: float | None
    parts: Mapping[str, float]
    """The factors of the reward by their names in tau2."""
    termination: str
    """tau2's reason of the end."""
    premature: bool
    talk: Conversation
    """What both sides said; whose fault a failure is."""

    @property
    def key(self) -> tuple[str, str, int]:
        """Prompt, task and trial."""
        return self.talk.prompt_sha256, self.talk.task, self.trial

    @property
    def pair(self) -> tuple[str, int]:
        """Task and trial: two prompts are compared where these are the same."""
        return self.talk.task, self.trial

    @property
    def calls(self) -> Mapping[Role, int]:
        """Model calls of each side."""
        return self.talk.calls

    @property
    def is_lost(self) -> bool:
        """Whether it says nothing of the agent."""
        return self.reward is None

    @property
    def success(self) -> bool:
        """Whether the agent did all that it should; False for a lost one."""
        return self.reward is not None and self.reward >= SUCCESS


class _SideError(Exception):
    """One side failed; says whose fault it is and why."""

    def __init__(self, fault: Fault, why: str) -> None:
        super().__init__(why)
        self.fault, self.why = fault, why


@dataclass
class _Watched:
    """One side of a simulation: its messages are counted, its failures are its own."""

    side: Any
    role: Role
    price: int
    calls: int = field(default=0, init=False)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.side, name)

    def generate_next_message(self, message: Any, state: Any) -> tuple[Any, Any]:
        """The side's next message; _SideError where there is none."""
        if is_left_within(0):
            raise Left
        self.calls += self.price
        try:
            answer, state = self.side.generate_next_message(message, state)
        except InputError:
            raise  # a mistake of the caller, which no other simulation would be spared
        # An agent that calls sys.exit ends its own simulation, and nothing else.
        except (Exception, SystemExit) as error:
            why = f"{_NAMES[self.role]}: {one_line(error)}"
            raise _SideError(_CALL_FAULTS[self.role], why) from error
        if answer.tool_calls is None and is_blank(answer.content or ""):
            fault: Fault = "customer_error" if self.role == "user" else "agent_silent"
            raise _SideError(fault, f"{_NAMES[self.role]}'s model gave an empty message")
        return answer, state


@dataclass(frozen=True)
class _End:
    """How a simulation ended: tau2's reason, and a fault where there is one."""

    termination: str
    fault: Fault | None = None
    why: str = ""
    info: Any = None
    """What tau2's evaluator says; None where it was not asked."""


@dataclass(frozen=True)
class _Stage:
    """A simulation under way."""

    cast: Casting
    task: Any
    user: _Watched
    agent: _Watched
    environment: Any
    orchestrator: Any

    def play(self) -> _End:
        """Run it to its end and have it evaluated."""
        try:
            run = self.orchestrator.run()
            if (failed := self._broken_tools(run)) is not None:
                return failed
            info = self._evaluated(run)
        except (InputError, Left):
            raise
        except _SideError as failure:
            return _End(f"{_role_of(failure.fault)}_error", failure.fault, failure.why)
        except Exception as error:  # noqa: BLE001 - tau2's own failure ends this simulation alone
            return _End("infrastructure_error", "harness_error", f"tau2: {one_line(error)}")
        return _End(run.termination_reason.value, info=info)

    def _broken_tools(self, run: Any) -> _End | None:
        """The end where too many calls failed and most of them were the customer's."""
        if run.termination_reason.value != "too_many_errors":
            return None
        failed = [each for each in run.messages if each.role == "tool" and each.error]
        own = sum(each.requestor == "user" for each in failed)
        if 2 * own < len(failed):
            return None
        why = f"the customer: {many(own, 'call')} of its tools failed"
        return _End("too_many_errors", "customer_error", why)

    def _evaluated(self, run: Any) -> Any:
        return tau2().evaluate_simulation(
            simulation=run,
            task=self.task,
            evaluation_type=tau2().EvaluationType.ALL,
            solo_mode=False,
            domain=self.cast.domain,
        )

    @property
    def turns(self) -> tuple[Said, ...]:
        """What both sides have said; calls of tools are left out."""
        return tuple(_turns(self.orchestrator.trajectory, story=str(self.task.user_scenario)))

    def tokens(self, role: str) -> int:
        """What a side's model read and wrote, as far as it says so."""
        usages = [
            message.usage or {} for message in self.orchestrator.trajectory if message.role == role
        ]
        return sum(sum(filter(None, usage.values())) for usage in usages)


def _role_of(fault: Fault) -> Role:
    return "user" if fault == "customer_error" else "agent"


def simulate(cast: Casting, task: Any, *, trial: int, seed: int) -> Simulation:
    """Play one simulation of a task of tau2; `seed` goes to both models."""
    stage = _stage(cast, task, seed=seed)
    # DSPy would remember every call of an agent in its history and trace.
    with dspy.context(disable_history=True, trace=None):
        end = stage.play()
    turns = stage.turns
    talk = _talk(stage, turns, end, seed=seed)
    missing = undone(stage.environment, end.info) if end.info else 0
    return Simulation(
        domain=cast.domain,
        trial=trial,
        reward=_reward(end),
        parts=_parts(end.info),
        termination=end.termination,
        premature=is_premature(turns, missing=missing, stopped=talk.end == "stopped"),
        talk=talk,
    )


def _stage(cast: Casting, task: Any, *, seed: int) -> _Stage:
    environment = tau2().registry.get_env_constructor(cast.domain)()
    tools = user_tools(environment)
    customer = cast.customer(tools=tools, instructions=str(task.user_scenario))
    user = _Watched(customer, "user", cast.user_price)
    agent = _Watched(_made(cast.agent, environment, task), "agent", cast.agent.price)
    orchestrator = tau2().Orchestrator(
        domain=cast.domain,
        agent=agent,
        user=user,
        environment=environment,
        task=task,
        max_steps=MAX_STEPS,
        max_errors=MAX_ERRORS,
        seed=seed,
    )
    return _Stage(cast, task, user, agent, environment, orchestrator)


def _made(maker: AgentMaker, environment: Any, task: Any) -> Any:
    """The agent; InputError where its maker raises, as it would for every other task."""
    try:
        return maker.make(environment, task)
    except Exception as error:
        raise InputError(f"the agent {maker.name!r} cannot be made: {one_line(error)}") from error


def user_tools(environment: Any) -> list[Any] | None:
    """The customer's tools in an environment; None where a domain gives none."""
    return environment.get_user_tools() if environment.user_tools is not None else None


def _reward(end: _End) -> float | None:
    """The reward; None where the simulation was lost, which a silent agent's is not."""
    if end.info is not None:
        return float(end.info.reward)
    return 0.0 if end.fault == "agent_silent" else None


def _parts(info: Any) -> dict[str, float]:
    parts = (info.reward_breakdown or {}) if info is not None else {}
    return {str(getattr(name, "value", name)): float(value) for name, value in parts.items()}


def _turns(messages: Sequence[Any], *, story: str) -> Iterator[Said]:
    """The texts of a trajectory as turns, the customer's held to the universal guards."""
    so_far: list[Said] = []
    for message in messages:
        if message.role == "tool" and message.requestor == "user":
            story += f"\n{message.content}"  # what its own tools say is no invention of a customer
        if message.role == "tool" or is_blank(message.content or ""):
            continue
        if message.role == "user":
            turn = customer_turn(message.content, so_far, story=story, guards=STANDARD)
        else:
            turn = Said(role="agent", text=message.content)
        so_far.append(turn)
        yield turn


def _talk(stage: _Stage, turns: Sequence[Said], end: _End, *, seed: int) -> Conversation:
    fields = {
        "task": str(stage.task.id),
        "seed": seed,
        "prompt_sha256": stage.cast.prompt.sha256,
        "user": stage.cast.user,
        "agent": stage.cast.agent.name,
        "turns": tuple(turns),
        "calls": {"user": stage.user.calls, "agent": stage.agent.calls},
        "tokens": {"user": stage.tokens("user"), "agent": stage.tokens("assistant")},
    }
    return Conversation.model_validate(fields | _ending(end, turns))


def _ending(end: _End, turns: Sequence[Said]) -> Fields:
    if end.fault:
        return {"end": "failed", "fault": end.fault, "why": end.why}
    return ending_of(end.termination, turns, where="tau2")
