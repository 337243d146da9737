"""Ollama through its own client: an engine for dspy.LM that sends what it was told to send.

Every request carries the options by name, `think` (off unless asked for), `keep_alive`, `stream: false`, and a wanted JSON
schema as `format`. Think text never becomes part of a reply. An empty answer, a page of HTML and a prompt that the
server cut are failures. The client waits a limited time and, on loopback, does not listen to proxy variables.

Not covered: images, tools, streaming.
"""

import json
import os
import re
import weakref
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
import ollama
from dspy import lm15

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.text import without_thoughts
from usersim_opt.models.hosts import HostPool
from usersim_opt.models.retry import Retry
from usersim_opt.models.truncation import LEAST_RATE, Sent, overrun, truncation
from usersim_opt.models.wire import PooledTransport

DEFAULT_HOST = "http://localhost:11434"
CONNECT_SECONDS = 5.0
READ_SECONDS = 600.0

_CONFIG = {
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "seed": "seed",
    "max_tokens": "num_predict",
    "presence_penalty": "presence_penalty",
    "frequency_penalty": "frequency_penalty",
}

_MACHINE = ("num_ctx", "num_batch", "num_gpu", "main_gpu", "num_thread", "use_mmap", "numa")
"""Options of the machine: a run may go on with others."""
OPTIONS = (
    *_MACHINE,
    "num_predict",
    "num_keep",
    "min_p",
    "typical_p",
    "repeat_last_n",
    "repeat_penalty",
    "mirostat",
    "mirostat_tau",
    "mirostat_eta",
)
"""Ollama's own options, besides the sampling options that DSPy carries."""


def host_url(host: str | None = None) -> str:
    """The server's address in one form: scheme, host, port; OLLAMA_HOST where none is given, `/v1` dropped.

    >>> host_url("gpu-box/v1"), host_url("https://[::1]:9999/")
    ('http://gpu-box:11434', 'https://[::1]:9999')
    """
    given = (host or os.environ.get("OLLAMA_HOST") or DEFAULT_HOST).strip()
    try:
        parts = urlsplit(given if "//" in given else f"//{given}", scheme="http")
        port = parts.port or (443 if parts.scheme == "https" else 11434)
    except ValueError as error:
        raise InputError(
            f"Ollama's address {given!r} cannot be read ({error}); expected something like gpu-box:11434"
        ) from error
    name = parts.hostname or "localhost"
    name = "localhost" if name in ("0.0.0.0", "::") else name  # noqa: S104 - the address to reach a server that binds to all
    if parts.scheme not in ("http", "https") or re.search(r"[\s,;]", name):
        raise InputError(
            f"Ollama's address {given!r} cannot be read; expected something like gpu-box:11434"
        )
    shown = f"[{name}]" if ":" in name else name
    return f"{parts.scheme}://{shown}:{port}{parts.path.rstrip('/').removesuffix('/v1')}"


class EmptyAnswer(lm15.ServerError):
    """The model answered with nothing."""


class Overrun(lm15.InvalidRequestError):
    """Prompt and answer together were longer than the context."""


