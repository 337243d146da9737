"""Does each model answer, and is it set up for what is sent? Asked before anything is spent.

For Ollama: server up, model pulled, context length of the model against the longest prompt,
thinking, one tiny real call and one with the longest prompt. From these two the tokens per
character are measured, by which a prompt that the server cut is known later. For any other model:
one tiny real call. Nothing is pulled or changed.
"""

from dataclasses import dataclass
from typing import Any

import dspy
from dspy.utils.exceptions import (
    LMError,
    LMRateLimitError,
    LMServerError,
    LMTimeoutError,
    LMTransportError,
)

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.asking import engine_of
from usersim_opt.basics.errors import BadReply, ModelError, Unreachable
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.text import is_blank, without_thoughts

TINY = "Answer with the word ready."
THINKS_ALOUD = (
    "thinks aloud: its thoughts are left out of every answer, but they cost time and tokens; "
    "turn its thinking off where you can"
)
_RETRYABLE = (LMTransportError, LMTimeoutError, LMRateLimitError, LMServerError)


@dataclass(frozen=True)
class PreflightReport:
    """What a model says of itself, a line each."""

    model: str
    role: str
    lines: tuple[str, ...]

    @visibly
    def __str__(self) -> str:
        return "\n".join([f"{self.role}: {self.model}", *(f"  {line}" for line in self.lines)])


@checks_arguments
def preflight(lm: dspy.LM, role: str, *, longest: str = "") -> PreflightReport:
    """Look and make a first call.

    `longest` is the longest text that will be sent in one call, system message and conversation
    together. Unreachable, BadReply, InputError or ModelError say what is wrong and what to do.
    """
    lines = _ollama_lines(lm, longest) if lm.model.startswith("ollama/") else []
    answer = _first_answer(lm, role)
    if is_blank(without_thoughts(answer)):
        content = "an empty answer" if is_blank(answer) else "nothing but thinking"
        raise BadReply(f"{role} model {lm.model}: gave {content} to a first, tiny call")
    manner = [THINKS_ALOUD] if _thinks_aloud(lm, answer) else []
    return PreflightReport(lm.model, role, (*lines, "answers", *manner))


def _thinks_aloud(lm: dspy.LM, answer: str) -> bool:
    """Whether thoughts stood in the answer, or were taken out of it by our own engine."""
    by_engine = getattr(engine_of(lm), "thinks_aloud", False)
    return bool(by_engine) or without_thoughts(answer) != answer


def _first_answer(lm: dspy.LM, role: str) -> str:
    """The answer to a tiny call, without retries; Unreachable or ModelError where there is none."""
    try:
        with dspy.context(disable_history=True, trace=None):
            answers = lm.copy(num_retries=0)(TINY, cache=False)
    except LMError as error:
        kind = Unreachable if isinstance(error, _RETRYABLE) else ModelError
        raise kind(f"{role} model {lm.model}: {' '.join(error.message.split())}") from error
    first: Any = answers[0] if answers else ""
    # DSPy gives a mapping where the provider has set the thoughts apart itself.
    text = first.get("text") if isinstance(first, dict) else first
    return text or ""


def _ollama_lines(lm: dspy.LM, longest: str) -> list[str]:
    # The client reads OLLAMA_HOST when it is imported.
    from usersim_opt.models.ollama import OllamaEngine  # noqa: PLC0415
    from usersim_opt.models.ollama_check import check_host  # noqa: PLC0415 - as above

    engine = engine_of(lm)
    if not isinstance(engine, OllamaEngine):
        return []
    reports = [check_host(engine, host, lm, longest=longest) for host in engine.pool.hosts]
    return [line for report in reports for line in report]
