"""A lean transport for httpx on the standard library's HTTP client: one kept-open connection per thread and host.

The usual transport costs most of a call's client time, which counts where dozens of threads share one interpreter.
Errors are httpx's own, so the client above notices no difference. A connection that the server has closed in the
meantime is opened again once. Not covered: HTTP/2, proxies, streaming.
"""

import http.client
import socket
import ssl
import threading
import weakref

import httpx


class ThreadTransport(httpx.BaseTransport):
    """Sends each request over the calling thread's connection to the host."""

    def __init__(self) -> None:
        self._local = threading.local()
        self._all: weakref.WeakSet[http.client.HTTPConnection] = weakref.WeakSet()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange; raises httpx errors."""
        timeout = request.extensions.get("timeout", {})
        connection, fresh = self._connection(request.url, timeout.get("connect"), timeout.get("read"))
        try:
            return self._exchange(connection, request)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError) as error:
            self._drop(connection)
            if fresh:
                raise httpx.RemoteProtocolError(str(error) or "the server closed the connection", request=request) from error
        except TimeoutError as error:
            self._drop(connection)
            raise httpx.ReadTimeout("the read operation timed out", request=request) from error
        except (OSError, http.client.HTTPException) as error:
            self._drop(connection)
            raise httpx.ReadError(str(error), request=request) from error
        return self.handle_request(request)

    def close(self) -> None:
        """Close all connections of all threads."""
        for connection in list(self._all):
            connection.close()

    def _exchange(self, connection: http.client.HTTPConnection, request: httpx.Request) -> httpx.Response:
        connection.request(request.method, request.url.raw_path.decode("ascii"), request.read(), dict(request.headers))
        answer = connection.getresponse()
        body = answer.read()
        if answer.will_close:
            self._drop(connection)
        return httpx.Response(answer.status, headers=answer.getheaders(), content=body, request=request)

    def _connection(self, url: httpx.URL, connect: float | None, read: float | None) -> tuple[http.client.HTTPConnection, bool]:
        """The thread's connection to a host, and whether it is new; httpx.ConnectError if there is none to be had."""
        known: dict[tuple[str, str, int | None], http.client.HTTPConnection] = self._local.__dict__.setdefault("known", {})
        key = (url.scheme, url.host, url.port)
        if (connection := known.get(key)) is not None and connection.sock is not None:
            return connection, False
        if url.scheme == "https":
            connection = http.client.HTTPSConnection(url.host, url.port, timeout=connect, context=ssl.create_default_context())
        else:
            connection = http.client.HTTPConnection(url.host, url.port, timeout=connect)
        try:
            connection.connect()
        except TimeoutError as error:
            raise httpx.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error
        connection.sock.settimeout(read)
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        known[key] = connection
        self._all.add(connection)
        return connection, True

    def _drop(self, connection: http.client.HTTPConnection) -> None:
        connection.close()