class OllamaEngine:
    """Answers by /api/chat of one or several hosts; tries again where that can help, so DSPy need not."""

    takes_schema = True

    def __init__(
        self,
        model: str,
        *,
        api_base: str | Sequence[str] | None = None,
        think: bool | str = False,
        keep_alive: str | int = "30m",
        timeout: float = READ_SECONDS,
        retry: Retry | None = None,
        **options: Any,
    ) -> None:
        if unknown := sorted(set(options) - set(OPTIONS)):
            raise InputError(
                f"option {unknown[0]!r} is unknown to Ollama; expected one of {', '.join(OPTIONS)}, think, keep_alive, timeout, api_base"
            )
        for name, value in options.items():
            if isinstance(value, bool) is not (name in ("use_mmap", "numa")) or not isinstance(
                value, int | float
            ):
                raise InputError(f"option {name} is {value!r}; expected a number")
        if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not timeout > 0:
            raise InputError(f"timeout is {timeout!r}; expected seconds")
        if not isinstance(retry, Retry | None):
            raise InputError(f"retry is {retry!r}; expected a Retry, such as Retry(attempts=5)")
        self.model = model
        self.pool = HostPool(
            [
                host_url(host)
                for host in ([api_base] if isinstance(api_base, str | None) else api_base)
            ]
        )
        self.think, self.keep_alive, self.options = think, keep_alive, options
        self.retry = retry or Retry()
        self.rate = LEAST_RATE
        """Tokens per character, set by a preflight that has measured it."""
        self._timeout = timeout
        self._clients = {host: _client(host, timeout) for host in self.pool.hosts}
        for client in self._clients.values():
            weakref.finalize(self, client.close)

    def __deepcopy__(self, memo: dict[int, Any]) -> "OllamaEngine":
        return self  # copies of a program share the connections

    def __reduce__(self) -> tuple[Any, ...]:
        """In another process the engine is made anew, once for all jobs that it does there."""
        fixed = (
            self.model,
            self.pool.hosts,
            self.think,
            self.keep_alive,
            self._timeout,
            self.retry,
            self.rate,
        )
        return _same_engine, (*fixed, json.dumps(self.options, sort_keys=True))

    def described(self) -> dict[str, Any]:
        """What a run's fingerprint should know: the options that shape an answer."""
        return {
            "think": self.think,
            **{name: value for name, value in self.options.items() if name not in _MACHINE},
        }

    def client(self, host: str) -> ollama.Client:
        """The client for one of the hosts."""
        return self._clients[host]

    def complete(self, request: lm15.Request) -> lm15.Response:
        """One answer; raises lm15 errors. After an empty answer another seed is tried: the same one would be as empty again."""
        empty = 0

        def attempt() -> lm15.Response:
            nonlocal empty
            try:
                return self._from_any_host(_reseeded(request, empty))
            except EmptyAnswer:
                empty += 1
                raise

        return self.retry.call(attempt)

    def _from_any_host(self, request: lm15.Request) -> lm15.Response:
        """The answer of the least busy host; one that is gone, sick or busy hands over to the next."""
        tried: list[str] = []
        while True:
            with self.pool.lease(tried=tried) as host:
                try:
                    return self.ask(host, request)
                except EmptyAnswer:
                    raise
                except (lm15.TransportError, lm15.ServerError, lm15.RateLimitError) as error:
                    if not isinstance(error, lm15.RateLimitError):
                        self.pool.rest(host)
                    tried.append(host)
                    if len(tried) == len(self.pool.hosts):
                        raise

    def ask(self, host: str, request: lm15.Request) -> lm15.Response:
        """One attempt at one host."""
        messages, options = _messages(request), self.options | _options(request.config)
        try:
            answer = self._clients[host].chat(
                model=self.model,
                messages=messages,
                options=options,
                think=self.think,
                keep_alive=self.keep_alive,
                format=_format(request.config.response_format),
                stream=False,
            )
        except ollama.ResponseError as error:
            raise self._status_error(host, error) from error
        except (ConnectionError, httpx.ConnectError) as error:
            raise lm15.TransportError(
                f"no Ollama answers at {host}; start it with `ollama serve`, or set OLLAMA_HOST"
            ) from error
        except httpx.TimeoutException as error:
            raise lm15.TimeoutError(
                f"Ollama at {host} did not answer in time; raise `timeout`, or use a smaller model"
            ) from error
        except httpx.HTTPError as error:
            raise lm15.TransportError(
                f"Ollama at {host} broke off ({type(error).__name__})"
            ) from error
        except ValueError as error:
            raise lm15.InvalidRequestError(
                f"what answers at {host} is not Ollama ({type(error).__name__}); check the address"
            ) from error
        return self._response(
            request, answer, sum(len(m["content"]) for m in messages), options.get("num_ctx")
        )

    def _response(
        self,
        request: lm15.Request,
        answer: ollama.ChatResponse,
        characters: int,
        num_ctx: int | None,
    ) -> lm15.Response:
        read, written = answer.prompt_eval_count, answer.eval_count
        sent = Sent(characters, read, written, num_ctx)
        if cut := truncation(sent, rate=self.rate):
            raise lm15.ContextLengthError(f"{self.model}: {cut}")
        if over := overrun(sent):
            raise Overrun(f"{self.model}: {over}")
        text = without_thoughts(answer.message.content or "")
        if not answer.done or not text.strip():
            raise EmptyAnswer(f"{self.model} gave an empty answer: {_why_empty(answer)}")
        return lm15.Response(
            id=None,
            model=request.model,
            message=lm15.Message.assistant([lm15.TextPart(text)]),
            finish_reason="length" if answer.done_reason == "length" else "stop",
            usage=lm15.Usage(
                input_tokens=read or 0,
                output_tokens=written or 0,
                total_tokens=(read or 0) + (written or 0),
            ),
        )

    def _status_error(self, host: str, error: ollama.ResponseError) -> lm15.LM15Error:
        told = " ".join(str(error.error).split())[:200]
        if error.status_code == 404 and "model" in told and "not found" in told:
            return lm15.UnsupportedModelError(
                f"{host} has no model {self.model!r}; get it with `ollama pull {self.model}`"
            )
        if "context" in told and error.status_code == 400:
            return lm15.ContextLengthError(f"{self.model}: {told}; raise num_ctx")
        if error.status_code in (429, 503):
            return lm15.RateLimitError(f"{host} is busy: {told}")
        if error.status_code >= 500 and not re.search(r'option "|template|role|query', told):
            return lm15.ServerError(f"{host}: {told}")
        return lm15.InvalidRequestError(
            f"{host} refused the request with {error.status_code}: {told}"
        )


