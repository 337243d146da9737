"""What a command says, before it spends anything, of Ollama hosts that several models share."""

from collections.abc import Mapping, Sequence
from typing import Any

import dspy

from usersim_opt.basics.asking import engine_of
from usersim_opt.basics.text import visible
from usersim_opt.models.sharing import Load, loads_of

_AT_ONCE_UNLOADED = (0, "0", "0s", "0m", "0h")
"""Values of keep_alive that have a model leave after every call."""


def shared_hosts(lms: Mapping[str, dspy.LM]) -> list[str]:
    """A line for each host that two models share: what it holds, what is swapped, what to set.

    `lms` are the models by role. A host is asked what it holds, and nothing is loaded.
    """
    roles: dict[str, dict[Load, list[str]]] = {}
    for role, lm in lms.items():
        for load in sorted(loads_of(lm)):
            roles.setdefault(load.host, {}).setdefault(load, []).append(role)
    lines = [_line(host, loads, lms) for host, loads in roles.items() if len(loads) > 1]
    return lines + [_leaving(role, lm) for role, lm in lms.items() if _leaves(lm)]


def _line(host: str, loads: Mapping[Load, Sequence[str]], lms: Mapping[str, dspy.LM]) -> str:
    (first, *_), *_ = loads.values()
    held = _held(lms[first], host)
    if held is None:
        return f"{host}: does not say what it holds; {_named(loads)} may have to take turns there"
    if held >= {load.model for load in loads}:
        return f"{host}: holds {_named(loads)} at once, nothing is swapped"
    return (
        f"{host}: holds {', '.join(sorted(held)) or 'no model'} and not at once {_named(loads)}: "
        f"{len(loads)} loads a round, as replies come first and then their gradings (in turns it "
        f"would be one per call); set OLLAMA_MAX_LOADED_MODELS={len(loads)} on the server, and "
        "OLLAMA_NUM_PARALLEL=1 if memory is short, or give both roles one model"
    )


def _named(loads: Mapping[Load, Sequence[str]]) -> str:
    named = [f"{load} ({', '.join(roles)})" for load, roles in loads.items()]
    return " and ".join(named)


def _held(lm: dspy.LM, host: str) -> set[str] | None:
    """The models that a host has in memory; None if it does not say."""
    # The client reads OLLAMA_HOST when it is imported.
    import httpx  # noqa: PLC0415 - as below
    import ollama  # noqa: PLC0415 - as above

    try:
        running = engine_of(lm).client(host).ps().models
    except (ollama.ResponseError, ConnectionError, httpx.HTTPError, ValueError):
        return None
    return {visible(model.model) for model in running if model.model}


def _leaves(lm: Any) -> bool:
    return getattr(engine_of(lm), "keep_alive", None) in _AT_ONCE_UNLOADED


def _leaving(role: str, lm: dspy.LM) -> str:
    return (
        f"{role}: {lm.model} has keep_alive={engine_of(lm).keep_alive}, so that the server loads "
        "it for every call; set keep_alive=30m"
    )
