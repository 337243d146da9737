"""Asking a model about a block of material: what judge, proposer and author have in common.

The instructions are the system message, the material one user message: data as JSON between two
tags, every letter in it as it is but each `<` escaped, so nothing in the data can close its block
or open another one.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

import dspy
from dspy.utils.exceptions import (
    AdapterParseError,
    ContextWindowExceededError,
    LMError,
    LMInvalidRequestError,
)
from pydantic import BaseModel

from usersim_opt.basics import strict_json
from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import BadReply, InputError
from usersim_opt.basics.redaction import redacted
from usersim_opt.basics.text import is_blank, without_thoughts
from usersim_opt.basics.too_long import speaks_of_length
from usersim_opt.basics.validation import Fields

Returned = TypeVar("Returned")
Messages = list[dict[str, Any]]
"""What a chat model is sent: each with its `role` and `content`."""


class WholeAnswerAdapter(dspy.Adapter):
    """Base of the adapters that take the whole completion as the answer, as a person would read it.

    What a model thought aloud is left out, on any provider. An answer that was cut off is a
    BadReply: its beginning could pass for a short answer. So is one of which nothing is left, and
    one that is longer than LONGEST_ANSWER, or the model's own `longest_answer`, in characters.

    Not covered: the reason why an answer ended, of models that are no dspy.LM.
    """

    def __call__(
        self,
        lm: dspy.BaseLM,
        lm_kwargs: Fields,
        signature: type[dspy.Signature],
        demos: list[Fields],
        inputs: Fields,
    ) -> list[Fields]:
        """The parsed answers; BadReply for one that is empty or was cut off."""
        strict = _refusing_cut_answers(lm)
        with dspy.context(disable_history=False), _by_its_kind():
            answers: list[Fields] = super().__call__(strict, lm_kwargs, signature, demos, inputs)
        _check_lengths(lm, answers)
        return answers

    def parse(self, signature: type[dspy.Signature], completion: str) -> Fields:
        """The completion without thoughts as the one output field; BadReply if nothing is left."""
        (field,) = signature.output_fields
        return {field: _answer_in(completion)}


LONGEST_ANSWER = 100_000
"""Characters of an answer, thoughts left out; a model that runs on would else be graded at length.
A model's attribute `longest_answer`, which `connect` sets, takes its place."""


def _check_lengths(lm: Any, answers: Sequence[Fields]) -> None:
    """BadReply for an answer that is longer than it may be."""
    longest = getattr(lm, "longest_answer", LONGEST_ANSWER)
    for text in (text for fields in answers for text in fields.values()):
        if isinstance(text, str) and len(text) > longest:
            raise BadReply(
                f"the answer has {len(text):,} characters, at most {longest:,} are taken; "
                "set max_tokens, or a larger longest_answer"
            )


def _answer_in(completion: str) -> str:
    """The completion without thoughts; BadReply if nothing is left."""
    answer = without_thoughts(completion)
    if not is_blank(completion) and is_blank(answer):
        raise BadReply(
            "the model gave an empty reply: there is nothing but thinking; "
            "turn thinking off, or raise max_tokens"
        )
    return answer


EMPTY_ANSWER = "empty_answer"
"""The `provider_code` by which our own engines say that an answer is empty."""


@contextmanager
def _by_its_kind() -> Iterator[None]:
    """An error by what it means, where the provider had no kind for it.

    Nothing but empty answers is a BadReply. A request that is too long is DSPy's error for that,
    which stops a run at once: every further call would meet it too.
    """
    try:
        yield
    except ContextWindowExceededError:
        raise
    except LMInvalidRequestError as error:
        if not speaks_of_length(error):
            raise
        raise ContextWindowExceededError(model=error.model, message=error.message) from error
    except LMError as error:
        if error.provider_code != EMPTY_ANSWER:
            raise
        raise BadReply(error.message) from error


def _refusing_cut_answers(lm: Any) -> Any:
    """The model in a form that raises BadReply for an answer that was cut off.

    DSPy hands on the text of an answer alone. Why it ended stands only in the entry for the
    history, which each call makes for itself, whatever the provider.
    """
    if not isinstance(lm, dspy.LM):
        return lm
    remembers = not dspy.settings.disable_history

    def see(entry: Fields) -> None:
        if remembers:
            lm.update_history(entry)
        check_whole(lm, entry)

    # A copy shares connections and engine; the history of the model itself is shared by threads.
    strict = lm.copy()
    strict.update_history = see
    return strict


def check_whole(lm: dspy.LM, entry: Fields) -> None:
    """BadReply if the answer in an entry of DSPy's history was cut off, with the option to set."""
    for reason in _finish_reasons(entry["response"]):
        if reason in _TOO_LONG:
            raise BadReply(f"{lm.model}: the answer was cut off at {_limit(lm, entry['kwargs'])}")
        if reason in _SPOILED:
            raise BadReply(f"{lm.model}: the answer was cut off: {_SPOILED[reason]}")


