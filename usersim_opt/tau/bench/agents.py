"""Agents in tau-bench: its own, on a model, and two scripts that mark the ends of the scale.

An agent has tau-bench's own method `solve(env, task_index=..., max_num_steps=...)`. What it
returns is not looked at: the environment knows the reward.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from usersim_opt.basics.errors import InputError
from usersim_opt.models.litellm_model import LitellmModel
from usersim_opt.tau.bench.package import Package
from usersim_opt.tau.models import called_by_tau2
from usersim_opt.tau.scripted import ALL_DONE, SCRIPTS
from usersim_opt.tau.simulation import AgentMaker

RESPOND = "respond"
"""The name of the action by which an agent of tau-bench says something."""


@dataclass(frozen=True)
class Script:
    """An agent that takes its steps in order, each an action's name and arguments, and leaves."""

    steps: Sequence[tuple[str, dict[str, Any]]]
    action: Any

    def solve(self, env: Any, task_index: int, max_num_steps: int) -> None:
        """Take the steps until the environment is done, and leave where it is not."""
        env.reset(task_index=task_index)
        for name, arguments in self.steps:
            if env.step(self.action(name=name, kwargs=arguments)).done:
                return
        env.leave()


def said(text: str) -> tuple[str, dict[str, Any]]:
    """A step that says something."""
    return RESPOND, {"content": text}


def idle(package: Package, task: Any) -> Script:
    """An agent that does nothing."""
    return Script([said(ALL_DONE)], package.types.Action)


def oracle(package: Package, task: Any) -> Script:
    """An agent that takes the gold actions and tells what has to be told."""
    gold = [(action.name, dict(action.kwargs)) for action in task.actions]
    return Script([*gold, said(" ".join(["Done.", *task.outputs]))], package.types.Action)


@contextmanager
def agent_in(package: Package, agent: Any) -> Iterator[AgentMaker]:
    """The agent by what names it, as in uso.tau.evaluate; its `make` takes environment and task."""
    scripts = {"idle": idle, "oracle": oracle}
    if isinstance(agent, AgentMaker):
        yield agent
    elif isinstance(agent, str) and agent in scripts:
        script = partial(scripts[agent], package)
        yield AgentMaker(agent, lambda environment, task: script(task), price=0)
    elif isinstance(agent, str) and "/" not in agent:
        raise InputError(
            f"agent is {agent!r}; expected {', '.join(SCRIPTS)}, a model string, or a model"
        )
    else:
        with called_by_tau2(agent) as model:
            yield _own(package, model)


@dataclass(frozen=True)
class _OnModel:
    """The agent of the checkout that calls tools, on a model of ours."""

    package: Package
    model: LitellmModel
    agent: Any

    def solve(self, env: Any, task_index: int, max_num_steps: int) -> None:
        """Serve the customer."""
        with self.package.calling(self.model.sent):
            self.agent.solve(env, task_index=task_index, max_num_steps=max_num_steps)


def _own(package: Package, model: LitellmModel) -> AgentMaker:
    def make(environment: Any, task: Any) -> _OnModel:
        known = {"tools_info": environment.tools_info, "wiki": environment.wiki}
        agent = package.agents.ToolCallingAgent(**known, model=model.model, provider=None)
        return _OnModel(package, model, agent)

    return AgentMaker(model.name, make)
