"""What an Ollama host says of itself and of a model, and whether the model can take what will be sent."""

import dspy
import httpx
import ollama
from dspy import lm15

from usersim_opt.basics.errors import InputError, ModelError, Unreachable
from usersim_opt.models.ollama import OllamaEngine, Overrun, is_loopback
from usersim_opt.models.truncation import HIGHEST_RATE, SPARE, needed_context

TINY = "Say ready."
SAFETY = 0.95
"""The measured tokens per character are lowered by this, since texts differ."""


def check_host(engine: OllamaEngine, host: str, lm: dspy.LM, *, longest: str) -> list[str]:
    """Lines of a report on one host; Unreachable, InputError or ModelError say what is wrong and what to do."""
    version = _version(host)
    client = engine.client(host)
    try:
        names = {model.model for model in client.list().models}
        if engine.model not in names and f"{engine.model}:latest" not in names:
            raise ModelError(
                f"{host} has no model {engine.model!r}; get it with `ollama pull {engine.model}`"
            )
        shown = client.show(engine.model)
    except (ollama.ResponseError, ConnectionError, httpx.HTTPError, ValueError) as error:
        raise Unreachable(
            f"{host}: does not tell about its models ({' '.join(str(error).split())[:200]})"
        ) from error
    capabilities = shown.capabilities or []
    trained = next(
        (
            int(value)
            for key, value in (shown.modelinfo or {}).items()
            if key.endswith(".context_length")
        ),
        None,
    )
    if capabilities and "completion" not in capabilities:
        raise ModelError(
            f"{engine.model}: cannot chat, it can {', '.join(capabilities)}; choose another model"
        )
    if engine.think and "thinking" not in capabilities:
        raise InputError(f"{engine.model}: does not support thinking; leave think out")
    lines = [
        f"{host}: Ollama {version}, model pulled, {'thinks if asked' if 'thinking' in capabilities else 'does not think'}"
    ]
    return [*lines, *_context(engine, host, lm, longest, trained)]


def _version(host: str) -> str:
    """Ollama's version; Unreachable if nothing answers there, or something else does."""
    try:
        answer = httpx.get(f"{host}/api/version", timeout=5.0, trust_env=not is_loopback(host))
        return str(answer.json()["version"])
    except httpx.ConnectError as error:
        raise Unreachable(
            f"no Ollama answers at {host}; start it with `ollama serve`, or set OLLAMA_HOST"
        ) from error
    except httpx.HTTPError as error:
        raise Unreachable(
            f"Ollama at {host} does not answer ({type(error).__name__}); is it busy, or is the address wrong?"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise Unreachable(f"what answers at {host} is not Ollama; check the address") from error


def _context(
    engine: OllamaEngine, host: str, lm: dspy.LM, longest: str, trained: int | None
) -> list[str]:
    """Measure tokens per character by a tiny call and one with the longest text; InputError if that does not fit."""
    tiny, cut = _tokens(engine, host, lm, TINY), 0
    if not longest or tiny is None:
        return [
            f"context: num_ctx={engine.options.get('num_ctx', 'not set: the server decides')}, model trained on {trained or 'unknown'}"
        ]
    whole = _tokens(engine, host, lm, longest)
    if whole is not None and whole > tiny:
        engine.rate = min(
            HIGHEST_RATE,
            max(engine.rate, SAFETY * (whole - tiny) / max(1, len(longest) - len(TINY))),
        )
        cut = whole
    answer = lm.kwargs.get("max_tokens") or engine.options.get("num_predict") or SPARE
    needed = needed_context(cut, answer)
    num_ctx = engine.options.get("num_ctx")
    if num_ctx is not None and cut + answer > num_ctx:
        raise InputError(
            f"{engine.model}: num_ctx={num_ctx} is too small for {cut:,} tokens of prompt and {answer} of answer; set num_ctx={needed}"
        )
    if trained is not None and cut + answer > trained:
        raise InputError(
            f"{engine.model}: was trained on {trained:,} tokens, the longest prompt and answer take {cut + answer:,}; choose another model"
        )
    told = (
        f"num_ctx={num_ctx}"
        if num_ctx
        else f"num_ctx is not set and the server decides, set num_ctx={needed}"
    )
    return [
        f"context: longest prompt {cut:,} tokens, {told}, model trained on {trained or 'unknown'}"
    ]


def _tokens(engine: OllamaEngine, host: str, lm: dspy.LM, text: str) -> int | None:
    """How many tokens the server reads of a text; None if it does not say."""
    known = {
        key: value
        for key, value in lm.kwargs.items()
        if key in ("temperature", "top_p", "top_k", "seed")
    }
    request = lm15.Request(
        model=lm.model,
        system=text,
        messages=(lm15.Message.user("ready?"),),
        config=lm15.Config(max_tokens=16, **known),
    )
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
