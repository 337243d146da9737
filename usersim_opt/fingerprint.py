"""What a run was made from, as short texts that can be compared: a resumed run must have the same."""

from collections.abc import Mapping
from typing import Any

import dspy

from usersim_opt.customer.prompt import Prompt
from usersim_opt.scenarios.material import Material, digest

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


def inputs_of(*, prompt: Prompt, train: Material, smoke: Material, models: Mapping[str, str], options: Mapping[str, Any]) -> dict[str, Any]:
    """The fingerprint of a run: digests of prompt and data, names of the models, the options that shape it."""
    return {
        "prompt": prompt.sha256,
        "train": digest(train),
        "smoke": digest(smoke),
        **{f"model.{role}": model for role, model in models.items()},
        **dict(options),
    }


def model_name(lm: dspy.LM) -> str:
    """The model string with its sampling options, and nothing else: no address, no key."""
    options = {name: lm.kwargs[name] for name in _SAMPLING if lm.kwargs.get(name) is not None}
    describe = getattr(getattr(lm, "_engine_spec", None), "described", None)
    described: dict[str, Any] = describe() if callable(describe) else {}
    return " ".join([lm.model, *(f"{name}={value}" for name, value in {**options, **described}.items())])
