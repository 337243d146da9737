"""Work in waves: what surely fits into a budget is played at once, and kept as it ends.

Whether a job is played depends on what those before it took and on nothing else, so work in two
sessions is the same work.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from typing import Any, Protocol, TypeVar

from usersim_opt.basics.parallel import as_finished

Play = Callable[[], Any]
Keep = Callable[[Any], None]
Player = Callable[[Sequence[Play], Keep], None]
"""Plays a wave, and hands over each result as it ends."""


class Job(Protocol):
    """Something to be played; its record has the same key."""

    @property
    def key(self) -> Hashable:
        """What its record is found by."""
        ...


class Played(Protocol):
    """A record of something played."""

    @property
    def calls(self) -> Mapping[Any, int]:
        """Model calls by role."""
        ...


_J = TypeVar("_J", bound=Job)


def next_wave(
    jobs: Sequence[_J],
    played: Mapping[Hashable, Played],
    *,
    most: int,
    max_calls: int | None,
) -> list[_J]:
    """The jobs that surely fit after those before them, each of `most` calls or fewer."""
    wave: list[_J] = []
    spent = 0
    for job in jobs:
        done = played.get(job.key)
        spent += sum(done.calls.values()) if done else most
        if done is None and max_calls is not None and spent > max_calls:
            break
        if done is None:
            wave.append(job)
    return wave


@contextmanager
def players(workers: int) -> Iterator[Player]:
    """What plays a wave: this thread, or several that a second Ctrl-C leaves behind."""
    if workers == 1:
        # Ctrl-C reaches whoever sits at the terminal here, and no thread that waits for input.
        yield _one_by_one
        return
    threads = ThreadPoolExecutor(workers)
    try:
        yield partial(_at_once, threads)
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


def _one_by_one(wave: Sequence[Play], keep: Keep) -> None:
    for play in wave:
        keep(play())


def _at_once(threads: ThreadPoolExecutor, wave: Sequence[Play], keep: Keep) -> None:
    futures = [threads.submit(copy_context().run, play) for play in wave]
    as_finished(futures, lambda future: keep(future.result()))
