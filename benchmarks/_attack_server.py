"""Servers that never end, send too much, or send the caller elsewhere."""

import gzip
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from _attack_endless import endless
from _attack_ways import Came, Family, Way

import usersim_opt as uso
from usersim_opt.models.limits import MOST_BYTES
from usersim_opt.models.retry import Retry
from usersim_opt.testing import OllamaServer

ALLOWED = 1.0
"""Seconds that a call may take, with all its attempts."""
LATE = 4.0
"""Seconds after which it has outlived them; the machine may be busy."""
HEAD = b"HTTP/1.1 200 OK\r\n"
ENDLESS = {
    "a body that comes byte by byte": (HEAD + b"Content-Length: 50000\r\n\r\n", b" "),
    "chunks without end": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "headers without end": (HEAD + b"A: ", b"a"),
    "100 Continue without end": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "no answer at all": (b"", b""),
}


def slow(first: bytes, then: bytes) -> Callable[[Path], Came]:
    """A way: a call to a server that never ends, in time or not."""

    def attempt(folder: Path) -> Came:
        retry = Retry(attempts=100, give_up_after=ALLOWED, longest_pause=0)
        with endless(first, then) as url:
            lm = uso.connect("ollama/m", api_base=url, timeout=60, retry=retry)
            began = time.monotonic()
            said = _error_of(lm).replace(url, "SERVER")
        return Came.of([(time.monotonic() - began < LATE and bool(said), said)])

    return attempt


def _error_of(lm: object) -> str:
    """What a call says that must fail; empty where it does not."""
    try:
        uso.UserSimulator("Rules.", lm)(scenario="s", history=[])  # type: ignore[arg-type]
    except Exception as error:  # noqa: BLE001 - what it is is looked at
        return f"{type(error).__name__}: {error}"
    return ""


def heavy(body: bytes, coding: str) -> Callable[[Path], Came]:
    """A way: an answer that is far too long, as it comes or once it is unpacked."""
    head = f"Content-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n".encode()

    def attempt(folder: Path) -> Came:
        with OllamaServer(lambda _: (200, HEAD + head + body)) as server:
            said = _error_of(uso.connect("ollama/m", api_base=server.url))
            went_well = "more than" in said or "at most" in said
            return Came.of([(went_well, said.replace(server.url, "SERVER"))])

    return attempt


def _long_reply() -> bytes:
    message = {"role": "assistant", "content": "no " * 60_000}
    return json.dumps({"model": "m", "message": message, "done": True}).encode()


def redirected(folder: Path) -> Came:
    """Every kind of redirect, to another host that writes down what it gets."""

    def tries() -> Iterator[tuple[bool, str]]:
        for status in (301, 302, 303, 307, 308):
            place = f"Location: {elsewhere.url}/api/chat\r\nContent-Length: 0\r\n\r\n"
            answer = f"HTTP/1.1 {status} Moved\r\n{place}".encode()
            with OllamaServer(lambda _, a=answer: (200, a)) as server:
                said = _error_of(uso.connect("ollama/m", api_base=server.url))
                yield not elsewhere.paths, said.replace(server.url, "SERVER")

    with OllamaServer(lambda _: (200, "stolen")) as elsewhere:
        return Came.of(tries())


WAYS = Family(
    "Servers",
    (
        *(Way(f"{name}; 1 s is allowed", slow(*sent)) for name, sent in ENDLESS.items()),
        Way("a reply of 180,000 characters", heavy(_long_reply(), "identity")),
        Way("9 MB in one answer", heavy(b" " * (MOST_BYTES + 10**6), "identity")),
        Way("9 MB packed into 9 kB", heavy(gzip.compress(b" " * (MOST_BYTES + 10**6)), "gzip")),
        Way("a redirect to another host", redirected),
    ),
)
