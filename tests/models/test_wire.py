import gzip
import json
import socket
import threading
import zlib
from contextlib import contextmanager, suppress
from functools import partialmethod

import httpx
import pytest
from dspy.utils.exceptions import LMInvalidRequestError, LMTimeoutError
from ollama_server import OllamaServer, chat_answer, ollama, own_port

import usersim_opt as uso
from usersim_opt.models import limits, wire
from usersim_opt.models.deadline import end_within, until
from usersim_opt.models.retry import Retry
from usersim_opt.models.wire import PooledTransport


def opened(monkeypatch):
    """A list that grows with every new connection."""

    made, connect = [], wire._connected
    monkeypatch.setattr(wire, "_connected", lambda *args: made.append(1) or connect(*args))
    return made


def test_connections_are_kept_open_and_used_again(monkeypatch):
    made = opened(monkeypatch)
    with ollama("fine") as server:
        lm = uso.connect("ollama/m", api_base=server.url)
        for _ in range(5):
            assert lm("hi") == ["fine"]
    assert len(made) == 1


def test_a_connection_that_the_server_closed_is_opened_again(monkeypatch):
    made = opened(monkeypatch)
    with own_port() as port:
        with OllamaServer(lambda body: (200, chat_answer("fine")), port=port) as server:
            lm = uso.connect("ollama/m", api_base=server.url)
            lm("hi")
        with OllamaServer(lambda body: (200, chat_answer("again")), port=port):
            assert lm("hi") == ["again"]
    assert len(made) == 2


def test_its_errors_are_httpx_s_own():
    with httpx.Client(transport=PooledTransport(), timeout=60) as client:
        with pytest.raises(httpx.ConnectError):
            client.get("http://127.0.0.1:9/")
        with pytest.raises(httpx.ConnectError):
            client.get("https://127.0.0.1:9/")
        with ollama(lambda body: (200, None)) as server, pytest.raises(httpx.RemoteProtocolError):
            client.post(f"{server.url}/api/chat", json={})
        with ollama("late", server={"delay": 600}) as server, pytest.raises(httpx.ReadTimeout):
            client.post(f"{server.url}/api/chat", json={}, timeout=0.2)


HEAD = b"HTTP/1.1 200 OK\r\n"
ENDLESS = {
    "a body byte by byte": (HEAD + b"Content-Length: 50000\r\n\r\n", b" "),
    "a body without a length": (HEAD + b"\r\n", b" "),
    "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "a chunk's size": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "trailers": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"A: b\r\n"),
    "a status line": (b"HTTP/1.1 ", b"2"),
    "a header": (HEAD + b"A: ", b"a"),
    "100 Continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "nothing at all": (b"", b""),
}
"""What a server sends first, and then again and again."""


@contextmanager
def endless(first, then, *, pause):
    """The address of a server that never comes to an end."""

    def serve():
        with suppress(OSError):
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(first)
                while not over.wait(pause):
                    connection.sendall(then)

    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        serving = threading.Thread(target=serve)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            over.set()
            serving.join()


@pytest.mark.parametrize("what", ENDLESS)
def test_whatever_comes_without_end_ends_in_time(what):
    with (
        endless(*ENDLESS[what], pause=0.02) as url,
        httpx.Client(transport=PooledTransport(), timeout=0.3) as client,
        pytest.raises(httpx.ReadTimeout),
    ):
        client.get(url)


@pytest.mark.parametrize("what", ["chunks", "a body without a length", "100 Continue"])
def test_whatever_comes_without_end_and_fast_ends_at_the_most_bytes(what, monkeypatch):
    monkeypatch.setattr(
        limits.Limit, "__init__", partialmethod(limits.Limit.__init__, bytes_left=50_000)
    )
    first, then = ENDLESS[what]
    with (
        endless(first, then * 1000, pause=0.001) as url,
        httpx.Client(transport=PooledTransport(), timeout=60) as client,
        pytest.raises(limits.TooHeavyError),
    ):
        client.get(url)


