"""How like people a simulated customer is."""

import argparse
from pathlib import Path
from typing import Any

from usersim_opt.basics import strict_json
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.files import write_text
from usersim_opt.commands import cli
from usersim_opt.realism.coverage.comparison import compare_coverage
from usersim_opt.realism.coverage.measured import coverage_of
from usersim_opt.realism.coverage.population import FEATURE_SETS
from usersim_opt.realism.coverage.shown import Coverage
from usersim_opt.realism.coverage.sides import CoverageComparison
from usersim_opt.realism.report import measure
from usersim_opt.realism.shown import as_text
from usersim_opt.results.likeness.page import write_realism
from usersim_opt.tau.result_sets import DOMAINS, read_results

RESULTS = "conversations: of converse, tau-bench trajectories, tau2 results, or a JSON list"


def main() -> int:
    """Read the conversations, measure them, print the tables."""
    args = options().parse_args()
    check(args)
    measured = measure(
        read_results(args.results, domain=args.domain),
        against=read_results(args.against, domain=args.domain) if args.against else None,
        human=read(args.human),
        difficulty=read(args.difficulty),
        survey=read(args.survey),
        rerated=read(args.rerated),
    )
    print(as_text(measured))
    fields = measured.fields
    if args.coverage:
        found = covered(args)
        fields["coverage"] = found.fields
        print(f"\n{found}")
    if args.json:
        write_text(args.json, strict_json.dumps(fields, indent=1) + "\n")
        print(f"\nWritten: {args.json}")
    if args.html:
        print(f"\nWritten: {write_realism(measured, args.html)}")
    return 0


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    parser.add_argument("results", type=Path, metavar="RESULTS", help=RESULTS)
    parser.add_argument(
        "against", type=Path, nargs="?", metavar="AGAINST", help="those of another simulator"
    )
    parser.add_argument(
        "--human", type=Path, metavar="FILE", help="people's conversations, in the public form"
    )
    parser.add_argument(
        "--difficulty", type=Path, metavar="FILE", help="JSON of task and mean success, for ECE"
    )
    parser.add_argument("--survey", type=Path, metavar="FILE", help="what the simulator answers")
    parser.add_argument(
        "--rerated", type=Path, metavar="FILE", help="chats that people rated again"
    )
    parser.add_argument(
        "--coverage", choices=FEATURE_SETS, help="and how much customers differ, by which features"
    )
    parser.add_argument("--domain", choices=DOMAINS, help="of the tasks, where no file says it")
    cli.add_output(parser, "--json", metavar="FILE", help="write everything there")
    cli.add_output(parser, "--html", metavar="FILE", help="a page with plots")
    return parser


def check(args: argparse.Namespace) -> None:
    """InputError, before anything is read, for options that do not go together."""
    for name in ("difficulty", "rerated"):
        if getattr(args, name) and not args.human:
            raise InputError(f"--{name} is given without --human; it is about people's file")


def covered(args: argparse.Namespace) -> Coverage | CoverageComparison:
    """How much of the space of customers the conversations cover, beside the others if given."""
    people = {"reference": read(args.human), "reference_source": "human"} if args.human else {}
    results, against = (
        read_results(path, domain=args.domain) if path else None
        for path in (args.results, args.against)
    )
    if against is None:
        return coverage_of(results, features=args.coverage, **people)
    return compare_coverage(results, against, features=args.coverage, **people)


def read(path: Path | None) -> Any:
    """What a JSON file holds; None for no file."""
    if path is None:
        return None
    return strict_json.load(path, expected="JSON by id, as in docs/realism.md", halves=True)
