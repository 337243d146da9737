"""Check the model of docs/scaling.md against measured runs on loopback hosts: python benchmarks/bench_scaling.py --help."""

import math
import statistics
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import _bench
import _command_line

import usersim_opt as uso
from usersim_opt.basics.layout import grid
from usersim_opt.measuring.runner import Runner


def seconds(calls: int, *, hosts: int, slots: int, threads: int, latency: float) -> float:
    """The model: waves of as many calls as there are slots, or threads if these are fewer."""
    return math.ceil(calls / min(hosts * slots, threads)) * latency


def main() -> int:
    """Measure 200 calls on one to four hosts with one to eight slots."""
    parser = _command_line.parser(__doc__)
    parser.add_argument("--latency", type=float, default=0.05, help="seconds of one answer")
    latency = parser.parse_args().latency
    rows = []
    for hosts, slots, threads in [
        (1, 1, 8),
        (1, 4, 8),
        (2, 4, 8),
        (2, 4, 16),
        (4, 4, 16),
        (4, 8, 32),
    ]:
        with ExitStack() as stack:
            urls = [
                stack.enter_context(
                    _bench.loopback(delay=latency, text="no, thursday", slots=slots)
                )
                for _ in range(hosts)
            ]
            lm = uso.connect(f"ollama://{','.join(urlsplit(url).netloc for url in urls)}/user")
            sim, runner = (
                _bench.simulator(lm),
                stack.enter_context(Runner(uso.RubricMetric(), workers=threads)),
            )
            runner.run(_bench.jobs(sim, "warm")[:threads])
            measured = []
            for number in range(3):
                started = time.perf_counter()
                runner.run(_bench.jobs(sim, f"{number}"))
                measured.append(time.perf_counter() - started)
        told = seconds(_bench.SCENARIOS, hosts=hosts, slots=slots, threads=threads, latency=latency)
        found = statistics.median(measured)
        rows.append(
            [
                str(hosts),
                str(slots),
                str(threads),
                f"{told:.2f}",
                f"{found:.2f}",
                f"{told / found:.2f}",
            ]
        )
    print(grid(["hosts", "slots each", "threads", "model, s", "measured, s", "ratio"], rows))
    return 0


if __name__ == "__main__":
    _command_line.run(main)
