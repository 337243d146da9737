"""The data set of a command, its split, its tasks, and what customers are told beside them."""

import argparse

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.commands.cli.values import dataset_folder
from usersim_opt.customer.steering import Steering


def add_dataset(to: argparse.ArgumentParser, *, default: str | None = None) -> None:
    """--dataset and --splits."""
    to.add_argument(
        "--dataset",
        required=default is None,
        default=default,
        type=dataset_folder,
        help="dataset folder, with tasks/, scenarios/ and splits.yaml, or airline, which comes "
        "with the package",
    )
    add_splits(to)


def add_splits(to: argparse.ArgumentParser) -> None:
    """--splits."""
    to.add_argument(
        "--splits", metavar="NAME", default="", help="split by the folder's splits_NAME.yaml"
    )


def dataset_of(args: argparse.Namespace) -> uso.Dataset:
    """The data set that the command names, in the split that it names."""
    return uso.load_dataset(args.dataset, splits=args.splits)


def tasks_of(args: argparse.Namespace) -> list[uso.Task]:
    """The tasks that are named, else those of the split; InputError for one that is none."""
    data = dataset_of(args)
    ids = args.tasks or data.splits[args.split]
    if unknown := [name for name in ids if name not in data.tasks]:
        raise InputError(f"--tasks: {args.dataset} has no task {unknown[0]!r}; expected 001,002")
    return [data.tasks[name] for name in ids]


def steering_of(args: argparse.Namespace, tasks: list[uso.Task]) -> Steering | None:
    """What is said to the customer beside its story, if anything."""
    if args.personas:
        return uso.realism.PersonaSampler().assign(tasks, args.seeds, count=args.personas)
    if args.traits:
        return uso.tau.traits_of(args.traits)
    return uso.realism.difficulty(args.difficulty) if args.difficulty else None
