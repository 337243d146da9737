"""Errors of Ollama's client as lm15 errors, which say whether another attempt can help."""

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx
import ollama
from dspy import lm15

from usersim_opt.models.limits import TooHeavyError


@contextmanager
def translated(host: str, model: str) -> Iterator[None]:
    """What a call of the client to a host raises, as an lm15 error."""
    try:
        yield
    except ollama.ResponseError as error:
        raise _status_error(host, model, error) from error
    except (ConnectionError, httpx.ConnectError) as error:
        raise lm15.TransportError(
            f"no Ollama answers at {host}; start it with `ollama serve`, or set OLLAMA_HOST"
        ) from error
    except httpx.TimeoutException as error:
        raise lm15.TimeoutError(
            f"Ollama at {host} did not answer in time; raise `timeout`, or use a smaller model"
        ) from error
    except (TooHeavyError, httpx.DecodingError) as error:
        raise lm15.InvalidRequestError(f"Ollama at {host}: {error}") from error
    except httpx.HTTPError as error:
        raise lm15.TransportError(f"Ollama at {host} broke off ({type(error).__name__})") from error
    except ValueError as error:
        raise lm15.InvalidRequestError(
            f"what answers at {host} is not Ollama ({type(error).__name__}); check the address"
        ) from error


_LASTING = re.compile(r'option "|template|role|query')
"""What an error of the server's speaks of where the same request would fail again."""


def _status_error(host: str, model: str, error: ollama.ResponseError) -> lm15.LM15Error:
    """The lm15 error for an answer with a status that is no success."""
    status, said = error.status_code, " ".join(str(error.error).split())[:200]
    if 300 <= status < 400:
        return lm15.InvalidRequestError(
            f"{host} sends its callers to {_place(error)}, where nothing was sent; "
            "give the address of Ollama itself"
        )
    if status == 404 and "model" in said and "not found" in said:
        return lm15.UnsupportedModelError(
            f"{host} has no model {model!r}; get it with `ollama pull {model}`"
        )
    if status == 400 and "context" in said:
        return lm15.ContextLengthError(f"{model}: {said}; raise num_ctx")
    wait = _retry_after(error)
    if status in (429, 503):
        return lm15.RateLimitError(f"{host} is busy{_in_words(wait)}: {said}", retry_after=wait)
    if status >= 500 and not _LASTING.search(said):
        return lm15.ServerError(f"{host}: {said}", retry_after=wait)
    return lm15.InvalidRequestError(f"{host} refused the request with {status}: {said}")


def _retry_after(error: ollama.ResponseError) -> float | None:
    """Seconds for which the host sends us away; None if it does not say."""
    return seconds_to_wait(_header(error, "retry-after"))


def _place(error: ollama.ResponseError) -> str:
    """The host that a redirect names."""
    with suppress(ValueError):
        if host := urlsplit(_header(error, "location")).hostname:
            return repr(host)
    return "another address"


def _header(error: ollama.ResponseError, name: str) -> str:
    """A header of the answer; empty where it has none."""
    # The client's own error has no headers, but was raised while it handled the one that has.
    answer = getattr(error.__context__, "response", None)
    found = answer.headers.get(name) if isinstance(answer, httpx.Response) else None
    return found or ""


def seconds_to_wait(header: str, *, now: datetime | None = None) -> float | None:
    """The seconds of a Retry-After header, a number or an HTTP date; None for any other text.

    Numbers below 0 and dates that have passed are None: they say nothing.
    """
    try:
        seconds = float(header)
    except ValueError:
        seconds = _until(header, now or datetime.now(UTC))
    return seconds if math.isfinite(seconds) and seconds > 0 else None


def _until(date: str, now: datetime) -> float:
    """The seconds until an HTTP date; 0 for what is no date."""
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return 0.0
    # A date without a zone is in UTC, as HTTP has it.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now.timestamp()


def _in_words(wait: float | None) -> str:
    return f" and asks for {wait:,.0f} s of patience" if wait else ""