_TOO_LONG = ("length", "max_tokens", "max_output_tokens")
"""What providers call the end of an answer that reached the token limit."""
_SPOILED = {
    "content_filter": "the provider's content filter stopped it",
    "error": "the provider reports an error in the middle of it",
}
"""Other reasons for which the end of an answer is missing."""
_LIMITS = ("max_tokens", "max_completion_tokens", "num_predict")


def _finish_reasons(response: Any) -> list[Any]:
    """Why answers ended: of DSPy's own responses, or of those in a provider's form."""
    if isinstance(response, tuple):
        several = response
    else:
        several = _field(response, "choices") or (response,)
    return [_finish_reason(one) for one in several]


def _finish_reason(response: Any) -> Any:
    # OpenAI's responses route has no finish reason, but says why a response is incomplete.
    incomplete = _field(response, "incomplete_details")
    return _field(response, "finish_reason") or _field(incomplete, "reason")


def _field(record: Any, name: str) -> Any:
    """A field of an object or a mapping; None where there is none."""
    return record.get(name) if isinstance(record, dict) else getattr(record, name, None)


def _limit(lm: dspy.LM, options: Fields) -> str:
    """The token limit that was reached, and the option to raise."""
    of_engine = getattr(engine_of(lm), "options", None)
    set_on = (of_engine if isinstance(of_engine, dict) else {}) | lm.kwargs | options
    for name in _LIMITS:
        value = set_on.get(name)
        if isinstance(value, int) and value > 0:
            return f"the token limit {name}={value}; raise {name}"
    return (
        "the token limit of the server or provider; "
        "set max_tokens (num_predict in Ollama), or a larger num_ctx"
    )


class MaterialAdapter(WholeAnswerAdapter):
    """Sends the instructions and one user message with the `material` as it is."""

    def format(
        self, signature: type[dspy.Signature], demos: list[Fields], inputs: Fields
    ) -> Messages:
        """System message and user message."""
        return [
            {"role": "system", "content": signature.instructions},
            {"role": "user", "content": inputs["material"]},
        ]

    def parse(self, signature: type[dspy.Signature], completion: str) -> Fields:
        """The completion as it came; BadReply if it is nothing but thinking.

        Only the reader of the answer knows a mark of thoughts from one that the answer quotes.
        """
        (field,) = signature.output_fields
        _answer_in(completion)
        return {field: completion}


class RedactedModule(dspy.Module):
    """Base of the modules that call a model: `save` writes the model without what proves who calls.

    DSPy leaves `api_key` out, but not the password in an address, nor what headers hold. Whoever
    loads such a file gives the module its model by `set_lm`.

    Not covered: `save(..., save_program=True)`, which pickles the model as it is.
    """

    def dump_state(self, json_mode: bool = True) -> Fields:
        """The state as DSPy has it, with `***` for keys and passwords of the models."""
        state: Fields = super().dump_state(json_mode=json_mode)
        return {name: _redacted_part(part) for name, part in state.items()}


def _redacted_part(part: Any) -> Any:
    """The state of a predictor; the model's part of it alone may hold a secret."""
    has_model = isinstance(part, dict) and "lm" in part
    return part | {"lm": redacted(part["lm"])} if has_model else part


class Answer(dspy.Signature):
    """A text answer to a block of material; the instructions are replaced."""

    material: str = dspy.InputField()
    answer: str = dspy.OutputField()


class Asker(RedactedModule):
    """Base of the modules that ask; `role` names the model in messages."""

    @checks_arguments
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

    async def aforward(self, *args: Any, **inputs: Any) -> dspy.Prediction:
        """The same as a call, for asynchronous programs: `await judge.acall(...)`."""
        return await forward_in_thread(self, *args, **inputs)

    def ask(self, material: str, *, shape: type[BaseModel] | None = None, **config: Any) -> str:
        """The answer as text; BadReply for one that is empty, cut off or nothing but thinking.

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


async def in_thread(call: Callable[..., Returned], *args: Any, **inputs: Any) -> Returned:
    """What a call returns, made in a thread, so that the program's event loop goes on meanwhile.

    DSPy's settings and its count of tokens hold there as well, and so does every check that the
    call makes: there is no second way of asking that could differ.

    Not covered: a task that is cancelled; its call goes on to its end.
    """
    return await asyncio.to_thread(call, *args, **inputs)


async def forward_in_thread(module: dspy.Module, *args: Any, **inputs: Any) -> Any:
    """What a module's `forward` returns, made in a thread; for its `aforward`."""
    # DSPy warns of `module.forward`; its own `acall` asks for exactly that here.
    return await in_thread(type(module).forward, module, *args, **inputs)


def enclose(data: Any, tag: str = "material") -> str:
    """Data as JSON between tags, its letters as they are.

    `<` is escaped, so the data cannot hold a tag, and so are half characters, which cannot be sent.
    """
    content = strict_json.dumps(data, indent=1).replace("<", r"\u003c")
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
    return _counted(usage, "total_tokens")


def written_of(usage: Any) -> int:
    """Of the tokens those that were written, thoughts included; `usage` as for `tokens_of`."""
    return _counted(usage, "completion_tokens")


def _counted(usage: Any, kind: str) -> int:
    models = usage.get_total_tokens().values()
    return sum(int(model.get(kind) or 0) for model in models)


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
