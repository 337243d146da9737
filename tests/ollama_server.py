"""The loopback server as tests like it: one text for everything, or a function."""

from contextlib import contextmanager

from usersim_opt.models.loopback import OllamaServer, chat_answer

__all__ = ["OllamaServer", "chat_answer", "ollama"]


@contextmanager
def ollama(reply="no, thursday", *, server=None, **fields):
    """A server that answers every chat with one text, or by a function of the request.

    `server` holds options of the server itself.
    """
    answer = reply if callable(reply) else lambda body: (200, chat_answer(reply, **fields))
    with OllamaServer(answer, **(server or {})) as running:
        yield running
