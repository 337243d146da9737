"""What an Ollama host says of itself and of a model, and whether the longest prompt fits."""

from dataclasses import dataclass

import dspy
import httpx
import ollama
from dspy import lm15

from usersim_opt.basics.errors import InputError, ModelError, Unreachable
from usersim_opt.models.ollama import OllamaEngine, Overrun, is_loopback, wire_of
from usersim_opt.models.sampling import IN_REQUEST
from usersim_opt.models.truncation import HIGHEST_RATE, SPARE, needed_context

TINY = "Say ready."
SAFETY = 0.95
"""The measured tokens per character are lowered by this, since texts differ."""


def check_host(engine: OllamaEngine, host: str, lm: dspy.LM, *, longest: str) -> list[str]:
    """Lines of a report on one host.

    Unreachable, InputError or ModelError say what is wrong and what to do.
    """
    version = _version(host)
    about = _model_info(engine, host)
    can_think = "thinking" in about.capabilities
    if about.capabilities and "completion" not in about.capabilities:
        raise ModelError(
            f"{engine.model}: cannot chat, it can {', '.join(about.capabilities)}; "
            "choose another model"
        )
    if engine.think and not can_think:
        raise InputError(f"{engine.model}: does not support thinking; leave think out")
    thinks = "thinks if asked" if can_think else "does not think"
    head = f"{host}: Ollama {version}, model pulled, {thinks}"
    return [head, _context(engine, host, lm, longest=longest, trained=about.trained)]


