"""Ollama through its own client: an engine for dspy.LM that sends what it was told to send.

Every request carries the options by name, `think` (off unless asked for), `keep_alive`, `stream:
false`, and a wanted JSON schema as `format`. Think text never becomes part of a reply. An empty
answer, a page of HTML and a prompt that the server cut are failures. The client waits a limited
time and, on loopback, does not listen to proxy variables.

Not covered: images, tools, streaming.
"""

import json
import os
import re
import weakref
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
import ollama
from dspy import lm15

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.asking import EMPTY_ANSWER
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.text import is_blank, without_thoughts
from usersim_opt.models.hosts import HostPool
from usersim_opt.models.loading import LoadingTime
from usersim_opt.models.ollama_errors import translated
from usersim_opt.models.ollama_request import Chat
from usersim_opt.models.retry import Retry
from usersim_opt.models.sampling import (
    MACHINE_NAMES,
    OF_ENGINE,
    OF_ENGINE_NAMES,
    Options,
    check_value,
)
from usersim_opt.models.truncation import LEAST_RATE, Sent, overrun, truncation
from usersim_opt.models.wire import PooledTransport

DEFAULT_HOST = "http://localhost:11434"
CONNECT_SECONDS = 5.0
READ_SECONDS = 600.0


def host_url(host: str | None = None) -> str:
    """The server's address in one form: scheme, host, port.

    OLLAMA_HOST stands in where none is given; `/v1` is dropped. InputError for what is no address,
    and for one with a user or a password, which Ollama does not know.

    >>> host_url("gpu-box/v1"), host_url("https://[::1]:9999/")
    ('http://gpu-box:11434', 'https://[::1]:9999')
    """
    address = (host or os.environ.get("OLLAMA_HOST") or DEFAULT_HOST).strip()
    parts, port = _split(address)
    if "@" in parts.netloc:
        raise InputError(
            f"Ollama's address {_without_user(address)!r} names a user or a password, which Ollama "
            "does not know; leave them out, and give OLLAMA_API_KEY a token if something in front "
            "of it asks for one"
        )
    name = parts.hostname or "localhost"
    if name in ("0.0.0.0", "::"):  # noqa: S104 - a server that binds to all is reached on loopback
        name = "localhost"
    if parts.scheme not in ("http", "https") or re.search(r"[\s,;]", name):
        raise InputError(
            f"Ollama's address {address!r} cannot be read; expected something like gpu-box:11434"
        )
    if ":" in name:  # an IPv6 address
        name = f"[{name}]"
    return f"{parts.scheme}://{name}:{port}{parts.path.rstrip('/').removesuffix('/v1')}"


def _split(address: str) -> tuple[SplitResult, int]:
    """The parts of an address and its port; InputError for what cannot be taken apart."""
    try:
        parts = urlsplit(address if "//" in address else f"//{address}", scheme="http")
        port = parts.port
    except ValueError as error:
        raise InputError(
            f"Ollama's address {_without_user(address)!r} cannot be read; "
            "expected something like gpu-box:11434"
        ) from error
    return parts, port or (443 if parts.scheme == "https" else 11434)


def _without_user(address: str) -> str:
    """The address without what stands before its host."""
    scheme, slashes, rest = address.partition("//") if "//" in address else ("", "", address)
    return scheme + slashes + rest.rpartition("@")[2]


class EmptyAnswer(lm15.ServerError):
    """The model answered with nothing."""


class Overrun(lm15.InvalidRequestError):
    """Prompt and answer together were longer than the context."""


