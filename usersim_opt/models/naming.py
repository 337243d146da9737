"""How a model is named in records and cards: its string with the sampling options that shape an answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dspy

_SAMPLING = (
    "temperature",
    "top_p",
    "top_k",
    "seed",
    "max_tokens",
    "max_completion_tokens",
    "stop",
    "presence_penalty",
    "frequency_penalty",
    "reasoning_effort",
)


def model_name(lm: dspy.LM) -> str:
    """The model string with its sampling options, and nothing else: no address, no key."""
    options = {name: lm.kwargs[name] for name in _SAMPLING if lm.kwargs.get(name) is not None}
    describe = getattr(getattr(lm, "_engine_spec", None), "described", None)
    described: dict[str, Any] = describe() if callable(describe) else {}
    return " ".join(
        [lm.model, *(f"{name}={value}" for name, value in {**options, **described}.items())]
    )


def is_offline(model: dspy.BaseLM | str | None) -> bool:
    """Whether a model, or a model string, is one of the offline stand-ins."""
    name = model if isinstance(model, str) else str(getattr(model, "model", ""))
    return name.startswith("offline/")


_OPTION = re.compile(r" ([a-z_]+)=(\[.*?\](?= [a-z_]+=|$)|\S*)", re.DOTALL)


@dataclass(frozen=True)
class MeasuredAt:
    """A model and its sampling options, both as they are told: `ollama/x` and `{"temperature": "0.9"}`."""

    model: str
    options: Mapping[str, str]

    @classmethod
    def parse(cls, told: str) -> "MeasuredAt":
        """Take apart what `fingerprint.model_name` put together."""
        model, _, rest = told.partition(" ")
        return cls(model, dict(_OPTION.findall(f" {rest}")))


def changes(measured: str, now: str) -> list[str]:
    """What differs between two told models, seeds aside, each in a few words."""
    old, new = MeasuredAt.parse(measured), MeasuredAt.parse(now)
    found = [f"the model was {old.model}, is {new.model}"] if old.model != new.model else []
    options = [
        name
        for name in sorted({*old.options, *new.options} - {"seed"})
        if old.options.get(name) != new.options.get(name)
    ]
    return found + [
        f"{name} was {old.options.get(name, 'not set')}, is {new.options.get(name, 'not set')}"
        for name in options
    ]
