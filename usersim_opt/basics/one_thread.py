"""Linear algebra on one thread: the same numbers on any number of cores.

Numpy hands a large matrix product to as many threads as there are cores, and each number of threads
rounds differently. A search is a chain of draws, so a last digit in one of them makes another
search of it, and a run that was begun on eight cores could not be resumed on two. The matrices here
are small, too: the threads spend more time waiting for each other than they save.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController


@contextmanager
def one_thread() -> Iterator[None]:
    """Within it, numpy's linear algebra uses one thread."""
    with _controller().limit(limits=1, user_api="blas"):
        yield


@cache
def _controller() -> ThreadpoolController:
    """Looked up once: to search the loaded libraries takes longer than a draw."""
    import numpy as np  # noqa: F401, PLC0415 - only libraries that are loaded are found

    return ThreadpoolController()