@cache
def _same_engine(model: str, hosts: tuple[str, ...], *rest: Any) -> OllamaEngine:
    """The engine of this process for a description."""
    think, keep_alive, timeout, retry, rate, options = rest
    engine = OllamaEngine(
        model,
        api_base=hosts,
        think=think,
        keep_alive=keep_alive,
        timeout=timeout,
        retry=retry,
        **json.loads(options),
    )
    engine.rate = rate
    return engine


def is_loopback(host: str) -> bool:
    """Whether an address is on this machine, where proxy variables must not count."""
    return urlsplit(host).hostname in ("localhost", "127.0.0.1", "::1")


def _client(host: str, timeout: float) -> ollama.Client:
    wire = {"transport": PooledTransport()} if is_loopback(host) or not _proxied(host) else {}
    return ollama.Client(
        host,
        timeout=httpx.Timeout(timeout, connect=CONNECT_SECONDS),
        trust_env=not is_loopback(host),
        **wire,
    )


def _proxied(host: str) -> bool:
    """Whether the environment wants a proxy for the host, which only httpx's own transport can use."""
    name = urlsplit(host).hostname or ""
    return bool(getproxies().get(urlsplit(host).scheme)) and not proxy_bypass(name)


def _why_empty(answer: ollama.ChatResponse) -> str:
    if not answer.done:
        return "it was broken off"
    if answer.done_reason == "length":
        return "the token limit was used up" + (
            " by thinking; use think=False" if answer.message.thinking else "; raise max_tokens"
        )
    return (
        "there is nothing but thinking"
        if answer.message.thinking or answer.message.content
        else "the model stopped at once"
    )


def _reseeded(request: lm15.Request, number: int) -> lm15.Request:
    """The request with another seed after `number` empty answers."""
    if number == 0 or request.config.seed is None:
        return request
    return replace(request, config=replace(request.config, seed=request.config.seed + number))


def _messages(request: lm15.Request) -> list[dict[str, str]]:
    system = (
        [{"role": "system", "content": request.system}] if isinstance(request.system, str) else []
    )
    return [
        *system,
        *(
            {"role": "system" if m.role == "developer" else m.role, "content": m.text or ""}
            for m in request.messages
        ),
    ]


def _format(wanted: Any) -> Any:
    """A wanted JSON schema, or JSON at all, in the form of Ollama's `format`."""
    if not wanted:
        return None
    return wanted["schema"] if wanted.get("type") == "json_schema" else "json"


def _options(config: lm15.Config) -> dict[str, Any]:
    """The request's sampling options under Ollama's names; they go before those of the engine."""
    options = {
        name: getattr(config, key)
        for key, name in _CONFIG.items()
        if getattr(config, key) is not None
    }
    return options | ({"stop": list(config.stop)} if config.stop else {})
