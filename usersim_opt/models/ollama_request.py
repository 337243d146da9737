"""A request of DSPy's in the form that Ollama takes."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from dspy import lm15

from usersim_opt.models.sampling import IN_REQUEST, Options, SamplingOption


@dataclass(frozen=True)
class Chat:
    """What a host is sent."""

    messages: list[dict[str, str]]
    options: Options
    format: Any

    @classmethod
    def of(cls, request: lm15.Request, options: Options) -> "Chat":
        """A request of DSPy's; its own options go before `options`, those of the engine."""
        all_options = options | _options(request.config)
        return cls(_messages(request), all_options, _format(request.config.response_format))

    @property
    def characters(self) -> int:
        """Of all messages together."""
        return sum(len(message["content"]) for message in self.messages)

    def afresh(self) -> "Chat":
        """The same prompt behind a first word that no prompt had before; the answer is short."""
        first, *others = self.messages
        beginning = first | {"content": f"{uuid4().hex[:12]} {first['content']}"}
        return Chat([beginning, *others], self.options | {"num_predict": 1}, None)


def _messages(request: lm15.Request) -> list[dict[str, str]]:
    """The messages as Ollama takes them, the system message first."""
    messages = []
    if isinstance(request.system, str):
        messages.append({"role": "system", "content": request.system})
    for message in request.messages:
        role = "system" if message.role == "developer" else message.role
        messages.append({"role": role, "content": message.text or ""})
    return messages


def _format(wanted: Any) -> Any:
    """A wanted JSON schema, or JSON at all, in the form of Ollama's `format`."""
    if not wanted:
        return None
    return wanted["schema"] if wanted.get("type") == "json_schema" else "json"


def _options(config: lm15.Config) -> Options:
    """The request's sampling options under Ollama's names; they go before those of the engine."""
    options = {}
    for option in IN_REQUEST:
        value = _value(config, option)
        if value is not None:
            options[option.ollama or option.name] = value
    return options


def _value(config: lm15.Config, option: SamplingOption) -> Any:
    """An option's value in a request; None if it is not set, as an empty list is not."""
    value = getattr(config, option.name)
    if option.kind == "texts":
        return list(value) if value else None
    return value
