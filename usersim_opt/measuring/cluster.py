"""Jobs on a Dask cluster: the same runner, another executor.

    with dask_executor("tcp://scheduler:8786") as executor:
        optimizer = RubricOptimizer(..., workers=executor)

The record stays with the process that drives the run. What a job needs travels with it: the model
connections are made anew in each worker process from their description, so keys must be set in the
workers' environment. Needs the extra `dask`.
"""

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

from usersim_opt.basics.errors import InputError, Unreachable


def check_workers(workers: Any) -> None:
    """InputError for an executor that can run no job.

    Python's process pool cannot: it sends jobs by `pickle`, which knows a class by its name only,
    and DSPy makes the class of each prompt's signature as it goes. Dask sends classes as they are.
    """
    if isinstance(workers, ProcessPoolExecutor):
        raise InputError(
            "workers is a ProcessPoolExecutor, which cannot send prompts to its processes; calls "
            "wait for models, so threads do as well: give their number, such as workers=32, or for "
            "other machines the executor of a Dask cluster (usersim_opt.measuring.cluster)"
        )


@contextmanager
def dask_executor(address: str, *, timeout: float = 10.0) -> Iterator[Executor]:
    """The executor of a running cluster.

    InputError without the package, Unreachable without a scheduler at the address.
    """
    try:
        from distributed import Client  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise InputError("Dask is not installed; get it with: pip install distributed") from error
    try:
        client: Any = Client(  # type: ignore[no-untyped-call]
            address, timeout=timeout, set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise Unreachable(
            f"no Dask scheduler answers at {address} ({error}); start one with `dask scheduler`"
        ) from error
    try:
        # Not pure: two equal jobs are two samples, and Dask must not take one for the other.
        yield client.get_executor(pure=False)
    finally:
        client.close()
