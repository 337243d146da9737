"""Look for faults in a dataset, say how to mend them, and print its counts."""

import argparse

import usersim_opt as uso
from usersim_opt.commands import cli
from usersim_opt.scenarios.authoring.lint import lint_dataset
from usersim_opt.scenarios.authoring.rules import Fault
from usersim_opt.scenarios.authoring.rules.coverage import Counts, Targets
from usersim_opt.scenarios.authoring.rules.quality import KINDS
from usersim_opt.scenarios.authoring.summary import Summary
from usersim_opt.scenarios.checks.lexicons import lexicons_text


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    parser.add_argument("dataset", type=cli.dataset_folder, help="dataset folder")
    cli.add_splits(parser)
    parser.add_argument(
        "--strict",
        action="store_true",
        help="let advice count: the status is 1 if there is any",
    )
    parser.add_argument("--all", action="store_true", help="print every finding")
    parser.add_argument(
        "--kind",
        choices=list(KINDS),
        metavar="NAME",
        help="print every finding of one kind and nothing else",
    )
    parser.add_argument(
        "--lexicons",
        action="store_true",
        help="print the phrases of the named lists in the data set's language and nothing else",
    )
    add_targets(parser)
    return parser


def add_targets(to: argparse.ArgumentParser) -> None:
    """What the data set must reach; falling short of it is a fault."""
    to.add_argument(
        "--min-scenarios-per-dimension",
        type=int,
        default=0,
        help="fault if a dimension occurs in fewer scenarios of train and smoke",
    )
    to.add_argument(
        "--min-criteria", type=int, default=0, help="fault if train and smoke have fewer criteria"
    )
    to.add_argument(
        "--min-check-share",
        type=float,
        default=0.0,
        help="fault if a smaller share of their criteria has a check",
    )


def main() -> int:
    """Print what was found and the counts; the status is 1 if there is a fault.

    With --strict advice counts as well; with --kind only that kind does.
    """
    args = options().parse_args()
    targets = Targets(args.min_scenarios_per_dimension, args.min_criteria, args.min_check_share)
    data = cli.dataset_of(args)
    if args.lexicons:
        print_lexicons(data)
        return 0
    found = [
        fault
        for fault in lint_dataset(data, targets, strict=True)
        if args.kind in (None, fault.kind)
    ]
    show(found, data, args)
    return 1 if any(args.strict or fault.counts for fault in found) else 0


def show(found: list[Fault], data: uso.Dataset, args: argparse.Namespace) -> None:
    """The summary and the counts, or every finding and their number."""
    summary = Summary(found, len(data.scenarios))
    if args.kind or args.all:
        print("\n".join([*map(str, found), *([""] if found else [])]))
    if args.kind:
        print(summary.line)
        return
    print(f"{summary}\n")
    print_counts(data)
    if summary.advice and not args.strict:
        print("\nAdvice does not fail the data set; --strict lets it count.")


def print_lexicons(data: uso.Dataset) -> None:
    """The named lists of each language that a task of the data set is in."""
    for language in sorted({task.language for task in data.tasks.values()}):
        print(lexicons_text(language))


def print_counts(data: uso.Dataset) -> None:
    """The tables of train with smoke, and a line for test if it has scenarios."""
    used = Counts([*data.of("train"), *data.of("smoke")], data.kinds)
    print(f"Train and smoke: {used}")
    test = Counts(data.of("test"), data.kinds)
    if test.scenarios:
        first_line, _, _ = str(test).partition("\n")
        print(f"\nTest: {first_line}")
