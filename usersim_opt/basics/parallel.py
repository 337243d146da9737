"""Work under way on an executor: each result is seen as it comes, a finished one is never lost."""

import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, as_completed
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

from usersim_opt.basics.leaving import leaving

LONGEST_WAIT = 60.0
"""Seconds for which calls under way are waited for after Ctrl-C: a hung server does not hold us."""


def as_finished(futures: Sequence[Future[Any]], see: Callable[[Future[Any]], object]) -> None:
    """Call `see` once with each future when it has finished, in this thread.

    `see` may let the future's exception through. On any exception, Ctrl-C included, waiting futures
    are cancelled, those under way are waited for and seen too, and then the exception goes on.
    After Ctrl-C they make no further attempt and are waited for LONGEST_WAIT seconds at the most,
    which is said on stderr; a second one leaves them behind at once.
    """
    seen: set[Future[Any]] = set()

    def see_once(future: Future[Any]) -> None:
        if future not in seen:
            seen.add(future)
            see(future)

    try:
        for future in as_completed(futures):
            see_once(future)
    except BaseException as error:
        # A call that is under way is already paid for, so its answer is recorded before we leave.
        # All waiting ones are cancelled first: none of them may start while we wait.
        under_way = [future for future in futures if not future.cancel()]
        cause = _cause(error)
        interrupted = isinstance(cause, KeyboardInterrupt)
        with _left(under_way) if interrupted else nullcontext(), suppress(TimeoutError):
            for future in as_completed(under_way, LONGEST_WAIT if interrupted else None):
                with suppress(Exception):
                    see_once(future)
        if cause is not error:
            raise cause from error
        raise


def _cause(error: BaseException) -> BaseException:
    """The exception itself, or Ctrl-C where it only looks like another one.

    Where it lands while a lock is let go, Python complains that the lock was not held.
    """
    is_of_lock = isinstance(error, RuntimeError) and isinstance(
        error.__context__, KeyboardInterrupt
    )
    return KeyboardInterrupt() if is_of_lock else error


@contextmanager
def _left(under_way: Collection[Future[Any]]) -> Iterator[None]:
    """Say what is waited for after Ctrl-C, and for how long; then leave the rest behind."""
    calls = sum(not future.done() for future in under_way)
    if calls:
        sys.stderr.write(
            f"stopping: waiting for calls under way ({calls}), {LONGEST_WAIT:g} s at the most; "
            "Ctrl-C again leaves them at once\n"
        )
    with leaving():
        yield
