"""The loopback server as tests like it: one text for everything, or a function."""

import socket
import sys
from contextlib import contextmanager

from usersim_opt.models.loopback import OllamaServer, chat_answer

__all__ = ["OllamaServer", "chat_answer", "ollama", "own_port"]


@contextmanager
def ollama(reply="no, thursday", *, server=None, **fields):
    """A server that answers every chat with one text, or by a function of the request.

    `server` holds options of the server itself.
    """
    answer = reply if callable(reply) else lambda body: (200, chat_answer(reply, **fields))
    with OllamaServer(answer, **(server or {})) as running:
        yield running


@contextmanager
def own_port():
    """A port of this test for servers that go and come back.

    While none runs, connections to it are refused. A port that is only free may be somebody else's
    before the server is back.
    """
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        if sys.platform != "linux":
            held.close()  # elsewhere no server may bind beside it
        yield port
