"""From a model string to a dspy.LM that samples afresh on every call.

    connect("ollama/qwen3.6:35b", temperature=0.9, top_p=0.95, num_ctx=16384)
    connect("ollama://gpu-a,gpu-b:11500/qwen3.6:35b")     # several hosts, shared by least outstanding calls
    connect("offline/user")                               # a rule-based stand-in
    connect("openai/gpt-5.5")                             # anything else goes through DSPy as it is

DSPy's cache is off: it knows neither the server nor the engine, and would make repeats of one sample.
"""

import math
import os
from typing import Any

import dspy
from dspy.utils.exceptions import LMError

from usersim_opt.basics.errors import InputError
from usersim_opt.models.offline import ROLES, OfflineEngine

GENERATION_OPTIONS = (
    "temperature",
    "top_p",
    "top_k",
    "seed",
    "max_tokens",
    "stop",
    "presence_penalty",
    "frequency_penalty",
)
"""Options that DSPy carries in every request; all others belong to the engine."""
NUMBERS = tuple(name for name in GENERATION_OPTIONS if name != "stop")
_EXPECTED = 'expected "offline/user", "ollama/NAME", "ollama://HOST,HOST/NAME" or a DSPy model string such as "openai/NAME"'


def connect(model: str, **options: Any) -> dspy.LM:
    """A dspy.LM for a model string; InputError if the string names nothing that could be reached.

    Options are sampling options (temperature, top_p, top_k, seed, max_tokens, stop) for all models; for `ollama/` also
    any of Ollama's own (num_ctx, num_predict, min_p, ...), `think`, `keep_alive`, `timeout` in seconds, `api_base` (an
    address or a list of them) and `retry` (a Retry).
    """
    provider, slash, name = model.partition("/")
    if not slash or not provider or not name:
        raise InputError(f"model {model!r}: {_EXPECTED}")
    if provider == "offline":
        return _offline(model, name, options)
    if provider in ("ollama", "ollama_chat", "ollama:"):
        return _ollama(model, name, options)
    _sorted(options)
    try:
        return dspy.LM(model, **({"cache": False} | options))
    except (TypeError, ValueError, LMError) as error:
        raise InputError(f"model {model!r}: {' '.join(str(error).split())}") from error


def _offline(model: str, role: str, options: dict[str, Any]) -> dspy.LM:
    if role not in ROLES:
        raise InputError(
            f"model {model!r}: no such stand-in; expected one of {', '.join('offline/' + name for name in ROLES)}"
        )
    generation, others = _sorted(options)
    if others:
        raise InputError(
            f"model {model!r}: option {min(others)!r} is unknown; an offline model takes {', '.join(GENERATION_OPTIONS)}"
        )
    return dspy.LM(model, engine=OfflineEngine(role), cache=False, num_retries=0, **generation)


def _ollama(model: str, name: str, options: dict[str, Any]) -> dspy.LM:
    generation, others = _sorted(options)
    if name.startswith("/"):
        hosts, _, name = name[1:].partition("/")
        if not name or not all(hosts.split(",")) or "api_base" in others:
            raise InputError(f"model {model!r}: {_EXPECTED}, the hosts in one place only")
        others["api_base"] = hosts.split(",")
    return dspy.LM(
        f"ollama/{name}", engine=_engine(name, others), cache=False, num_retries=0, **generation
    )


def _engine(name: str, options: dict[str, Any]) -> Any:
    try:
        from usersim_opt.models.ollama import OllamaEngine  # noqa: PLC0415 - the client reads OLLAMA_HOST when it is imported
    except ValueError as error:
        raise InputError(
            f"OLLAMA_HOST is {os.environ.get('OLLAMA_HOST')!r} and cannot be read ({error}); expected something like gpu-box:11434"
        ) from error
    return OllamaEngine(name, **options)


def _sorted(options: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Sampling options, and the others; InputError for a sampling option that is no number."""
    for name in NUMBERS:
        value = options.get(name)
        whole = name in ("top_k", "seed", "max_tokens")
        if value is None:
            continue
        if (
            isinstance(value, bool)
            or not isinstance(value, int if whole else int | float)
            or not math.isfinite(value)
        ):
            raise InputError(
                f"option {name} is {value!r}; expected a {'whole ' if whole else ''}number"
            )
        if name == "max_tokens" and value < 1:
            raise InputError(f"option {name} is {value!r}; expected 1 or more")
    generation = {key: value for key, value in options.items() if key in GENERATION_OPTIONS}
    return generation, {
        key: value for key, value in options.items() if key not in GENERATION_OPTIONS
    }
