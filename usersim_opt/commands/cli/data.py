"""The data set of a command, its split, its tasks, and what customers are told beside them."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.commands.cli.values import dataset_folder
from usersim_opt.customer.steering import Steering

if TYPE_CHECKING:
    import dspy

SPLITS = ("train", "smoke", "test")


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


def examples_of(args: argparse.Namespace, split: str) -> "list[dspy.Example]":
    """The scenarios of a split; InputError where the data set has none for it."""
    data = dataset_of(args)
    examples: list[dspy.Example] = getattr(data, split)
    if not examples:
        held = [name for name in SPLITS if getattr(data, name)]
        raise InputError(
            f"--split is {split}, and {args.dataset} has no scenarios for it; expected one of "
            f"{', '.join(held)}. usersim-opt build-dataset --with-test writes those for test"
        )
    return examples


def prompts_of(args: argparse.Namespace) -> list[tuple[Path, uso.Prompt]]:
    """The prompt files with what they hold, --against first; InputError for one text twice."""
    prompts = [(path, uso.read_prompt(path)) for path in (args.against, args.prompt) if path]
    if len(prompts) > len({prompt.sha256 for _, prompt in prompts}):
        raise InputError(
            f"--prompt {args.prompt} and --against {args.against} hold the same text "
            f"(sha256 {prompts[0][1].sha256[:12]}...), so there is nothing to compare; "
            "give two different prompts, or leave --against away"
        )
    return prompts


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
