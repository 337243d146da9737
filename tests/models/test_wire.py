import socket
import threading
import time
from contextlib import suppress

import httpx
import pytest
from ollama_server import OllamaServer, chat_answer, ollama, own_port

import usersim_opt as uso
from usersim_opt.models import wire
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


def test_an_answer_that_comes_byte_by_byte_ends_in_time():
    def drip(server):
        connection, _ = server.accept()
        with connection, suppress(OSError):
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n")
            while True:
                connection.sendall(b" ")
                time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as server:
        dripping = threading.Thread(target=drip, args=[server], daemon=True)
        dripping.start()
        with (
            httpx.Client(transport=PooledTransport(), timeout=0.5) as client,
            pytest.raises(httpx.ReadTimeout),
        ):
            client.get(f"http://127.0.0.1:{server.getsockname()[1]}/")
        dripping.join()


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
