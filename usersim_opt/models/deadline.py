"""Until when a call may last, whatever it is made of: attempts, connections, heads and bodies.

with until(time.monotonic() + 60):   # around all attempts of a call
...
end = end_within(10)                 # in an attempt: 10 s from now, or the end of the call
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_END: ContextVar[float] = ContextVar("end", default=math.inf)


@contextmanager
def until(end: float) -> Iterator[None]:
    """Let the call of this thread end at a time of the monotonic clock, or where it does anyway."""
    token = _END.set(min(end, _END.get()))
    try:
        yield
    finally:
        _END.reset(token)


def end_within(seconds: float | None) -> float:
    """The time of the monotonic clock at which an attempt that may take so many seconds ends.

    None stands for no limit of its own.
    """
    own = math.inf if seconds is None else time.monotonic() + seconds
    return min(own, _END.get())


def seconds_until(end: float) -> float:
    """The seconds that are left; TimeoutError where none are."""
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("the answer did not end in time")
    return left
