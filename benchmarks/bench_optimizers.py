"""Compare our optimizer with GEPA, MIPROv2, SIMBA, COPRO and CAPO at equal calls, and write docs/benchmarks.md: python benchmarks/bench_optimizers.py --help.

Only a whole run writes the page: all optimizers, both worlds, all budgets, at least 20 seeds. Others print what they find.
"""

import argparse
import tempfile
from pathlib import Path

import _bench_page
import _bench_peers
import _bench_runs
import _bench_table
import _command_line
from tqdm.auto import tqdm

WORLDS, BUDGETS, SEEDS = ["toy", "offline"], [300, 600, 1500], 20


def main() -> int:
    """Run what is missing, print the section, write it if it is whole."""
    parser = _command_line.parser(__doc__)
    parser.add_argument(
        "--seeds",
        type=_command_line.count,
        default=SEEDS,
        help="runs of each optimizer, in each world and A/A world, at each budget",
    )
    parser.add_argument(
        "--budgets", type=_budgets, default=BUDGETS, help="calls of all roles, such as 300,600"
    )
    parser.add_argument(
        "--worlds", type=_worlds, default=WORLDS, help="toy, offline or toy,offline"
    )
    parser.add_argument(
        "--only",
        action="append",
        choices=list(_bench_peers.OPTIMIZERS),
        help="this optimizer; may be given several times",
    )
    parser.add_argument(
        "--resume",
        type=Path,
        help="file of results to go on with, or to begin; by default a new one in a temporary folder",
    )
    parser.add_argument("--out", type=Path, default=_bench_page.PAGE, help="page to write")
    args = parser.parse_args()
    names = args.only or list(_bench_peers.OPTIMIZERS)
    absent = {name: why for name in names if (why := _bench_peers.missing(name))}
    for name, why in absent.items():
        print(f"note: {name} is left out: {why}")
    keys = _bench_runs.wanted(
        [name for name in names if name not in absent], args.worlds, args.budgets, args.seeds
    )
    file = args.resume or Path(tempfile.mkdtemp(prefix="usersim-opt-bench-")) / "results.jsonl"
    print(f"Results: {file}   (after a break: the same command with --resume {file})")
    for _ in tqdm(_bench_runs.run_all(keys, file), total=len(keys), unit="run", disable=None):
        pass
    rows = [row for row in _bench_runs.read_rows(file) if _bench_runs.key_of(row) in set(keys)]
    section = _bench_table.section(rows, absent, seeds=args.seeds)
    print(section)
    if not args.only and args.worlds == WORLDS and args.budgets == BUDGETS and args.seeds >= SEEDS:
        _bench_page.write_section(args.out, "optimizers", section)
    return 0


def _worlds(text: str) -> list[str]:
    if unknown := [name for name in text.split(",") if name not in WORLDS]:
        raise argparse.ArgumentTypeError(
            f"{unknown[0]!r} is no world; expected {' or '.join(WORLDS)}"
        )
    return text.split(",")


def _budgets(text: str) -> list[int]:
    return [_command_line.count(part) for part in text.split(",")]


if __name__ == "__main__":
    _command_line.run(main)
