"""From a model string to a dspy.LM that samples afresh on every call, and a first call that tells whether it answers.

    connect("ollama/qwen3.6:35b", temperature=0.9, top_p=0.95, num_ctx=16384)
    connect("offline/user")                    # a rule-based stand-in
    connect("openai/gpt-5.5")                  # anything else goes through DSPy as it is

DSPy's cache is off: it knows neither the server nor the engine, and would make repeats of one sample.
"""

from typing import Any

import dspy
from dspy.utils.exceptions import LMError, LMRateLimitError, LMServerError, LMTimeoutError, LMTransportError

from usersim_opt.errors import BadReply, InputError, ModelError, Unreachable
from usersim_opt.lms.offline import ROLES, OfflineEngine
from usersim_opt.lms.ollama import OllamaEngine

GENERATION_OPTIONS = ("temperature", "top_p", "top_k", "seed", "max_tokens", "stop", "presence_penalty", "frequency_penalty")
"""Options that DSPy carries in every request; all others belong to the engine."""
_RETRYABLE = (LMTransportError, LMTimeoutError, LMRateLimitError, LMServerError)
_EXPECTED = 'expected "offline/user", "ollama/NAME" or a DSPy model string such as "openai/NAME"'


def connect(model: str, **options: Any) -> dspy.LM:
    """A dspy.LM for a model string; InputError if the string names nothing that could be reached.

    Options are sampling options (temperature, top_p, top_k, seed, max_tokens, stop) for all models; for `ollama/` also
    any of Ollama's own (num_ctx, num_predict, min_p, ...), `think`, `keep_alive`, `timeout` in seconds and `api_base`.
    """
    provider, slash, name = model.partition("/")
    if not slash or not provider or not name:
        raise InputError(f"model {model!r}: {_EXPECTED}")
    if provider not in ("offline", "ollama", "ollama_chat"):
        return dspy.LM(model, cache=False, **options)
    generation = {key: options.pop(key) for key in GENERATION_OPTIONS if key in options}
    if provider == "offline":
        if name not in ROLES:
            raise InputError(f"model {model!r}: no such stand-in; expected one of {', '.join('offline/' + role for role in ROLES)}")
        if options:
            raise InputError(f"model {model!r}: option {min(options)!r} is unknown; an offline model takes {', '.join(GENERATION_OPTIONS)}")
        return dspy.LM(model, engine=OfflineEngine(name), cache=False, **generation)
    return dspy.LM(f"ollama/{name}", engine=OllamaEngine(name, **options), cache=False, **generation)


def preflight(lm: dspy.LM, role: str) -> None:
    """One tiny call before anything is spent; Unreachable, BadReply or ModelError say what is wrong and what to do."""
    try:
        with dspy.context(disable_history=True, trace=None):
            answers = lm.copy(num_retries=0)("Answer with the word ready.", cache=False)
    except LMError as error:
        kind = Unreachable if isinstance(error, _RETRYABLE) else ModelError
        raise kind(f"{role} model {lm.model}: {' '.join(error.message.split())}") from error
    if not answers or not answers[0]:
        raise BadReply(f"{role} model {lm.model}: gave an empty answer to a first, tiny call")
