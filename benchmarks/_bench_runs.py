"""The runs of the optimizer benchmark: the list of them, one run, and the file of results.

A row of the file is one run: optimizer, world, budget, seed, the prompt that came back, what it is
truly worth, and what the optimizer reported. The file of a benchmark that was broken off is
read again, and only the missing runs are made. Not covered: a file of another version.
"""

import json
import logging
import multiprocessing
import os
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from _bench_table import OURS, WORLDS

if TYPE_CHECKING:
    import dspy
    from _bench_peers import Returned
    from _bench_worlds import World

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
    """All runs, seed by seed, the A/A worlds last.

    So a break leaves all figures at about the same number of runs. Outside the worlds of comparison
    only our default is run: there it has to do no harm.
    """
    both = [*worlds, *(f"{world}-aa" for world in worlds)]
    keys = [
        Key(seed, budget, world, name)
        for name in optimizers
        for world in both
        if name == OURS or world.removesuffix("-aa") in WORLDS
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
    """Make the runs that the file does not hold yet, on two processes.

    Each row is added to the file as it is finished.
    """
    done = {key_of(row) for row in read_rows(file)}
    missing = [key for key in keys if key not in done]
    with _pool() as pool, file.open("a", encoding="utf-8") as out:
        out.write("\n" if file.stat().st_size else "")  # the last line may have been cut off
        for row in pool.imap_unordered(measure, missing):
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
    started = time.process_time()
    returned = run(key.optimizer, bench)
    outside = time.process_time() - started - bench.meter.inside
    row: Row = key._asdict() | {
        "prompt": returned.prompt,
        "replaced": returned.prompt != place.prompt,
        "reported": returned.reported,
        "calls": dict(bench.meter.calls),
        "milliseconds": 1000 * outside / bench.meter.total,
    }
    return row | _truth(place, returned)


def _truth(place: "World", returned: "Returned") -> Row:
    """The true gain on fresh scenarios, and on those that the report is about.

    Where nothing was replaced, or no prompt is better than another, it is 0 by definition.
    """
    if place.aa or returned.prompt == place.prompt:
        return {"gain": 0.0, "gain_reported_on": 0.0}

    def gain(examples: "Sequence[dspy.Example]", *, pooled: bool = True) -> float:
        best = place.quality(returned.prompt, examples, pooled=pooled)
        return best - place.quality(place.prompt, examples, pooled=pooled)

    there = gain(returned.examples, pooled=returned.pooled)
    return {"gain": gain(place.unseen), "gain_reported_on": there}
