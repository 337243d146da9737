"""The runs of the optimizer benchmark: what is to be run, one run in a process of its own, and the file of results.

A row of the file is one run: optimizer, world, budget, seed, the prompt returned, what it is truly worth, what was reported.
A file that a broken-off benchmark left is read again, and only what is missing is run. Not covered: a file of another version.
"""

import json
import logging
import multiprocessing
import os
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

PROCESSES = 2
RUNS_PER_PROCESS = 60
"""After so many a fresh process takes over; DSPy keeps what was said."""
Row = dict[str, Any]


class Key(NamedTuple):
    """One run."""

    seed: int
    budget: int
    world: str
    optimizer: str


def wanted(
    optimizers: Iterable[str], worlds: Sequence[str], budgets: Sequence[int], seeds: int
) -> list[Key]:
    """All runs, the A/A worlds last, seed by seed, so that a break leaves all figures at about the same number of runs."""
    both = [*worlds, *(f"{world}-aa" for world in worlds)]
    keys = [
        Key(seed, budget, world, name)
        for name in optimizers
        for world in both
        for budget in budgets
        for seed in range(seeds)
    ]
    return sorted(keys, key=lambda key: (key.world.endswith("-aa"), key))


def read_rows(file: Path) -> list[Row]:
    """The finished runs; a line that was cut off when the benchmark was is left out."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [row for row in map(_row, lines) if row]


def _row(line: str) -> Row:
    try:
        return dict(json.loads(line))
    except ValueError:
        return {}


def key_of(row: Row) -> Key:
    """The run that a row is about."""
    return Key(row["seed"], row["budget"], row["world"], row["optimizer"])


def run_all(keys: Sequence[Key], file: Path) -> Iterator[Row]:
    """Run what the file does not hold yet on two processes, and add each row to it as it is finished."""
    done = {key_of(row) for row in read_rows(file)}
    with _pool() as pool, file.open("a", encoding="utf-8") as out:
        out.write("\n" if file.stat().st_size else "")  # the last line may have been cut off
        for row in pool.imap_unordered(measure, [key for key in keys if key not in done]):
            out.write(json.dumps(row) + "\n")
            out.flush()
            yield row


def _pool() -> Any:
    """Not a ProcessPoolExecutor: that of Python 3.11 hangs when processes are to be replaced."""
    return multiprocessing.get_context("spawn").Pool(
        PROCESSES, initializer=_quiet, maxtasksperchild=RUNS_PER_PROCESS
    )


def _quiet() -> None:
    """Optimizers write bars and logs; nobody reads them here."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")


def measure(key: Key) -> Row:
    """One run and its truth."""
    from _bench_calls import Meter  # noqa: PLC0415 - the parent process needs no DSPy
    from _bench_peers import Bench, run  # noqa: PLC0415
    from _bench_worlds import world  # noqa: PLC0415

    place = world(key.world)
    bench = Bench(place, Meter(key.budget, key.seed), key.seed)
    started = time.perf_counter()
    returned = run(key.optimizer, bench)
    outside = time.perf_counter() - started - bench.meter.inside
    row: Row = key._asdict() | {
        "prompt": returned.prompt,
        "replaced": returned.prompt != place.prompt,
        "reported": returned.reported,
        "calls": dict(bench.meter.calls),
        "milliseconds": 1000 * outside / bench.meter.total,
    }
    if place.aa or not row["replaced"]:
        return row | {"gain": 0.0, "gain_reported_on": 0.0}
    seed, best, on = place.prompt, returned.prompt, returned.examples
    gain = place.quality(best, place.unseen) - place.quality(seed, place.unseen)
    there = place.quality(best, on, pooled=returned.pooled) - place.quality(
        seed, on, pooled=returned.pooled
    )
    return row | {"gain": gain, "gain_reported_on": there}
