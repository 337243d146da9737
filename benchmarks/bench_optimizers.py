"""Compare our optimizer with GEPA, MIPROv2, SIMBA, COPRO and CAPO: bench_optimizers.py --help.

All have the same number of calls. In worlds other than toy and offline only our default is run.
Only a whole run writes its section of docs/benchmarks.md: all optimizers, all worlds, all budgets,
at least 20 seeds. Others print the section.
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

WORLDS, BUDGETS, SEEDS = list(_bench_table.EVERY_WORLD), [300, 600, 1500], 20


def main() -> int:
    """Make the missing runs, print the section, write it if it is whole."""
    args = _arguments()
    names = args.only or list(_bench_peers.OPTIMIZERS)
    absent = {name: why for name in names if (why := _bench_peers.missing(name))}
    for name, why in absent.items():
        print(f"note: {name} is left out: {why}")
    here = [name for name in names if name not in absent]
    keys = _bench_runs.wanted(here, args.worlds, args.budgets, args.seeds)
    file = args.resume or Path(tempfile.mkdtemp(prefix="usersim-opt-bench-")) / "results.jsonl"
    print(f"Results: {file}   (after a break: the same command with --resume {file})")
    for _ in tqdm(_bench_runs.run_all(keys, file), total=len(keys), unit="run", disable=None):
        pass
    wanted = set(keys)
    rows = [row for row in _bench_runs.read_rows(file) if _bench_runs.key_of(row) in wanted]
    section = _bench_table.section(rows, absent)
    print(section)
    if _is_whole(args):
        _bench_page.write_section(args.out, "optimizers", section)
    return 0


def _arguments() -> argparse.Namespace:
    count, page = _command_line.count, _bench_page.PAGE
    runs = "runs of each optimizer, in each world and A/A world, at each budget"
    resume = (
        "file of results to go on with, or to begin; by default a new one among temporary files"
    )
    budgets, worlds = "calls of all roles, such as 300,600", f"such as {','.join(WORLDS)}"
    parser = _command_line.parser(__doc__)
    parser.add_argument("--seeds", type=count, default=SEEDS, help=runs)
    parser.add_argument("--budgets", type=_budgets, default=BUDGETS, help=budgets)
    parser.add_argument("--worlds", type=_worlds, default=WORLDS, help=worlds)
    parser.add_argument(
        "--only",
        action="append",
        choices=list(_bench_peers.OPTIMIZERS),
        help="this optimizer; may be given several times",
    )
    parser.add_argument("--resume", type=Path, help=resume)
    parser.add_argument("--out", type=Path, default=page, help="page to write")
    return parser.parse_args()


def _is_whole(args: argparse.Namespace) -> bool:
    everything = (None, WORLDS, BUDGETS)
    return (args.only, args.worlds, args.budgets) == everything and args.seeds >= SEEDS


def _worlds(text: str) -> list[str]:
    if unknown := [name for name in text.split(",") if name not in WORLDS]:
        raise argparse.ArgumentTypeError(
            f"{unknown[0]!r} is no world; expected one or more of {', '.join(WORLDS)}"
        )
    return text.split(",")


def _budgets(text: str) -> list[int]:
    return [_command_line.count(part) for part in text.split(",")]


if __name__ == "__main__":
    _command_line.run(main)
