"""How long calls waited for a server that had to load their model first."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from usersim_opt.basics.asking import engine_of

LEAST = 0.5
"""Seconds below which a server had the model in memory: it always tells some milliseconds."""


@dataclass(frozen=True)
class Waited:
    """Seconds that were waited for loading, of all calls together and of the one with the most."""

    together: float = 0.0
    longest: float = 0.0


class LoadingTime:
    """Adds up what a server says that loading took; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.waited = Waited()

    def add(self, nanoseconds: int | None) -> None:
        """Take in what the server says of one call."""
        seconds = (nanoseconds or 0) / 1e9
        if seconds < LEAST:
            return
        with self._lock:
            so_far = self.waited
            self.waited = Waited(so_far.together + seconds, max(so_far.longest, seconds))


def waited_for(lms: Iterable[Any]) -> Waited:
    """What calls of some models have waited so far; nothing where no engine of ours counts it."""
    engines = {id(engine): engine for engine in map(engine_of, lms)}
    times = [getattr(engine, "loading", None) for engine in engines.values()]
    waits = [each.waited for each in times if isinstance(each, LoadingTime)]
    together = sum(each.together for each in waits)
    return Waited(together, max((each.longest for each in waits), default=0.0))
