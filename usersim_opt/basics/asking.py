"""Asking a model about a block of material: what judge, proposer and author have in common.

The instructions are the system message, the material one user message: data as JSON between two
tags, every `<` in it escaped, so nothing in the data can close its block or open another one.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import dspy
from dspy.utils.exceptions import AdapterParseError
from pydantic import BaseModel

from usersim_opt.basics.errors import BadReply, InputError
from usersim_opt.basics.validation import Fields

Messages = list[dict[str, Any]]
"""What a chat model is sent: each with its `role` and `content`."""


class MaterialAdapter(dspy.Adapter):
    """Sends the instructions and one user message with the `material` as it is.

    The whole completion is the answer.
    """

    def format(
        self, signature: type[dspy.Signature], demos: list[Fields], inputs: Fields
    ) -> Messages:
        """System message and user message."""
        return [
            {"role": "system", "content": signature.instructions},
            {"role": "user", "content": inputs["material"]},
        ]

    def parse(self, signature: type[dspy.Signature], completion: str) -> Fields:
        """The whole completion as the one output field."""
        (field,) = signature.output_fields
        return {field: completion}


class Answer(dspy.Signature):
    """A text answer to a block of material; the instructions are replaced."""

    material: str = dspy.InputField()
    answer: str = dspy.OutputField()


class Asker(dspy.Module):
    """Base of the modules that ask; `role` names the model in messages."""

    def __init__(self, instructions: str, lm: dspy.LM | None, *, role: str) -> None:
        super().__init__()
        check_lm(lm)
        self.role = role
        self.predict = dspy.Predict(Answer.with_instructions(instructions))
        if lm is not None:
            self.set_lm(lm)

    @property
    def lm(self) -> dspy.LM | None:
        """The model that was set on the module; None means DSPy's configured one."""
        return self.predict.lm

    def ask(self, material: str, *, shape: type[BaseModel] | None = None, **config: Any) -> str:
        """The answer as text; BadReply for an empty one.

        It never comes from a cache, and is held to `shape` where the connection can do so.
        """
        options = {"cache": False} | config
        if shape:
            options |= structured(self.lm, shape)
        with dspy.context(adapter=MaterialAdapter()):
            try:
                return str(self.predict(material=material, config=options).answer)
            except AdapterParseError as error:
                raise BadReply(f"the {self.role} gave an empty answer") from error


def enclose(data: Any, tag: str = "material") -> str:
    """Data as JSON between tags; `<` is escaped, so the data cannot hold a tag."""
    content = json.dumps(data, indent=1).replace("<", r"\u003c")
    return f"<{tag}>\n{content}\n</{tag}>"


def structured(lm: dspy.LM | None, shape: type[BaseModel]) -> Fields:
    """Call options that bind the answer to `shape`; none where the connection cannot do so.

    Callers therefore check every answer themselves.
    """
    target = lm or dspy.settings.lm
    return {"response_format": shape} if _takes_schema(target) else {}


def _takes_schema(lm: Any) -> bool:
    by_engine = getattr(engine_of(lm), "takes_schema", False)
    by_provider = getattr(lm, "supports_response_schema", False)
    return bool(by_engine or by_provider)


def engine_of(lm: Any) -> Any:
    """What a dspy.LM was told to answer with: an engine of ours, or DSPy's word for one of its own.

    None for another kind of model. DSPy has no public name for it; this is the one place that
    knows the private one.
    """
    return getattr(lm, "_engine_spec", None)


def tokens_of(usage: Any) -> int:
    """The tokens that all models together read and wrote; `usage` is what `dspy.track_usage` gives.

    A model whose provider counts nothing adds nothing.
    """
    models = usage.get_total_tokens().values()
    return sum(int(model.get("total_tokens") or 0) for model in models)


def models_in(usage: Any) -> tuple[str, ...]:
    """The names of the models that took part, in order; `usage` as for `tokens_of`."""
    return tuple(sorted(usage.get_total_tokens()))


@dataclass
class Repeats:
    """Calls that were made again because their answer could not be read."""

    number: int = 0


_REPEATS: ContextVar[Repeats | None] = ContextVar("repeats", default=None)


@contextmanager
def count_repeats() -> Iterator[Repeats]:
    """The repeats that are noted inside, in this thread and those that get its context."""
    repeats = Repeats()
    token = _REPEATS.set(repeats)
    try:
        yield repeats
    finally:
        _REPEATS.reset(token)


def note_repeat() -> None:
    """Say, before a call, that it is one more than the price: the answer before was unreadable."""
    repeats = _REPEATS.get()
    if repeats is not None:
        repeats.number += 1


def check_lm(lm: Any) -> None:
    """InputError unless `lm` is a language model, or None for DSPy's configured one."""
    if not isinstance(lm, dspy.BaseLM | None):
        raise InputError(
            f"the model is {lm!r:.60}; expected a dspy.LM, such as connect({lm!r:.60})"
        )