def _version(host: str) -> str:
    """Ollama's version; Unreachable if nothing answers there, or something else does."""
    try:
        trusted = not is_loopback(host)
        with httpx.Client(timeout=5.0, trust_env=trusted, **wire_of(host)) as client:
            return str(client.get(f"{host}/api/version").json()["version"])
    except httpx.ConnectError as error:
        raise Unreachable(
            f"no Ollama answers at {host}; start it with `ollama serve`, or set OLLAMA_HOST"
        ) from error
    except httpx.HTTPError as error:
        raise Unreachable(
            f"Ollama at {host} does not answer ({type(error).__name__}); "
            "is it busy, or is the address wrong?"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise Unreachable(f"what answers at {host} is not Ollama; check the address") from error


@dataclass(frozen=True)
class _ModelInfo:
    """What a host says of a model."""

    capabilities: tuple[str, ...]
    trained: int | None
    """Tokens of context that the model was trained on; None if the host does not say."""


def _model_info(engine: OllamaEngine, host: str) -> _ModelInfo:
    """Asked of the host; ModelError if the model is not there, Unreachable if it does not say."""
    client = engine.client(host)
    try:
        names = {model.model for model in client.list().models}
        if not names & {engine.model, f"{engine.model}:latest"}:
            raise ModelError(
                f"{host} has no model {engine.model!r}; get it with `ollama pull {engine.model}`"
            )
        description = client.show(engine.model)
    except (ollama.ResponseError, ConnectionError, httpx.HTTPError, ValueError) as error:
        said = " ".join(str(error).split())[:200]
        raise Unreachable(f"{host}: does not tell about its models ({said})") from error
    return _ModelInfo(tuple(description.capabilities or ()), _trained(description))


def _trained(description: ollama.ShowResponse) -> int | None:
    """The context length; its name begins with the model's family, as in `llama.context_length`."""
    for name, value in (description.modelinfo or {}).items():
        if name.endswith(".context_length"):
            return int(value)
    return None


def _context(
    engine: OllamaEngine, host: str, lm: dspy.LM, *, longest: str, trained: int | None
) -> str:
    """A line on the context length; InputError if the longest prompt and its answer do not fit.

    Two calls, one tiny and one with the longest text, also measure the tokens per character.
    """
    model = f"model trained on {trained or 'unknown'}"
    tiny = _tokens(engine, host, lm, TINY)
    _learn_window(engine, host)
    setting = _setting(engine, host)
    if not longest or tiny is None:
        return f"context: {setting}, {model}"
    prompt = _measured(engine, tiny, _tokens(engine, host, lm, longest), characters=len(longest))
    answer = lm.kwargs.get("max_tokens") or engine.options.get("num_predict") or SPARE
    _check_fit(engine, host, prompt=prompt, answer=answer, trained=trained)
    if "num_ctx" not in engine.options:
        setting = f"{setting}, set num_ctx={needed_context(prompt, answer)}"
    return f"context: longest prompt {prompt:,} tokens, {setting}, {model}"


def _learn_window(engine: OllamaEngine, host: str) -> None:
    """Let the engine know the context length with which a host has loaded the model.

    An older Ollama does not say, nor does one that has the model run elsewhere.
    """
    names = (engine.model, f"{engine.model}:latest")
    try:
        running = engine.client(host).ps().models
    except (ollama.ResponseError, ConnectionError, httpx.HTTPError, ValueError):
        return
    for model in running:
        if model.model in names and model.context_length:
            engine.windows[host] = model.context_length


def _setting(engine: OllamaEngine, host: str) -> str:
    """What is set, and what the host has loaded."""
    num_ctx, window = engine.options.get("num_ctx"), engine.windows.get(host)
    if num_ctx is None:
        decision = f"has loaded {window:,}" if window else "decides"
        return f"num_ctx is not set and the server {decision}"
    less = window is not None and window < num_ctx
    return f"num_ctx={num_ctx}" + (f", of which the server has loaded {window:,}" if less else "")


def _check_fit(
    engine: OllamaEngine, host: str, *, prompt: int, answer: int, trained: int | None
) -> None:
    """InputError if prompt and answer, in tokens, are more than is set, trained or loaded."""
    num_ctx, window = engine.options.get("num_ctx"), engine.windows.get(host)
    needed = needed_context(prompt, answer)
    if num_ctx is not None and prompt + answer > num_ctx:
        raise InputError(
            f"{engine.model}: num_ctx={num_ctx} is too small for {prompt:,} tokens of prompt "
            f"and {answer} of answer; set num_ctx={needed}"
        )
    if trained is not None and prompt + answer > trained:
        raise InputError(
            f"{engine.model}: was trained on {trained:,} tokens, "
            f"the longest prompt and answer take {prompt + answer:,}; choose another model"
        )
    if window is not None and prompt + answer > window:
        raise InputError(
            f"{engine.model}: {host} has loaded {window:,} tokens of context, too few for "
            f"{prompt:,} tokens of prompt and {answer} of answer; set num_ctx={needed}"
        )


def _measured(engine: OllamaEngine, tiny: int, longest: int | None, *, characters: int) -> int:
    """The tokens of the longest prompt, by which the engine is calibrated; 0 if they are unknown.

    The tiny call's tokens are taken off, since the model's template adds as many to both.
    """
    if longest is None or longest <= tiny:
        return 0
    _calibrate(engine, tokens=longest - tiny, characters=characters - len(TINY))
    return longest


def _calibrate(engine: OllamaEngine, *, tokens: int, characters: int) -> None:
    """Let the engine expect as many tokens per character, a little fewer and within limits."""
    measured = SAFETY * tokens / max(1, characters)
    # No text is expected to have more than the highest rate: other texts than this one have fewer
    # tokens per character, and would be taken for cut.
    engine.calibrate(min(HIGHEST_RATE, max(engine.rate, measured)))


def _tokens(engine: OllamaEngine, host: str, lm: dspy.LM, text: str) -> int | None:
    """How many tokens the server reads of a text; None if it does not say."""
    request = _first_request(lm, text)
    try:
        response = engine.ask(host, request)
    except Overrun as error:
        raise InputError(str(error)) from error
    except lm15.ContextLengthError as error:
        raise InputError(error.message.partition("\n")[0]) from error
    except lm15.InvalidRequestError as error:
        raise ModelError(str(error)) from error
    except (lm15.LM15Error, ValueError) as error:
        raise Unreachable(str(error)) from error
    return response.usage.input_tokens or None if response.usage else None


def _first_request(lm: dspy.LM, text: str) -> lm15.Request:
    """A request with the text as system message, sampled as the model will be, its answer short."""
    names = [option.name for option in IN_REQUEST if option.kind in ("number", "whole")]
    sampling = {name: lm.kwargs[name] for name in names if name in lm.kwargs}
    config = lm15.Config(**(sampling | {"max_tokens": 16}))
    return lm15.Request(
        model=lm.model, system=text, messages=(lm15.Message.user("ready?"),), config=config
    )