def test_the_end_of_a_call_holds_for_every_attempt():
    with (
        endless(b"", b"", pause=0.02) as url,
        httpx.Client(transport=PooledTransport(), timeout=60) as client,
        until(end_within(0.3)),
        pytest.raises(httpx.ReadTimeout),
    ):
        client.get(url)


def test_a_call_ends_with_all_its_attempts_where_its_time_is_over():
    retry = Retry(attempts=50, give_up_after=0.5, longest_pause=0)
    with endless(HEAD + b"\r\n", b" ", pause=0.02) as url:
        lm = uso.connect("ollama/m", api_base=url, timeout=60, retry=retry)
        with pytest.raises(LMTimeoutError, match="did not answer in time"):
            lm("hi")


PACKED = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "x-gzip": gzip.compress,
    "gzip, gzip": lambda body: gzip.compress(gzip.compress(body)),
    "deflate, gzip": lambda body: gzip.compress(zlib.compress(body)),
    "identity": lambda body: body,
}


def raw(body, coding):
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}"
    return f"{head}\r\nContent-Type: application/json\r\n\r\n".encode() + body


@pytest.mark.parametrize("coding", PACKED)
def test_a_packed_answer_is_read_and_one_that_is_a_bomb_is_refused(coding):
    body = json.dumps(chat_answer("fine")).encode()
    bomb = b" " * (limits.MOST_BYTES + 1)
    answers = iter([body, bomb])
    with ollama(lambda _: (200, raw(PACKED[coding](next(answers)), coding))) as server:
        lm = uso.connect("ollama/m", api_base=server.url)
        assert lm("hi") == ["fine"]
        with pytest.raises(LMInvalidRequestError, match="more than 8,000,000 bytes"):
            lm("hi")
    assert len(server.bodies) == 2


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_an_answer_that_cannot_be_unpacked_is_an_error_in_words(coding):
    with ollama(lambda _: (200, raw(b"no gzip at all", coding))) as server:
        lm = uso.connect("ollama/m", api_base=server.url)
        with pytest.raises(LMInvalidRequestError, match="packed by 'br'|cannot be unpacked"):
            lm("hi")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_does_not_take_the_story_along(status):
    with ollama("stolen") as elsewhere:
        moved = f"HTTP/1.1 {status} Moved\r\nLocation: {elsewhere.url}/api/chat\r\n"
        answer = (moved + "Content-Length: 0\r\n\r\n").encode()
        with ollama(lambda _: (status, answer)) as server:
            lm = uso.connect("ollama/m", api_base=server.url)
            with pytest.raises(LMInvalidRequestError, match="sends its callers to '127.0.0.1'"):
                lm("the private story")
    assert elsewhere.paths == []


def test_it_behaves_as_httpx_s_transport_does():
    with ollama("fine") as server:
        answers = []
        for transport in (PooledTransport(), httpx.HTTPTransport()):
            with httpx.Client(transport=transport) as client:
                answer = client.post(f"{server.url}/api/chat", json={"messages": []})
                missing = client.get(f"{server.url}/nowhere")
                answers.append(
                    (
                        answer.status_code,
                        answer.json(),
                        answer.headers["content-type"],
                        missing.status_code,
                        missing.text,
                    )
                )
        assert answers[0] == answers[1]


def test_a_call_is_sent_twice_at_the_most():
    with ollama(
        lambda body: (200, chat_answer("fine") if len(server.bodies) < 4 else None)
    ) as server:
        with httpx.Client(transport=PooledTransport(), timeout=60) as client:
            for _ in range(3):
                client.post(f"{server.url}/api/chat", json={})
            with pytest.raises(httpx.RemoteProtocolError):
                client.post(f"{server.url}/api/chat", json={})
        assert len(server.bodies) <= 5
