"""Work that is under way on an executor: each result is seen as it comes, and what was finished is never lost."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, as_completed
from contextlib import suppress
from typing import Any


def as_finished(futures: Sequence[Future[Any]], see: Callable[[Future[Any]], object]) -> None:
    """Call `see` with each future that has finished, once, in this thread; it may raise what the future raised.

    On an exception, Ctrl-C included, the waiting ones are dropped, those under way are waited for and seen too, and the
    exception goes on.
    """
    seen: set[Future[Any]] = set()

    def once(future: Future[Any]) -> None:
        if future not in seen:
            seen.add(future)
            see(future)

    try:
        for future in as_completed(futures):
            once(future)
    except BaseException:
        for future in [future for future in futures if not future.cancel()]:
            with suppress(Exception):
                once(future)
        raise
