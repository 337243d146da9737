"""Benchmark the runner against other ways to make the same calls: bench_harness.py --help.

It writes its section of docs/benchmarks.md. A loopback server in another process answers after
50 ms; 200 scenarios, 32 calls at a time, medians of 5, all in one run.
"""

import argparse
from pathlib import Path

import _bench
import _bench_page
import _command_line


def main() -> int:
    """Measure and write the section."""
    parser = _command_line.parser(__doc__)
    parser.add_argument(
        "--out", type=Path, default=_bench_page.PAGE, help="page whose section is written"
    )
    parser.add_argument(
        "--repeats",
        type=_command_line.count,
        default=5,
        help="runs of each way; the median counts",
    )
    args: argparse.Namespace = parser.parse_args()
    with _bench.loopback(delay=0.05, text="no, thursday") as url:
        memory = _bench.memory(url)  # first: the others load more
        shared = _bench.shared_prefix(url)
        rows = _bench.efficiencies(url, repeats=args.repeats)
    page = _bench.page(rows, shared=shared, memory=memory, imports=_bench.imports())
    _bench_page.write_section(args.out, "harness", page)
    print(page)
    return 0


if __name__ == "__main__":
    _command_line.run(main)
