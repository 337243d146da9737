"""What an evaluation in tau2 will take, said before anything is spent: calls, tokens, minutes.

    print(uso.tau.price(prompts, "openai/NAME", lm=user, domain="retail", trials=4))

Calls and tokens of a run are the means over runs that the folder holds already; where it holds few,
its turns are assumed (price.yaml), and the tokens follow from the texts that are sent: the prompt
with the story, the agent's policy with its tools, and a history that grows. Nothing is asked here;
timing.py makes one call of each model, from which the minutes are better.

Not covered: caches of providers, retries, and how much longer a long answer takes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any

import dspy
from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.arguments import Count, checks_arguments
from usersim_opt.basics.figures import many
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.strict_json import dumps
from usersim_opt.basics.validation import parse
from usersim_opt.customer.prompt import Prompt
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.tau.chosen import Chosen, chosen
from usersim_opt.tau.package import tau2
from usersim_opt.tau.scripted import NOBODY, SCRIPTS
from usersim_opt.tau.simulation import MAX_STEPS, AgentMaker, Role, Simulation
from usersim_opt.tau.simulation_file import simulations_in
from usersim_opt.tau.users import named_prompts, with_tools

FEW = 4
"""From so many kept runs their means are told and nothing is assumed."""
_CHARACTERS_A_TOKEN = 4


class _Assumed(BaseModel):
    """The shape of price.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    turns: int
    agent_calls_a_turn: float
    customer_words: int
    agent_words: int
    tool_words: int
    seconds_a_call: float


_FILE = Path(__file__).with_name("price.yaml")
_ASSUMED = parse(strict_yaml.load(_FILE), _Assumed, where=_FILE.name)


@dataclass(frozen=True)
class RunPrice:
    """What one run takes of one role."""

    calls: float
    tokens: float


@dataclass(frozen=True)
class Price:
    """What is still to be played, and what it takes of each role."""

    runs: int
    """Runs to be played; those of the idle line cost nothing and are not among them."""
    kept: int
    a_run: Mapping[str, RunPrice]
    """By role: user, agent, judge."""
    seconds: Mapping[str, float]
    """Of one call, by role."""
    workers: int
    is_assumed: bool
    is_timed: bool

    def calls(self, role: str) -> int:
        """Calls of a role."""
        return round(self.runs * self.a_run[role].calls)

    def tokens(self, role: str) -> int:
        """Tokens that a role reads and writes."""
        return round(self.runs * self.a_run[role].tokens)

    def minutes(self, role: str) -> float:
        """Minutes that a role's calls take, with as many runs at a time as there are workers."""
        abreast = max(1, min(self.workers, self.runs))
        return self.calls(role) * self.seconds[role] / abreast / 60

    @property
    def most_calls(self) -> int:
        """Calls of both sides at the most: each run ends at tau2's limit of messages."""
        paid = any(self.a_run[role].calls for role in ("user", "agent"))
        return self.runs * MAX_STEPS if paid else 0

    def judged(self) -> "Price":
        """The same with a judge of the customers, who reads each conversation once.

        What it reads is about as long as the last call of the customer.
        """
        user = self.a_run["user"]
        judge = RunPrice(1, 2 * user.tokens / max(1.0, user.calls))
        return replace(self, a_run={**self.a_run, "judge": judge})

    @visibly
    def __str__(self) -> str:
        return "\n".join(
            [
                f"Price: {many(self.runs, 'run')} to play, {self.kept} kept",
                *(f"  {role}: {self._of(role)}" for role in self.a_run),
                f"  both sides at the most: {self.most_calls:,} calls ({MAX_STEPS} messages a run)",
                f"  {self._basis}",
            ]
        )

    def _of(self, role: str) -> str:
        if not self.calls(role):
            return "no calls"
        return (
            f"about {many(self.calls(role), 'call')}, {self.tokens(role):,} tokens, "
            f"{self.minutes(role):.1f} minutes"
        )

    @property
    def _basis(self) -> str:
        turns = f"assumed: {_ASSUMED.turns} turns of the customer in a run"
        known = turns if self.is_assumed else f"calls and tokens: the mean of {self.kept} kept runs"
        reply = "one timed call" if self.is_timed else f"{_ASSUMED.seconds_a_call:g} s a call"
        return f"{known}; minutes from {reply}, {many(self.workers, 'run')} at the same time"


