"""Write the page of a run folder, also of an unfinished run."""

import argparse
from pathlib import Path

import usersim_opt as uso
from usersim_opt.commands import cli
from usersim_opt.results.report.page import FILE, write_report


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    parser.add_argument("run", type=Path, help="run folder")
    cli.add_output(
        parser, "--out", help=f"file for the page; {FILE} in the run folder unless given"
    )
    parser.add_argument(
        "--smoke-failures",
        action="store_true",
        help="show failing replies of the smoke split too, and note that in its ledger: prompts "
        "written since have no held-out split there",
    )
    return parser


def main() -> int:
    """Read the folder, write the page, say where it is and what could not be read."""
    args = options().parse_args()
    record = uso.read_record(args.run)
    for problem in record.problems:
        print(f"left out: {problem}")
    print(f"Report: {write_report(record, args.out, smoke_failures=args.smoke_failures)}")
    return 0
