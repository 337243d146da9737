"""The models of a command: their options, the connection, and a first look at each."""

import argparse
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import dspy

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.commands.cli.values import prompt_file, sampling_options
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.models.shared_hosts import shared_hosts
from usersim_opt.models.sharing import share_windows
from usersim_opt.models.slots import calls_at_a_time


def add_models(to: argparse.ArgumentParser, *roles: str) -> None:
    """--user-lm and --user-options for each role."""
    for role in roles:
        to.add_argument(
            f"--{role}-lm", default=f"offline/{role}", help=f"model string of the {role}"
        )
        to.add_argument(
            f"--{role}-options",
            default={},
            type=sampling_options,
            help="name=value,... such as temperature=0.9,num_ctx=16384",
        )


def add_observed(to: argparse.ArgumentParser) -> None:
    """--observe, --observe-options, --observe-prompt."""
    to.add_argument(
        "--observe",
        metavar="LM",
        help="model that will play the customer, such as offline/user: it answers each "
        "conversation first, and the rubric is written against its replies",
    )
    to.add_argument(
        "--observe-options",
        default={},
        type=sampling_options,
        help="name=value,... such as temperature=0.9,num_ctx=16384",
    )
    to.add_argument(
        "--observe-prompt",
        type=prompt_file,
        default="base",
        help="prompt under which it plays",
    )


def connect_models(
    args: argparse.Namespace, *roles: str, longest: Mapping[str, str] = MappingProxyType({})
) -> list[dspy.LM]:
    """Connect the models and see, before anything is spent, that each answers.

    In a dry run none is asked.
    `longest` is the longest text of a role; its model must be able to take it.
    """
    for role in roles:  # all names first: a wrong one should not cost a connection
        _check_stand_in(role, getattr(args, f"{role}_lm"), option=f"--{role}-lm")
    models = [_connected(args, role) for role in roles]
    if vars(args).get("dry_run"):
        _set_threads(args, DEFAULT_WORKERS)
        return models
    share_windows(models)
    for role, lm in zip(roles, models, strict=True):
        _show_preflight(lm, role, longest=longest.get(role, ""))
    for line in shared_hosts(dict(zip(roles, models, strict=True))):
        print(line)
    _set_threads(args, models[0])
    return models


def _set_threads(args: argparse.Namespace, given: int | dspy.LM) -> None:
    """Choose the calls at a time where --threads was left open: a number, or what a model takes."""
    if vars(args).get("threads", 1) is not None:
        return
    if isinstance(given, int):
        args.threads = given
        return
    args.threads = calls_at_a_time(given, usual=DEFAULT_WORKERS)
    if args.threads < DEFAULT_WORKERS:
        print(f"{args.threads} calls at a time, as the server takes no more (--threads N sets it)")


def connect_model(
    role: str, name: str, options: Mapping[str, Any], *, option: str, dry: bool = False
) -> dspy.LM:
    """Connect one model, which `option` names, and see that it answers, unless in a dry run."""
    _check_stand_in(role, name, option=option)
    lm = uso.connect(name, **options)
    if not dry:
        _show_preflight(lm, role)
    return lm


def _show_preflight(lm: dspy.LM, role: str, longest: str = "") -> None:
    """Print what a first look at a model says beyond that it answers."""
    report = uso.preflight(lm, role, longest=longest)
    if report.lines[1:]:
        print(report)


def _check_stand_in(role: str, name: str, *, option: str) -> None:
    """InputError for a stand-in of another role."""
    if name.startswith("offline/") and name != f"offline/{role}":
        raise InputError(f"{option} is {name!r}; the stand-in for this role is 'offline/{role}'")


def _connected(args: argparse.Namespace, role: str) -> dspy.LM:
    name, options = getattr(args, f"{role}_lm"), getattr(args, f"{role}_options")
    return uso.connect(name, **options)
