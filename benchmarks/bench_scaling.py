"""Check the model of docs/scaling.md against runs on loopback hosts: bench_scaling.py --help."""

import math
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple
from urllib.parse import urlsplit

import _bench
import _command_line

import usersim_opt as uso
from usersim_opt.basics.layout import grid
from usersim_opt.measuring.runner import Runner


class Layout(NamedTuple):
    """Hosts, answers that each gives at a time, and calls that we make at a time."""

    hosts: int
    slots: int
    threads: int


LAYOUTS = (
    Layout(1, 1, 8),
    Layout(1, 4, 8),
    Layout(2, 4, 8),
    Layout(2, 4, 16),
    Layout(4, 4, 16),
    Layout(4, 8, 32),
)
COLUMNS = ("hosts", "slots each", "threads", "model, s", "measured, s", "ratio")
REPEATS = 3


def main() -> int:
    """Measure 200 calls on one to four hosts with one to eight slots."""
    parser = _command_line.parser(__doc__)
    parser.add_argument("--latency", type=float, default=0.05, help="seconds of one answer")
    latency = parser.parse_args().latency
    rows = []
    for layout in LAYOUTS:
        predicted = seconds(_bench.SCENARIOS, layout, latency=latency)
        measured = measure(layout, latency=latency)
        times = (predicted, measured, predicted / measured)
        rows.append([*map(str, layout), *(f"{value:.2f}" for value in times)])
    print(grid(COLUMNS, rows))
    return 0


def seconds(calls: int, layout: Layout, *, latency: float) -> float:
    """The model: waves of as many calls as there are slots, or threads if these are fewer."""
    at_a_time = min(layout.hosts * layout.slots, layout.threads)
    return math.ceil(calls / at_a_time) * latency


def measure(layout: Layout, *, latency: float) -> float:
    """Median seconds of a call to each scenario, after a warm-up."""
    times = []
    with _hosts(layout, latency=latency) as model, _runner(layout) as runner:
        sim = _bench.simulator(uso.connect(model))
        runner.run(_bench.jobs(sim, "warm")[: layout.threads])
        for number in range(REPEATS):
            started = time.perf_counter()
            runner.run(_bench.jobs(sim, f"{number}"))
            times.append(time.perf_counter() - started)
    return statistics.median(times)


def _runner(layout: Layout) -> Runner:
    return Runner(uso.RubricMetric(), workers=layout.threads)


@contextmanager
def _hosts(layout: Layout, *, latency: float) -> Iterator[str]:
    """The model string of the hosts, which run as long as it is used."""
    with ExitStack() as stack:
        hosts = [
            _bench.loopback(delay=latency, text="no, thursday", slots=layout.slots)
            for _ in range(layout.hosts)
        ]
        addresses = [urlsplit(stack.enter_context(host)).netloc for host in hosts]
        yield f"ollama://{','.join(addresses)}/user"


if __name__ == "__main__":
    _command_line.run(main)
