"""How long calls waited for a server that had to load their model first."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from usersim_opt.basics.asking import engine_of
from usersim_opt.basics.figures import many
from usersim_opt.basics.showing import visibly

LEAST = 0.5
"""Seconds below which a server had the model in memory: it always tells some milliseconds."""


@dataclass(frozen=True)
class Waited:
    """Seconds that were waited for loading, of all calls together and of the one with the most."""

    together: float = 0.0
    longest: float = 0.0


@dataclass(frozen=True)
class Loads:
    """How often models were loaded; calls that waited at the same time waited for one load."""

    number: int = 0
    seconds: float = 0.0
    """What the loads took together, by the clock."""
    first: float = 0.0
    """Those of them in which a model was loaded for the first time: it may stay from then on."""

    @visibly
    def __str__(self) -> str:
        return f"{many(self.number, 'load')}, {self.seconds:.0f} s" if self.number else ""


@dataclass(frozen=True)
class _Span:
    """When a load began and ended, in seconds of the clock."""

    began: float
    ended: float

    @property
    def seconds(self) -> float:
        return self.ended - self.began

    def meets(self, other: "_Span") -> bool:
        """Whether the two have a time in common."""
        return self.began < other.ended and other.began < self.ended

    def joined(self, other: "_Span") -> "_Span":
        """From the earlier beginning to the later end."""
        return _Span(min(self.began, other.began), max(self.ended, other.ended))


class LoadingTime:
    """Adds up what a server says that loading took; safe for threads. `clock` is in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._clock = clock
        self._spans: tuple[_Span, ...] = ()
        self.waited = Waited()

    def add(self, nanoseconds: int | None, *, whole: int | None = None) -> None:
        """Take in what the server says of a call that has just been answered.

        That is how long it loaded and how long the call took as a `whole`, in nanoseconds.
        """
        seconds = (nanoseconds or 0) / 1e9
        if seconds < LEAST:
            return
        began = self._clock() - max(seconds, (whole or 0) / 1e9)
        with self._lock:
            so_far = self.waited
            self.waited = Waited(so_far.together + seconds, max(so_far.longest, seconds))
            self._spans = _with(self._spans, _Span(began, began + seconds))

    def since(self, moment: float) -> Loads:
        """The loads that ended after a moment of the clock."""
        spans = self._spans
        later = [span.seconds for span in spans if span.ended > moment]
        first = sum(span.seconds for span in spans[:1] if span.ended > moment)
        return Loads(len(later), sum(later), first)


def _with(spans: tuple[_Span, ...], span: _Span) -> tuple[_Span, ...]:
    """The loads with what one more call waited for, which can be the last of them."""
    if spans and span.meets(spans[-1]):
        return (*spans[:-1], span.joined(spans[-1]))
    return (*spans, span)


def waited_for(lms: Iterable[Any]) -> Waited:
    """What calls of some models have waited so far; nothing where no engine of ours counts it."""
    waits = [each.waited for each in _times(lms)]
    together = sum(each.together for each in waits)
    return Waited(together, max((each.longest for each in waits), default=0.0))


def loads_since(lms: Iterable[Any], moment: float) -> Loads:
    """The loads of some models that ended after a moment of `time.monotonic`.

    None where no engine of ours counts them, as where the calls are made in other processes.
    """
    loads = [each.since(moment) for each in _times(lms)]
    return Loads(
        sum(each.number for each in loads),
        sum(each.seconds for each in loads),
        sum(each.first for each in loads),
    )


def _times(lms: Iterable[Any]) -> list[LoadingTime]:
    """What the engines of some models count, each once."""
    engines = {id(engine): engine for engine in map(engine_of, lms)}
    times = [getattr(engine, "loading", None) for engine in engines.values()]
    return [each for each in times if isinstance(each, LoadingTime)]
