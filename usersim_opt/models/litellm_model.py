"""Our model strings as litellm wants them, for programs that call the model themselves (tau2).

    ollama/qwen3.6:35b temperature=0.9 think=False
    ollama_chat/qwen3.6:35b {"api_base": "http://localhost:11434", "temperature": 0.9, ...}

litellm sends `ollama/NAME` to /api/generate as one flat text without a system message, which is
another customer than the one that was measured; `ollama_chat/NAME` is what our engine sends. An API
key is kept apart, so that the rest may be saved.

Not covered: several hosts, of which the first is taken.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import dspy

from usersim_opt.basics.asking import engine_of
from usersim_opt.basics.errors import InputError
from usersim_opt.models.naming import MeasuredAt, is_offline, model_name
from usersim_opt.models.sampling import NAMED, option_value

_DEFAULT_HOST = "http://localhost:11434"
_OURS, _THEIRS = "ollama/", "ollama_chat/"
_KEYS = ("api_key", "aws_access_key_id", "aws_secret_access_key", "aws_session_token")
"""Arguments that no file may hold."""


@dataclass(frozen=True)
class LitellmModel:
    """A model string of litellm with its arguments; `name` is how our records name it."""

    model: str
    args: Mapping[str, Any]
    name: str
    keys: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What proves who calls; it is sent and never written."""

    @property
    def sent(self) -> dict[str, Any]:
        """All arguments of a call."""
        return {**self.args, **self.keys}

    @property
    def json(self) -> str:
        """The arguments without keys, as a command line takes them."""
        return json.dumps(dict(self.args))


def litellm_model(lm: dspy.LM) -> LitellmModel:
    """The model behind a dspy.LM as litellm calls it.

    InputError for a stand-in, which answers in this process only.
    """
    if is_offline(lm):
        raise InputError(
            f"{lm.model}: is a stand-in without a server; uso.tau.evaluate serves it by itself, "
            "elsewhere start python -m usersim_opt.models.loopback and name openai/user with its "
            "address"
        )
    engine = engine_of(lm)
    if lm.model.startswith(_OURS) and hasattr(engine, "pool"):
        return _ollama(lm, engine)
    given = {name: value for name, value in lm.kwargs.items() if value is not None}
    args = {name: value for name, value in given.items() if name not in _KEYS}
    keys = {name: value for name, value in given.items() if name in _KEYS}
    return LitellmModel(lm.model, args, model_name(lm), keys)


def _ollama(lm: dspy.LM, engine: Any) -> LitellmModel:
    sampling = {name: lm.kwargs[name] for name in NAMED if lm.kwargs.get(name) is not None}
    args = {
        "api_base": engine.pool.hosts[0],
        **sampling,
        **engine.options,
        "think": engine.think,
    }
    return LitellmModel(_chat(lm.model), args, model_name(lm))


def _chat(model: str) -> str:
    return _THEIRS + model.removeprefix(_OURS) if model.startswith(_OURS) else model


def litellm_model_named(name: str, *, num_ctx: int | None = None) -> LitellmModel:
    """The same from what `model_name` made of it, as cards hold it; no address is known there."""
    measured = MeasuredAt.parse(name)
    args: dict[str, Any] = {key: option_value(text) for key, text in measured.options.items()}
    if measured.model.startswith(_OURS):
        args = {"api_base": _DEFAULT_HOST, **args, **({"num_ctx": num_ctx} if num_ctx else {})}
    return LitellmModel(_chat(measured.model), args, name)
