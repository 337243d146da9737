"""From a model string to a dspy.LM that samples afresh on every call.

    connect("ollama/qwen3.6:35b", temperature=0.9, top_p=0.95, num_ctx=16384)
    connect("ollama://gpu-a,gpu-b:11500/qwen3.6:35b")  # several hosts, by least outstanding calls
    connect("offline/user")                            # a rule-based stand-in
    connect("openai/gpt-5.5")                          # anything else goes through DSPy as it is

DSPy's cache is off: it knows neither the server nor the engine, and would repeat one sample.
"""

import os
from difflib import get_close_matches
from typing import Any

import dspy
from dspy.utils.exceptions import LMError

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.asking import LONGEST_ANSWER
from usersim_opt.basics.errors import InputError
from usersim_opt.models.offline import ROLES, OfflineEngine
from usersim_opt.models.sampling import IN_REQUEST, IN_REQUEST_NAMES, NAMED, Options, check_value

RETRIES = 6
"""How often DSPy tries again with other providers. It waits 1, 2, 4, ... seconds, a minute in all,
or for as long as a Retry-After says; three times, its own number, are over after 7 s."""

_SPELLED = (*NAMED, "api_key", "api_base", "num_retries", "timeout", "cache")
"""Options of other providers' models whose misspelling would be seen by nobody."""
_NEARLY = 0.85
"""How alike a misspelling is (difflib's ratio)."""
_EXPECTED = (
    'expected "offline/user", "ollama/NAME", "ollama://HOST,HOST/NAME" '
    'or a DSPy model string such as "openai/NAME"'
)


@checks_arguments
def connect(model: str, **options: Any) -> dspy.LM:
    """A dspy.LM for a model string; InputError if the string names nothing that could be reached.

    Options are sampling options (temperature, top_p, top_k, seed, max_tokens, stop) for all models;
    for `ollama/` also any of Ollama's own (num_ctx, num_predict, min_p, ...), `think`,
    `keep_alive`, `timeout` in seconds, `api_base` (an address or a list of them) and `retry` (a
    Retry). `longest_answer` is how many characters of an answer are taken, 100,000 unless given; a
    longer one is an error. InputError for an option that the model does not take, or a value of
    another kind.
    """
    longest = options.pop("longest_answer", LONGEST_ANSWER)
    if isinstance(longest, bool) or not isinstance(longest, int) or longest < 1:
        raise InputError(f"longest_answer is {longest!r}; expected a number of characters")
    lm = _connected(model, options)
    lm.longest_answer = longest
    return lm


def _connected(model: str, options: Options) -> Any:
    provider, _, name = model.partition("/")
    if not provider or not name:
        raise InputError(f"model {model!r}: {_EXPECTED}")
    in_request, others = _sorted(options)
    if provider == "offline":
        return _offline(model, name, in_request, others)
    if provider in ("ollama", "ollama_chat", "ollama:"):
        return _ollama(model, name, in_request, others)
    return _by_dspy(model, options)


def _by_dspy(model: str, options: Options) -> dspy.LM:
    """Any other provider's model."""
    _check_spelling(model, options)
    try:
        return dspy.LM(model, **({"cache": False, "num_retries": RETRIES} | options))
    except (TypeError, ValueError, LMError) as error:
        raise InputError(f"model {model!r}: {' '.join(str(error).split())}") from error


def _check_spelling(model: str, options: Options) -> None:
    """InputError for an option that is nearly one of ours.

    A provider may know others, which go on to it; one that it does not know, it may leave out
    without a word.
    """
    for name in options:
        near = get_close_matches(name, _SPELLED, n=1, cutoff=_NEARLY)
        if near and near[0] != name:
            raise InputError(
                f"model {model!r}: option {name!r} is unknown; did you mean {near[0]!r}? "
                "What only the provider knows goes into extra_body"
            )


def _offline(model: str, role: str, in_request: Options, others: Options) -> dspy.LM:
    """A stand-in; it takes the options of the request and no others."""
    if role not in ROLES:
        roles = ", ".join(f"offline/{name}" for name in ROLES)
        raise InputError(f"model {model!r}: no such stand-in; expected one of {roles}")
    if others:
        raise InputError(
            f"model {model!r}: option {min(others)!r} is unknown; "
            f"an offline model takes {', '.join(IN_REQUEST_NAMES)}"
        )
    return _on_engine(model, OfflineEngine(role), in_request)


def _ollama(model: str, name: str, in_request: Options, others: Options) -> dspy.LM:
    """A model in Ollama; its hosts stand in the model string or in `api_base`."""
    if name.startswith("/"):
        hosts, _, name = name[1:].partition("/")
        if not name or not all(hosts.split(",")) or "api_base" in others:
            raise InputError(f"model {model!r}: {_EXPECTED}, the hosts in one place only")
        others["api_base"] = hosts.split(",")
    return _on_engine(f"ollama/{name}", _engine(name, others), in_request)


def _on_engine(model: str, engine: Any, in_request: Options) -> dspy.LM:
    """DSPy's retries are off: our engines try again themselves, where that can help."""
    return dspy.LM(model, engine=engine, cache=False, num_retries=0, **in_request)


def _engine(name: str, options: Options) -> Any:
    try:
        # The client reads OLLAMA_HOST when it is imported.
        from usersim_opt.models.ollama import OllamaEngine  # noqa: PLC0415
    except ValueError as error:
        raise InputError(
            f"OLLAMA_HOST is {os.environ.get('OLLAMA_HOST')!r} and cannot be read ({error}); "
            "expected something like gpu-box:11434"
        ) from error
    return OllamaEngine(name, **options)


def _sorted(options: Options) -> tuple[Options, Options]:
    """The options that DSPy carries in the request, and the others; InputError for a wrong value.

    None stands for an option that is not set.
    """
    _check_values(options)
    in_request = {name: options[name] for name in options if name in IN_REQUEST_NAMES}
    others = {name: options[name] for name in options if name not in IN_REQUEST_NAMES}
    return in_request, others


def _check_values(options: Options) -> None:
    for option in IN_REQUEST:
        value = options.get(option.name)
        if value is not None:
            check_value(option, value)
