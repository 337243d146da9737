"""Options that name traits of customers."""

import argparse
from pathlib import Path

import usersim_opt as uso


def add_traits(to: argparse.ArgumentParser) -> None:
    """--traits and --table."""
    to.add_argument(
        "--traits",
        action="append",
        default=[],
        metavar="impatience=high,...",
        help="traits of a customer, or persona=easy, persona=hard; may be given again; without it "
        "each trait alone, at its high level",
    )
    to.add_argument("--table", type=Path, metavar="FILE", help="your traits.yaml")


def traits_in(args: argparse.Namespace) -> list[uso.tau.Traits]:
    """The traits that are named, else each alone."""
    table = uso.tau.read_traits(args.table) if args.table else uso.tau.TRAITS
    named = [uso.tau.traits_of(text, table) for text in args.traits]
    return named or uso.tau.each_trait(table=table)
