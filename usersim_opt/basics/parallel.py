"""Work under way on an executor: each result is seen as it comes, a finished one is never lost."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, as_completed
from contextlib import nullcontext, suppress
from typing import Any

from usersim_opt.basics.leaving import leaving


def as_finished(futures: Sequence[Future[Any]], see: Callable[[Future[Any]], object]) -> None:
    """Call `see` once with each future when it has finished, in this thread.

    `see` may let the future's exception through. On any exception, Ctrl-C included, waiting futures
    are cancelled, those under way are waited for and seen too, and then the exception goes on.
    After Ctrl-C they make no further attempt; a second one leaves them behind.
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
        with leaving() if isinstance(error, KeyboardInterrupt) else nullcontext():
            for future in under_way:
                with suppress(Exception):
                    see_once(future)
        raise
