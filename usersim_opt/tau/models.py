"""The models of a simulation as tau2 calls them; the offline stand-ins are served on loopback.

tau2 calls models by litellm. A stand-in of ours answers in this process only, so a server stands
between them for as long as the simulations last.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import dspy

from usersim_opt.basics.errors import InputError
from usersim_opt.models.connection import connect
from usersim_opt.models.litellm_model import LitellmModel, litellm_model
from usersim_opt.models.loopback import OllamaServer, stand_ins
from usersim_opt.models.naming import is_offline, model_name
from usersim_opt.tau.package import tau2
from usersim_opt.tau.scripted import SCRIPTS
from usersim_opt.tau.simulation import AgentMaker

_CALLED = {"num_retries": 2, "drop_params": True}
"""How tau2 calls a model unless the model says otherwise: a dead server is given up soon, and an
option that a provider does not know is left out, as tau2 itself has it."""


def as_lm(lm: dspy.LM | str) -> dspy.LM:
    """A connected model, also from its string; InputError for anything else."""
    if isinstance(lm, str):
        return connect(lm)
    if not isinstance(lm, dspy.LM):
        raise InputError(f"the model is a {type(lm).__name__}; expected a dspy.LM, or its string")
    return lm


@contextmanager
def called_by_tau2(lm: dspy.LM | str) -> Iterator[LitellmModel]:
    """The model as tau2 is to call it, for as long as the context lasts."""
    lm = as_lm(lm)
    if not is_offline(lm):
        model = litellm_model(lm)
        yield replace(model, args=_CALLED | dict(model.args))
        return
    with OllamaServer(stand_ins) as server:
        yield _stand_in(lm, server.url)


def _stand_in(lm: dspy.LM, url: str) -> LitellmModel:
    sampling = {name: value for name, value in lm.kwargs.items() if value is not None}
    args = _CALLED | {"api_base": f"{url}/v1", "num_retries": 0} | sampling
    model = f"openai/{lm.model.partition('/')[2]}"
    return LitellmModel(model, args, model_name(lm), {"api_key": "none"})


@contextmanager
def agent_of(agent: Any) -> Iterator[AgentMaker]:
    """The agent by what names it: `idle`, `oracle`, a model or its string, or an AgentMaker."""
    if isinstance(agent, AgentMaker):
        yield agent
    elif isinstance(agent, str) and agent in SCRIPTS:
        yield AgentMaker(agent, SCRIPTS[agent], price=0)
    elif isinstance(agent, str) and "/" not in agent:
        scripts = ", ".join(SCRIPTS)
        raise InputError(f"agent is {agent!r}; expected {scripts}, a model string, or a model")
    else:
        with called_by_tau2(agent) as model:
            yield _of_tau2(model)


def _of_tau2(model: LitellmModel) -> AgentMaker:
    """tau2's own agent on a model."""

    def make(environment: Any, task: Any) -> Any:
        return tau2().LLMAgent(
            tools=environment.get_tools(),
            domain_policy=environment.get_policy(),
            llm=model.model,
            llm_args=model.sent,
        )

    return AgentMaker(model.name, make)
