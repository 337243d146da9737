"""How much of an answer is read: so long, so many bytes, and no more once it is unpacked.

A server that sends a byte now and then never reaches a socket's own limit of time, and one that
packs a thousand million zeros into a megabyte never reaches one of bytes on the wire.
"""

import io
import math
import socket
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from usersim_opt.models.deadline import seconds_until

MOST_BYTES = 8_000_000
"""Bytes of an answer, as it comes and unpacked. A long reply with its thoughts has some 100,000."""
_ANY_ZLIB, _BARE = 47, -15
"""What zlib calls gzip or deflate with a head, and deflate without one."""


class TooHeavyError(httpx.TransportError):
    """An answer has more bytes than are read."""

    def __init__(self) -> None:
        super().__init__(f"the answer has more than {MOST_BYTES:,} bytes")


@dataclass
class Limit:
    """The end of an exchange, a time of the monotonic clock, and the bytes that may still come."""

    end: float = math.inf
    bytes_left: int = MOST_BYTES


class LimitedSocket:
    """A socket as the standard library's HTTP client reads it, within a limit."""

    def __init__(self, connected: socket.socket, limit: Limit) -> None:
        self._connected, self._limit = connected, limit

    def makefile(self, mode: str) -> io.BufferedReader:
        """What is read from it."""
        return io.BufferedReader(_LimitedReader(self._connected, self._limit))


class _LimitedReader(io.RawIOBase):
    """Bytes of a socket; each read waits no longer than all of them together may take."""

    def __init__(self, connected: socket.socket, limit: Limit) -> None:
        self._connected, self._limit = connected, limit
        # This counts as a user of the socket, which stays open for as long as the answer is read.
        self._read = connected.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int | None:  # type: ignore[override]
        set_timeout(self._connected, self._limit)
        number = self._read.readinto(buffer)
        self._limit.bytes_left -= number or 0
        if self._limit.bytes_left < 0:
            raise TooHeavyError
        return number

    def close(self) -> None:
        self._read.close()
        super().close()


def set_timeout(connected: socket.socket, limit: Limit) -> None:
    """Let the next step on a socket take no longer than is left; TimeoutError where nothing is."""
    connected.settimeout(None if math.isinf(limit.end) else seconds_until(limit.end))


def unpacked(body: bytes, codings: Sequence[str]) -> bytes:
    """A body without its compression; `codings` are in the order in which they were applied.

    TooHeavyError where it grows beyond the limit, httpx.DecodingError for what cannot be unpacked.
    """
    for coding in reversed([name.strip().lower() for name in codings]):
        if coding in ("gzip", "x-gzip", "deflate"):
            body = _inflated(body)
        elif coding not in ("", "identity"):
            raise httpx.DecodingError(f"the answer is packed by {coding[:20]!r}")
    return body


def _inflated(body: bytes) -> bytes:
    try:
        return _grown(body, _ANY_ZLIB)
    except zlib.error:
        pass
    try:
        return _grown(body, _BARE)
    except zlib.error as error:
        raise httpx.DecodingError("the answer cannot be unpacked") from error


def _grown(body: bytes, form: int) -> bytes:
    unpacker = zlib.decompressobj(form)
    whole = unpacker.decompress(body, MOST_BYTES + 1)
    if len(whole) > MOST_BYTES:
        raise TooHeavyError
    return whole