class OllamaEngine:
    """Answers by /api/chat of one or several hosts.

    It tries again where that can help, so DSPy need not. `options` are Ollama's own, such as
    num_ctx; InputError for one that is unknown or has no such value.
    """

    takes_schema = True

    @checks_arguments
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
        _check_options(options)
        _check_timeout(timeout)
        self.model = model
        self.think, self.keep_alive, self.options = think, keep_alive, options
        self.retry = retry or Retry()
        self.rate = LEAST_RATE
        """Tokens per character that a text has at the least; a shorter count means a cut prompt."""
        self.loading = LoadingTime()
        """What calls waited until their model was loaded."""
        self.thinks_aloud = False
        """Whether thoughts had to be taken out of an answer."""
        self.windows: dict[str, int] = {}
        """By host, the context length that it says it has loaded, as far as it was asked."""
        self._whole: Counter[str] = Counter()
        self._timeout = timeout
        addresses = [api_base] if isinstance(api_base, str | None) else api_base
        self.pool = HostPool([host_url(address) for address in addresses])
        self._clients = {host: _client(host, timeout) for host in self.pool.hosts}
        for client in self._clients.values():
            weakref.finalize(self, client.close)

    def __deepcopy__(self, memo: dict[int, Any]) -> "OllamaEngine":
        return self  # copies of a program share the connections

    def __reduce__(self) -> tuple[Any, ...]:
        """In another process the engine is made anew, once for all jobs that it does there."""
        options = json.dumps(self.options, sort_keys=True)
        windows = tuple(self.windows.items())
        settings = (self.think, self.keep_alive, self._timeout, self.retry, self.rate, windows)
        return _same_engine, (self.model, self.pool.hosts, *settings, options)

    def described(self) -> Options:
        """What a run's fingerprint should hold: the options that shape an answer."""
        own = {name: self.options[name] for name in self.options if name not in MACHINE_NAMES}
        return {"think": self.think, **own}

    def calibrate(self, rate: float) -> None:
        """From now on expect `rate` tokens per character, as measured with this model.

        A prompt of which the server reads far fewer is an error: it must have been cut.
        """
        self.rate = rate

    def client(self, host: str) -> ollama.Client:
        """The client for one of the hosts."""
        return self._clients[host]

    def complete(self, request: lm15.Request) -> lm15.Response:
        """One answer; raises lm15 errors.

        After an empty answer another seed is tried: the same one would be as empty again.
        """
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
        """The answer of the least busy host; one that is gone, sick or busy is passed over."""
        errors: dict[str, lm15.LM15Error] = {}
        while True:
            with self.pool.lease(tried=errors) as host:
                try:
                    return self.ask(host, request)
                except EmptyAnswer:
                    raise  # the host is well, the model said nothing
                except (lm15.TransportError, lm15.ServerError, lm15.RateLimitError) as error:
                    self._let_rest(host, error)
                    errors[host] = error
            if len(errors) == len(self.pool.hosts):
                raise min(errors.values(), key=_hopelessness)

    def _let_rest(self, host: str, error: lm15.LM15Error) -> None:
        """Leave a host out that is gone or sick, or that is busy and says for how long."""
        if error.retry_after:
            self.pool.rest(host, seconds=error.retry_after)
        elif not isinstance(error, lm15.RateLimitError):
            self.pool.rest(host)

    def ask(self, host: str, request: lm15.Request) -> lm15.Response:
        """One attempt at one host; raises lm15 errors."""
        chat = Chat.of(request, self.options)
        answer = self._chat(host, chat)
        self.loading.add(answer.load_duration, whole=answer.total_duration)
        sent = self._sent(host, chat, answer)
        if truncation(sent, rate=self.rate):
            sent = self._counted_again(host, chat, sent)
        self._check_length(sent)
        response = _response(self.model, request, answer)
        self.thinks_aloud |= response.text != answer.message.content
        return response

    def _chat(self, host: str, chat: Chat) -> ollama.ChatResponse:
        """The client's answer."""
        with translated(host, self.model):
            return self._clients[host].chat(
                model=self.model,
                messages=chat.messages,
                options=chat.options,
                think=self.think,
                keep_alive=self.keep_alive,
                format=chat.format,
                stream=False,
            )

    def _sent(self, host: str, chat: Chat, answer: ollama.ChatResponse) -> Sent:
        """A call in characters and in the tokens that the server counted."""
        return Sent(
            characters=chat.characters,
            read=answer.prompt_eval_count,
            written=answer.eval_count,
            num_ctx=chat.options.get("num_ctx"),
            window=self.windows.get(host),
        )

    def _counted_again(self, host: str, chat: Chat, sent: Sent) -> Sent:
        """A call whose count is suspicious, with a count that owes nothing to the prompt cache.

        The same text behind another beginning has to be read afresh. Where that shows that nothing
        was cut, the server leaves its cache out of the count, and shorter texts are whole as well.
        """
        if sent.characters <= self._whole[host]:
            return replace(sent, read=None)
        afresh = chat.afresh()
        again = self._sent(host, afresh, self._chat(host, afresh))
        if not truncation(again, rate=self.rate):
            self._whole[host] = max(self._whole[host], sent.characters)
        return replace(again, written=sent.written)

    def _check_length(self, sent: Sent) -> None:
        """An lm15 error if the server cut the prompt, or the answer ran over the context."""
        if cut := truncation(sent, rate=self.rate):
            raise lm15.ContextLengthError(f"{self.model}: {cut}")
        if over := overrun(sent):
            raise Overrun(f"{self.model}: {over}")


