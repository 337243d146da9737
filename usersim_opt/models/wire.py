"""A lean transport for httpx on the standard library's HTTP client.

It keeps as many connections open as there are calls at a time. The usual transport costs most of a
call's client time, which counts where dozens of threads share one interpreter. Errors are httpx's
own, so the client above notices no difference. A connection that the server has closed in the
meantime is opened again once.

Not covered: HTTP/2, proxies, streaming.
"""

import math
import socket
import ssl
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import (
    HTTPConnection,
    HTTPException,
    HTTPResponse,
    HTTPSConnection,
    IncompleteRead,
    RemoteDisconnected,
)

import httpx

_Host = tuple[str, str, int | None]


class PooledTransport(httpx.BaseTransport):
    """Sends each request over an idle connection to the host, or a new one; safe for threads."""

    def __init__(self) -> None:
        self._idle: dict[_Host, list[HTTPConnection]] = defaultdict(list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange; raises httpx errors."""
        host = (request.url.scheme, request.url.host, request.url.port)
        connection, answer = self._exchange(host, request)
        with _errors(connection, request):
            body = _body(answer, request)
        if answer.will_close:
            connection.close()
        else:
            self._idle[host].append(connection)
        headers = answer.getheaders()
        return httpx.Response(answer.status, headers=headers, content=body, request=request)

    def _exchange(self, host: _Host, request: httpx.Request) -> tuple[HTTPConnection, HTTPResponse]:
        """The connection that a request went over, and the head of the answer.

        Servers close connections that are idle for long. Such a one shows only when the next
        request goes over it, so that request alone is sent again, once, over a new connection.
        """
        connection, fresh = self._take(host, request)
        try:
            return connection, _sent(connection, request)
        except _CLOSED as error:
            if fresh:
                raise _failed(connection, request, error) from error
            connection.close()
        except (OSError, HTTPException) as error:
            raise _failed(connection, request, error) from error
        connection = _connected(host, request)
        with _errors(connection, request):
            return connection, _sent(connection, request)

    def close(self) -> None:
        """Close the idle connections."""
        for connections in self._idle.values():
            while connections:
                connections.pop().close()

    def _take(self, host: _Host, request: httpx.Request) -> tuple[HTTPConnection, bool]:
        """A connection, and whether it is new; an idle one is taken where there is one."""
        # list.pop and list.append are atomic, so no lock is needed.
        try:
            return self._idle[host].pop(), False
        except IndexError:
            return _connected(host, request), True


_AT_ONCE = 65_536
"""Bytes that are read in one step."""


def _body(answer: HTTPResponse, request: httpx.Request) -> bytes:
    """The whole body; TimeoutError where it takes longer than the time allowed for a read.

    The socket's own limit holds for each byte: a server that sends one now and then would never
    reach it.
    """
    seconds = request.extensions.get("timeout", {}).get("read")
    end = math.inf if seconds is None else time.monotonic() + seconds
    parts = []
    while part := answer.read1(_AT_ONCE):
        parts.append(part)
        if time.monotonic() > end:
            raise TimeoutError("the answer did not end in time")
    if answer.length:
        # The server has closed the connection before it sent all that it had promised.
        raise IncompleteRead(b"".join(parts), answer.length)
    # Nothing is left to read; but only this frees the connection.
    return b"".join([*parts, answer.read()])


_CLOSED = (RemoteDisconnected, ConnectionResetError, BrokenPipeError)


def _sent(connection: HTTPConnection, request: httpx.Request) -> HTTPResponse:
    """Send a request and read the head of the answer."""
    path = request.url.raw_path.decode("ascii")
    connection.request(request.method, path, request.read(), dict(request.headers))
    return connection.getresponse()


@contextmanager
def _errors(connection: HTTPConnection, request: httpx.Request) -> Iterator[None]:
    """Errors of the standard library as httpx's; the connection is closed then."""
    try:
        yield
    except (OSError, HTTPException) as error:
        raise _failed(connection, request, error) from error


def _failed(
    connection: HTTPConnection, request: httpx.Request, error: Exception
) -> httpx.TransportError:
    """The error as httpx's; the connection is closed."""
    connection.close()
    if isinstance(error, TimeoutError):
        return httpx.ReadTimeout("the read operation timed out", request=request)
    if isinstance(error, _CLOSED):
        return httpx.RemoteProtocolError(
            str(error) or "the server closed the connection", request=request
        )
    return httpx.ReadError(str(error), request=request)


def _connected(host: _Host, request: httpx.Request) -> HTTPConnection:
    """A new connection; httpx.ConnectError or ConnectTimeout if there is none to be had."""
    timeout = request.extensions.get("timeout", {})
    connection = _unopened(host, timeout.get("connect"))
    try:
        connection.connect()
    except TimeoutError as error:
        raise httpx.ConnectTimeout(str(error), request=request) from error
    except OSError as error:
        raise httpx.ConnectError(str(error), request=request) from error
    connection.sock.settimeout(timeout.get("read"))
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
