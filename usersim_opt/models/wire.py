"""A lean transport for httpx on the standard library's HTTP client: kept-open connections, as many as calls at a time.

The usual transport costs most of a call's client time, which counts where dozens of threads share one interpreter.
Errors are httpx's own, so the client above notices no difference. A connection that the server has closed in the
meantime is opened again once. Not covered: HTTP/2, proxies, streaming.
"""

import http.client
import socket
import ssl
from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

import httpx

Result = TypeVar("Result")
_Host = tuple[str, str, int | None]


class PooledTransport(httpx.BaseTransport):
    """Sends each request over an idle connection to the host, or a new one; safe for threads."""

    def __init__(self) -> None:
        self._idle: dict[_Host, list[http.client.HTTPConnection]] = defaultdict(list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange; raises httpx errors. Only a connection found closed before any answer is replaced, once, by a new one."""
        host = (request.url.scheme, request.url.host, request.url.port)
        connection, fresh = self._take(host, request)
        try:
            answer = _sent(connection, request)
        except _CLOSED as error:
            connection.close()
            if fresh:
                raise httpx.RemoteProtocolError(
                    str(error) or "the server closed the connection", request=request
                ) from error
            connection = _connected(host, request)
            answer = _translated(connection, request, lambda: _sent(connection, request))
        except (OSError, http.client.HTTPException) as error:
            raise _failed(connection, request, error) from error
        body = _translated(connection, request, answer.read)
        if answer.will_close:
            connection.close()
        else:
            self._idle[host].append(connection)
        return httpx.Response(
            answer.status, headers=answer.getheaders(), content=body, request=request
        )

    def close(self) -> None:
        """Close the idle connections."""
        for connections in self._idle.values():
            while connections:
                connections.pop().close()

    def _take(self, host: _Host, request: httpx.Request) -> tuple[http.client.HTTPConnection, bool]:
        """An idle connection, or a new one; list.pop and list.append are atomic, so no lock is needed."""
        try:
            return self._idle[host].pop(), False
        except IndexError:
            return _connected(host, request), True


_CLOSED = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)


def _sent(
    connection: http.client.HTTPConnection, request: httpx.Request
) -> http.client.HTTPResponse:
    """Send a request and read the head of the answer."""
    connection.request(
        request.method, request.url.raw_path.decode("ascii"), request.read(), dict(request.headers)
    )
    return connection.getresponse()


def _translated(
    connection: http.client.HTTPConnection, request: httpx.Request, step: Callable[[], Result]
) -> Result:
    """The result of a step, its errors as httpx's; the connection is closed then."""
    try:
        return step()
    except (OSError, http.client.HTTPException) as error:
        raise _failed(connection, request, error) from error


def _failed(
    connection: http.client.HTTPConnection, request: httpx.Request, error: Exception
) -> httpx.TransportError:
    connection.close()
    if isinstance(error, TimeoutError):
        return httpx.ReadTimeout("the read operation timed out", request=request)
    if isinstance(error, _CLOSED):
        return httpx.RemoteProtocolError(
            str(error) or "the server closed the connection", request=request
        )
    return httpx.ReadError(str(error), request=request)


def _connected(host: _Host, request: httpx.Request) -> http.client.HTTPConnection:
    """A new connection; httpx.ConnectError or ConnectTimeout if there is none to be had."""
    scheme, name, given = host
    port = given or (443 if scheme == "https" else 80)
    timeout = request.extensions.get("timeout", {})
    if scheme == "https":
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            name, port, timeout=timeout.get("connect"), context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(name, port, timeout=timeout.get("connect"))
    try:
        connection.connect()
    except TimeoutError as error:
        raise httpx.ConnectTimeout(str(error), request=request) from error
    except OSError as error:
        raise httpx.ConnectError(str(error), request=request) from error
    connection.sock.settimeout(timeout.get("read"))
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection
