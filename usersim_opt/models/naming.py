"""How a model is named in records and cards: its string with the options that shape an answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import dspy

from usersim_opt.basics.asking import engine_of
from usersim_opt.models.sampling import NAMED, Options


def model_name(lm: dspy.LM) -> str:
    """The model string with its sampling options, and nothing else: no address, no key."""
    options = _of_request(lm) | _of_engine(lm)
    settings = [f"{name}={value}" for name, value in options.items()]
    return " ".join([lm.model, *settings])


def _of_request(lm: dspy.LM) -> Options:
    """The options that are set on the model itself."""
    return {name: lm.kwargs[name] for name in NAMED if lm.kwargs.get(name) is not None}


def _of_engine(lm: dspy.LM) -> Options:
    """What the model's engine says of itself: the options that shape an answer."""
    describe = getattr(engine_of(lm), "described", None)
    description: Options = describe() if callable(describe) else {}
    return description


def is_offline(model: dspy.BaseLM | str | None) -> bool:
    """Whether a model, or a model string, is one of the offline stand-ins."""
    name = model if isinstance(model, str) else str(getattr(model, "model", ""))
    return name.startswith("offline/")


_OPTION = re.compile(r" ([a-z_]+)=(\[.*?\](?= [a-z_]+=|$)|\S*)", re.DOTALL)
"""An option of a model's name; a list (of stop texts) ends where the next option begins."""


@dataclass(frozen=True)
class MeasuredAt:
    """A model and its sampling options as texts: `ollama/x` and `{"temperature": "0.9"}`."""

    model: str
    options: Mapping[str, str]

    @classmethod
    def parse(cls, name: str) -> "MeasuredAt":
        """Take apart what `model_name` put together."""
        model, _, rest = name.partition(" ")
        return cls(model, dict(_OPTION.findall(f" {rest}")))

    def setting(self, option: str) -> str:
        """An option's value, or that it is not set, in words."""
        return self.options.get(option, "not set")


def changes(measured: str, now: str) -> list[str]:
    """What differs between two names of models, seeds aside, each in a few words.

    An option that a stand-in is run without is no difference: its figures say nothing either way.
    """
    old, new = MeasuredAt.parse(measured), MeasuredAt.parse(now)
    differences = []
    if old.model != new.model:
        differences.append(f"the model was {old.model}, is {new.model}")
    # Every reply of a measurement has a seed of its own, so the model's own changes nothing.
    options = {*new.options} if is_offline(now) else {*old.options, *new.options}
    for option in sorted(options - {"seed"}):
        before, after = old.setting(option), new.setting(option)
        if before != after:
            differences.append(f"{option} was {before}, is {after}")
    return differences
