"""A lean transport for httpx on the standard library's HTTP client.

It keeps as many connections open as there are calls at a time. The usual transport costs most of a
call's client time, which counts where dozens of threads share one interpreter. Errors are httpx's
own, so the client above notices no difference. A connection that the server has closed in the
meantime is opened again once.

The time that is allowed for a read holds for the whole exchange, and so does the end of the call
(deadline.py); no more is read than limits.py allows.

Not covered: HTTP/2, proxies, streaming.
"""

import math
import socket
import ssl
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from http.client import (
    HTTPConnection,
    HTTPException,
    HTTPResponse,
    HTTPSConnection,
    IncompleteRead,
    RemoteDisconnected,
)
from typing import Any

import httpx

from usersim_opt.models.deadline import end_within, seconds_until
from usersim_opt.models.limits import Limit, LimitedSocket, TooHeavyError, set_timeout, unpacked

_Host = tuple[str, str, int | None]


class PooledTransport(httpx.BaseTransport):
    """Sends each request over an idle connection to the host, or a new one; safe for threads."""

    def __init__(self) -> None:
        self._idle: dict[_Host, list[HTTPConnection]] = defaultdict(list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange; raises httpx errors."""
        host = (request.url.scheme, request.url.host, request.url.port)
        limit = Limit(end_within(_timeouts(request).get("read")))
        connection, answer = self._exchange(host, request, limit)
        with _errors(connection, request), closing(answer):
            body = _body(answer)
        if answer.will_close:
            connection.close()
        else:
            self._idle[host].append(connection)
        return _response(answer, body, request)

    def _exchange(
        self, host: _Host, request: httpx.Request, limit: Limit
    ) -> tuple[HTTPConnection, HTTPResponse]:
        """The connection that a request went over, and the head of the answer.

        Servers close connections that are idle for long. Such a one shows only when the next
        request goes over it, so that request alone is sent again, once, over a new connection.
        """
        connection, fresh = self._take(host, request, limit)
        try:
            return connection, _sent(connection, request, limit)
        except _CLOSED as error:
            if fresh:
                raise _failed(connection, request, error) from error
            connection.close()
        except _FAILURES as error:
            raise _failed(connection, request, error) from error
        connection = _connected(host, request, limit)
        with _errors(connection, request):
            return connection, _sent(connection, request, limit)

    def close(self) -> None:
        """Close the idle connections."""
        for connections in self._idle.values():
            while connections:
                connections.pop().close()

    def _take(
        self, host: _Host, request: httpx.Request, limit: Limit
    ) -> tuple[HTTPConnection, bool]:
        """A connection, and whether it is new; an idle one is taken where there is one."""
        # list.pop and list.append are atomic, so no lock is needed.
        try:
            return self._idle[host].pop(), False
        except IndexError:
            return _connected(host, request, limit), True


_AT_ONCE = 65_536
"""Bytes that are read in one step."""


def _body(answer: HTTPResponse) -> bytes:
    """The whole body, as it came."""
    parts = []
    while part := answer.read1(_AT_ONCE):
        parts.append(part)
    if answer.length:
        # The server has closed the connection before it sent all that it had promised.
        raise IncompleteRead(b"".join(parts), answer.length)
    # Nothing is left to read; but only this frees the connection.
    return b"".join([*parts, answer.read()])


def _response(answer: HTTPResponse, body: bytes, request: httpx.Request) -> httpx.Response:
    """The answer as httpx has it, unpacked here: there it would be so without a limit."""
    headers = httpx.Headers(answer.getheaders())
    codings = headers.pop("content-encoding", "").split(",")
    try:
        content = unpacked(body, codings)
    except httpx.RequestError as error:
        error.request = request
        raise
    return httpx.Response(answer.status, headers=headers, content=content, request=request)


_CLOSED = (RemoteDisconnected, ConnectionResetError, BrokenPipeError)
_FAILURES = (OSError, HTTPException, TooHeavyError)


def _sent(connection: HTTPConnection, request: httpx.Request, limit: Limit) -> HTTPResponse:
    """Send a request and read the head of the answer."""
    set_timeout(connection.sock, limit)
    connection.response_class = partial(_answer, limit)  # type: ignore[assignment]
    path = request.url.raw_path.decode("ascii")
    connection.request(request.method, path, request.read(), dict(request.headers))
    return connection.getresponse()


def _answer(limit: Limit, connected: socket.socket, *args: Any, **named: Any) -> HTTPResponse:
    """The answer that a connection reads, within the limit."""
    limited: Any = LimitedSocket(connected, limit)
    return HTTPResponse(limited, *args, **named)


@contextmanager
def _errors(connection: HTTPConnection, request: httpx.Request) -> Iterator[None]:
    """Errors of the standard library as httpx's; the connection is closed then."""
    try:
        yield
    except _FAILURES as error:
        raise _failed(connection, request, error) from error


def _failed(
    connection: HTTPConnection, request: httpx.Request, error: Exception
) -> httpx.TransportError:
    """The error as httpx's; the connection is closed."""
    connection.close()
    if isinstance(error, TooHeavyError):
        error.request = request
        return error
    if isinstance(error, TimeoutError):
        return httpx.ReadTimeout("the read operation timed out", request=request)
    if isinstance(error, _CLOSED):
        return httpx.RemoteProtocolError(
            str(error) or "the server closed the connection", request=request
        )
    return httpx.ReadError(str(error), request=request)


def _timeouts(request: httpx.Request) -> dict[str, float | None]:
    """The seconds that a request allows for connecting, reading and so on."""
    timeouts: dict[str, float | None] = request.extensions.get("timeout", {})
    return timeouts


def _connected(host: _Host, request: httpx.Request, limit: Limit) -> HTTPConnection:
    """A new connection; httpx.ConnectError or ConnectTimeout if there is none to be had."""
    end = min(limit.end, end_within(_timeouts(request).get("connect")))
    try:
        connection = _unopened(host, None if math.isinf(end) else seconds_until(end))
        connection.connect()
    except TimeoutError as error:
        raise httpx.ConnectTimeout(str(error), request=request) from error
    except OSError as error:
        raise httpx.ConnectError(str(error), request=request) from error
    # Head and body go out in two small writes; Nagle's algorithm would hold back the second.
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _unopened(host: _Host, timeout: float | None) -> HTTPConnection:
    """The connection for a host's scheme, not connected yet."""
    scheme, name, port = host
    if scheme == "https":
        context = ssl.create_default_context()
        return HTTPSConnection(name, port or 443, timeout=timeout, context=context)
    return HTTPConnection(name, port or 80, timeout=timeout)
