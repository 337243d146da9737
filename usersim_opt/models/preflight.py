"""Does each model answer, and is it set up for what is going to be sent? Asked before anything is spent.

For Ollama: server up, model pulled, context length of the model against the longest prompt, thinking, one tiny real call and
one with the longest prompt, from which the tokens per character are measured that tell a cut prompt later.
For any other model: one tiny real call. Nothing is pulled or changed.
"""

from dataclasses import dataclass

import dspy
from dspy.utils.exceptions import (
    LMError,
    LMRateLimitError,
    LMServerError,
    LMTimeoutError,
    LMTransportError,
)

from usersim_opt.basics.errors import BadReply, ModelError, Unreachable

TINY = "Answer with the word ready."
_RETRYABLE = (LMTransportError, LMTimeoutError, LMRateLimitError, LMServerError)


@dataclass(frozen=True)
class PreflightReport:
    """What was found, a line each."""

    model: str
    role: str
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([f"{self.role}: {self.model}", *(f"  {line}" for line in self.lines)])


def preflight(lm: dspy.LM, role: str, *, longest: str = "") -> PreflightReport:
    """Look and make a first call; Unreachable, BadReply, InputError or ModelError say what is wrong and what to do.

    `longest` is the longest text that will be sent in one call, system message and conversation together.
    """
    lines = _ollama_lines(lm, longest) if lm.model.startswith("ollama/") else []
    try:
        with dspy.context(disable_history=True, trace=None):
            answers = lm.copy(num_retries=0)(TINY, cache=False)
    except LMError as error:
        kind = Unreachable if isinstance(error, _RETRYABLE) else ModelError
        raise kind(f"{role} model {lm.model}: {' '.join(error.message.split())}") from error
    if not answers or not answers[0]:
        raise BadReply(f"{role} model {lm.model}: gave an empty answer to a first, tiny call")
    return PreflightReport(lm.model, role, (*lines, "answers"))


def _ollama_lines(lm: dspy.LM, longest: str) -> list[str]:
    from usersim_opt.models.ollama import OllamaEngine  # noqa: PLC0415 - the client reads OLLAMA_HOST when it is imported
    from usersim_opt.models.ollama_check import check_host  # noqa: PLC0415 - as above

    engine = lm._engine_spec  # noqa: SLF001 - dspy has no public name for it
    if not isinstance(engine, OllamaEngine):
        return []
    return [
        line for host in engine.pool.hosts for line in check_host(engine, host, lm, longest=longest)
    ]