@checks_arguments
def price(
    prompts: Prompt | str | Mapping[str, Prompt | str],
    agent: Any,
    *,
    lm: dspy.LM | str,
    domain: str = "airline",
    task_ids: Sequence[Any] | str | None = None,
    trials: Count = 1,
    workers: Count = DEFAULT_WORKERS,
    run_dir: str | Path | None = None,
    seconds: Mapping[str, float] | None = None,
) -> Price:
    """What `uso.tau.evaluate` with the same arguments takes; nothing is asked.

    `seconds` are those of a call by role, as timing.py finds them. Raises InputError as `evaluate`
    does.
    """
    named = named_prompts(prompts)
    tasks = chosen(domain, task_ids)
    kept = _kept(run_dir)
    a_run = dict(_of_runs(kept) if len(kept) >= FEW else _assumed(named, tasks, agent))
    return Price(
        runs=max(0, len(named) * len(tasks.tasks) * trials - len(kept)),
        kept=len(kept),
        a_run=a_run,
        seconds=dict.fromkeys(("user", "agent", "judge"), _ASSUMED.seconds_a_call)
        | dict(seconds or {}),
        workers=workers,
        is_assumed=len(kept) < FEW,
        is_timed=bool(seconds),
    )


def _kept(run_dir: str | Path | None) -> list[Simulation]:
    """The runs of a folder that need not be played again, without the idle line."""
    if run_dir is None:
        return []
    found = simulations_in(Path(run_dir))
    return [run for run in found if not run.is_lost and run.talk.user != NOBODY]


def _of_runs(kept: Sequence[Simulation]) -> dict[str, RunPrice]:
    return {role: _mean_of(kept, role) for role in ("user", "agent")}


def _mean_of(kept: Sequence[Simulation], role: Role) -> RunPrice:
    calls = fmean(run.calls[role] for run in kept)
    return RunPrice(calls, fmean(run.talk.tokens[role] for run in kept))


def _assumed(prompts: Mapping[str, Prompt], tasks: Chosen, agent: Any) -> dict[str, RunPrice]:
    """What a run takes where nothing is known of it but its texts."""
    turns, calls = _ASSUMED.turns, round(_ASSUMED.turns * _ASSUMED.agent_calls_a_turn)
    said = _ASSUMED.customer_words + _ASSUMED.agent_words
    of_tools = _ASSUMED.tool_words * (_ASSUMED.agent_calls_a_turn - 1)
    user = _growing(_customer_text(prompts, tasks), calls=turns, growth=said)
    growth = (said + of_tools) / _ASSUMED.agent_calls_a_turn
    agents = _growing(_agent_text(tasks.domain), calls=calls, growth=growth)
    return {"user": RunPrice(turns, user), "agent": _agents_price(agent, calls, agents)}


def _agents_price(agent: Any, calls: float, tokens: float) -> RunPrice:
    """What the agent takes: nothing where it is a script."""
    is_script = isinstance(agent, str) and agent in SCRIPTS
    is_free = is_script or (isinstance(agent, AgentMaker) and not agent.price)
    return RunPrice(0, 0) if is_free else RunPrice(calls, tokens)


def _growing(text: float, *, calls: int, growth: float) -> float:
    """Tokens of calls that each read a fixed text and a history that grows by each call."""
    return calls * text + growth * calls * (calls + 1) / 2


def _customer_text(prompts: Mapping[str, Prompt], tasks: Chosen) -> float:
    """Tokens of a customer's system message, the mean over prompts and tasks."""
    equipped = tasks.has_user_tools
    told = [with_tools(prompt) if equipped else prompt for prompt in prompts.values()]
    lengths = [len(prompt.fill(str(task.user_scenario))) for prompt in told for task in tasks.tasks]
    return fmean(lengths) / _CHARACTERS_A_TOKEN


def _agent_text(domain: str) -> float:
    """Tokens of the agent's policy and of its tools as they are sent."""
    environment = tau2().registry.get_env_constructor(domain)()
    tools = sum(len(dumps(tool.openai_schema)) for tool in environment.get_tools())
    return (len(environment.get_policy()) + tools) / _CHARACTERS_A_TOKEN
