"""Whether this process is being left after Ctrl-C: calls under way end, none is tried again.

    with leaving():            # in the thread that was interrupted, while it waits for the others
        ...
    if is_left_within(pause):  # in the others, in place of a sleep between two attempts
        raise

Ctrl-C is for the process, so this holds for all its threads.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

_LEFT = Event()


@contextmanager
def leaving() -> Iterator[None]:
    """Let nobody begin another attempt while this lasts."""
    _LEFT.set()
    try:
        yield
    finally:
        _LEFT.clear()


def is_left_within(seconds: float) -> bool:
    """Wait so many seconds; True at once where the process is being left, or begins to be."""
    return _LEFT.wait(seconds)
