"""Ollama through its own client: an engine for dspy.LM that sends what it was told to send.

Every request carries the options by name, `think` (off unless asked for), `keep_alive` and `stream: false`. Think text
never becomes part of a reply. An empty answer is a failure. The client waits a limited time and, on loopback, does not
listen to proxy variables.

A wanted JSON schema is sent as `format`.

Not covered yet: several hosts, silent truncation of long prompts.
"""

import os
import re
import weakref
from typing import Any
from urllib.parse import urlsplit

import httpx
import ollama
from dspy import lm15

DEFAULT_HOST = "http://localhost:11434"
CONNECT_SECONDS = 5.0
READ_SECONDS = 600.0

_CONFIG = {"temperature": "temperature", "top_p": "top_p", "top_k": "top_k", "seed": "seed", "max_tokens": "num_predict", "presence_penalty": "presence_penalty", "frequency_penalty": "frequency_penalty"}  # fmt: skip


def host_url(host: str | None = None) -> str:
    """The server's address in one form: scheme, host, port; OLLAMA_HOST where none is given, `/v1` dropped.

    >>> host_url("gpu-box/v1"), host_url("https://[::1]:9999/")
    ('http://gpu-box:11434', 'https://[::1]:9999')
    """
    given = (host or os.environ.get("OLLAMA_HOST") or DEFAULT_HOST).strip()
    parts = urlsplit(given if "//" in given else f"//{given}", scheme="http")
    name = parts.hostname or "localhost"
    name = "localhost" if name in ("0.0.0.0", "::") else name  # noqa: S104 - the address to reach a server that binds to all
    shown = f"[{name}]" if ":" in name else name
    return f"{parts.scheme}://{shown}:{parts.port or 11434}"


class OllamaEngine:
    """Makes one attempt per call on /api/chat; DSPy retries what is worth it."""

    takes_schema = True

    def __init__(
        self,
        model: str,
        *,
        api_base: str | None = None,
        think: bool | str = False,
        keep_alive: str | int = "30m",
        timeout: float = READ_SECONDS,
        **options: Any,
    ) -> None:
        self.model = model
        self.host = host_url(api_base)
        self.think, self.keep_alive, self.options = think, keep_alive, options
        loopback = urlsplit(self.host).hostname in ("localhost", "127.0.0.1", "::1")
        self._client = ollama.Client(self.host, timeout=httpx.Timeout(timeout, connect=CONNECT_SECONDS), trust_env=not loopback)
        weakref.finalize(self, self._client.close)

    def __deepcopy__(self, memo: dict[int, Any]) -> "OllamaEngine":
        return self  # copies of a program share the connection

    def described(self) -> dict[str, Any]:
        """What a run's fingerprint should know: the options that shape an answer."""
        return {"think": self.think, **self.options}

    def complete(self, request: lm15.Request) -> lm15.Response:
        """One answer; raises lm15 errors, of which DSPy retries server, rate limit and transport errors."""
        try:
            answer = self._client.chat(
                model=self.model,
                messages=_messages(request),
                options=self.options | _options(request.config),
                think=self.think,
                keep_alive=self.keep_alive,
                format=_format(request.config.response_format),
                stream=False,
            )
        except ollama.ResponseError as error:
            raise self._status_error(error) from error
        except (ConnectionError, httpx.ConnectError) as error:
            raise lm15.TransportError(f"no Ollama answers at {self.host}; start it with `ollama serve`, or set OLLAMA_HOST") from error
        except httpx.TimeoutException as error:
            raise lm15.TimeoutError(f"Ollama at {self.host} did not answer in time; raise `timeout`, or use a smaller model") from error
        except (httpx.HTTPError, ValueError) as error:
            raise lm15.ServerError(f"what answers at {self.host} is not Ollama ({type(error).__name__}); check the address") from error
        return self._response(request, answer)

    def _response(self, request: lm15.Request, answer: ollama.ChatResponse) -> lm15.Response:
        text = without_thoughts(answer.message.content or "")
        if not text.strip():
            why = "the token limit was used up" if answer.done_reason == "length" else "the model stopped at once"
            raise lm15.ServerError(f"{self.model} gave an empty answer: {why}")
        read, written = answer.prompt_eval_count or 0, answer.eval_count or 0
        return lm15.Response(
            id=None,
            model=request.model,
            message=lm15.Message.assistant([lm15.TextPart(text)]),
            finish_reason="length" if answer.done_reason == "length" else "stop",
            usage=lm15.Usage(input_tokens=read, output_tokens=written, total_tokens=read + written),
        )

    def _status_error(self, error: ollama.ResponseError) -> lm15.LM15Error:
        if error.status_code == 404 and "not found" in error.error and "model" in error.error:
            return lm15.InvalidRequestError(f"{self.host} has no model {self.model!r}; get it with `ollama pull {self.model}`")
        if error.status_code in (429, 503):
            return lm15.RateLimitError(f"{self.host} is busy: {error.error}")
        if error.status_code >= 500:
            return lm15.ServerError(f"{self.host}: {error.error}")
        return lm15.InvalidRequestError(f"{self.host} refused the request with {error.status_code}: {error.error}")


def without_thoughts(text: str) -> str:
    """The text without think blocks at its start, closed, unopened or never closed."""
    if "</think>" in text:
        return text.rpartition("</think>")[2]
    return re.sub(r"^\s*<think>.*", "", text, flags=re.DOTALL)


def _messages(request: lm15.Request) -> list[dict[str, str]]:
    system = [{"role": "system", "content": request.system}] if isinstance(request.system, str) else []
    return [*system, *({"role": "system" if m.role == "developer" else m.role, "content": m.text or ""} for m in request.messages)]


def _format(wanted: Any) -> Any:
    """A wanted JSON schema, or JSON at all, in the form of Ollama's `format`."""
    if not wanted:
        return None
    return wanted["schema"] if wanted.get("type") == "json_schema" else "json"


def _options(config: lm15.Config) -> dict[str, Any]:
    """The request's sampling options under Ollama's names; they go before those of the engine."""
    options = {name: getattr(config, key) for key, name in _CONFIG.items() if getattr(config, key) is not None}
    return options | ({"stop": list(config.stop)} if config.stop else {})