def _hopelessness(error: lm15.LM15Error) -> tuple[bool, float]:
    """What orders the errors of all hosts: a busy host that will soon be free comes first."""
    return not isinstance(error, lm15.RateLimitError), error.retry_after or 0.0


def _check_options(options: Options) -> None:
    """InputError for an option that Ollama does not have, or a value that is none for it."""
    if unknown := sorted(set(options) - set(OF_ENGINE_NAMES)):
        raise InputError(
            f"option {unknown[0]!r} is unknown to Ollama; "
            f"expected one of {', '.join(OF_ENGINE_NAMES)}, think, keep_alive, timeout, api_base"
        )
    for option in OF_ENGINE:
        if option.name in options:
            check_value(option, options[option.name])


def _check_timeout(timeout: float) -> None:
    """InputError unless it is a number of seconds above 0."""
    if timeout <= 0:
        raise InputError(f"timeout is {timeout!r}; expected seconds")


@cache
def _same_engine(model: str, hosts: tuple[str, ...], *rest: Any) -> OllamaEngine:
    """The engine of this process for a description."""
    think, keep_alive, timeout, retry, rate, windows, options = rest
    engine = OllamaEngine(
        model,
        api_base=hosts,
        think=think,
        keep_alive=keep_alive,
        timeout=timeout,
        retry=retry,
        **json.loads(options),
    )
    engine.calibrate(rate)
    engine.windows.update(windows)
    return engine


def is_loopback(host: str) -> bool:
    """Whether an address is on this machine, where proxy variables must not count."""
    return urlsplit(host).hostname in ("localhost", "127.0.0.1", "::1")


def _client(host: str, timeout: float) -> ollama.Client:
    """A client for a host; connecting is quick or fails, answering may take long."""
    patience = httpx.Timeout(timeout, connect=CONNECT_SECONDS)
    return ollama.Client(
        host,
        timeout=patience,
        trust_env=not is_loopback(host),
        # A redirect would take the whole conversation to a host that nobody named.
        follow_redirects=False,
        **wire_of(host),
    )


def wire_of(host: str) -> Options:
    """The client's option for our own transport, where no proxy stands between."""
    direct = is_loopback(host) or not _proxied(host)
    return {"transport": PooledTransport()} if direct else {}


def _proxied(host: str) -> bool:
    """Whether the environment wants a proxy for the host, which only httpx's own transport uses."""
    name = urlsplit(host).hostname or ""
    return bool(getproxies().get(urlsplit(host).scheme)) and not proxy_bypass(name)


def _response(model: str, request: lm15.Request, answer: ollama.ChatResponse) -> lm15.Response:
    """The client's answer in DSPy's form; EmptyAnswer if there is nothing in it."""
    text = without_thoughts(answer.message.content or "")
    if not answer.done or is_blank(text):
        why = _why_empty(answer)
        raise EmptyAnswer(f"{model} gave an empty answer: {why}", provider_code=EMPTY_ANSWER)
    return lm15.Response(
        id=None,
        model=request.model,
        message=lm15.Message.assistant([lm15.TextPart(text)]),
        finish_reason="length" if answer.done_reason == "length" else "stop",
        usage=_usage(answer),
    )


def _usage(answer: ollama.ChatResponse) -> lm15.Usage:
    """The tokens that the server says it read and wrote; 0 where it does not say."""
    read, written = answer.prompt_eval_count or 0, answer.eval_count or 0
    return lm15.Usage(input_tokens=read, output_tokens=written, total_tokens=read + written)


def _why_empty(answer: ollama.ChatResponse) -> str:
    """What the answer says of why it is empty."""
    thinking = answer.message.thinking
    if not answer.done:
        return "it was broken off"
    if answer.done_reason == "length":
        way = " by thinking; use think=False" if thinking else "; raise max_tokens"
        return f"the token limit was used up{way}"
    if thinking or answer.message.content:
        return "there is nothing but thinking"
    return "the model stopped at once"


def _reseeded(request: lm15.Request, number: int) -> lm15.Request:
    """The request with another seed after `number` empty answers."""
    config = request.config
    if number == 0 or config.seed is None:
        return request
    return replace(request, config=replace(config, seed=config.seed + number))
