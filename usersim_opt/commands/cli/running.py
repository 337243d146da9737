"""What a run may spend, where it is recorded, and who works at it."""

import argparse
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from usersim_opt.basics.errors import InputError
from usersim_opt.commands.cli.values import count, minutes, prices
from usersim_opt.measuring.cluster import dask_executor
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.results.journal import holds_run


def add_budget(to: argparse.ArgumentParser) -> None:
    """--max-calls, --max-tokens, --max-minutes."""
    to.add_argument(
        "--max-calls", type=count, default=4000, help="model calls of all roles together"
    )
    to.add_argument("--max-tokens", type=count, help="tokens of all roles together")
    to.add_argument("--max-minutes", type=minutes, help="minutes from this start")


def add_prices(to: argparse.ArgumentParser) -> None:
    """--prices."""
    to.add_argument(
        "--prices",
        type=prices,
        metavar="ROLE=READ/WRITTEN,...",
        help="dollars per million tokens read and written, such as user=0.15/0.6,judge=2.5/10; "
        "for models whose price is not known",
    )


def add_run_dir(to: argparse.ArgumentParser) -> None:
    """--run-dir and --resume."""
    to.add_argument("--run-dir", type=Path, help="run folder; by default a new one under runs/")
    to.add_argument("--resume", action="store_true", help="go on with the run in --run-dir")


def add_ledger(to: argparse.ArgumentParser) -> None:
    """--ledger."""
    to.add_argument(
        "--ledger",
        type=Path,
        metavar="FILE",
        help="where uses of the smoke split are counted; smoke_uses.jsonl in the dataset folder "
        "unless given, and nowhere for a stand-in as the user",
    )


def add_judge_card(to: argparse.ArgumentParser) -> None:
    """--judge-card."""
    to.add_argument(
        "--judge-card",
        type=Path,
        metavar="FILE",
        help="what calibrate-judge --save wrote of this judge: figures are told with its errors "
        "taken out as well",
    )


def add_judge_batch(to: argparse.ArgumentParser) -> None:
    """--judge-batch."""
    to.add_argument(
        "--judge-batch",
        type=count,
        default=1,
        metavar="N",
        help="replies that the judge grades in one call; calibrate-judge measures what that costs",
    )


def add_workers(to: argparse.ArgumentParser) -> None:
    """--threads and --dask."""
    to.add_argument(
        "--threads",
        type=count,
        help=f"calls at the same time; {DEFAULT_WORKERS}, or fewer where an Ollama takes fewer",
    )
    to.add_argument(
        "--dask",
        metavar="ADDRESS",
        help="run the jobs on a Dask cluster, such as tcp://host:8786, instead of threads",
    )


@contextmanager
def workers_of(args: argparse.Namespace) -> Iterator[int | Executor]:
    """A number of threads, or a cluster's executor."""
    if args.dask is None:
        yield args.threads
    else:
        with dask_executor(args.dask) as executor:
            yield executor


def run_dir_of(args: argparse.Namespace) -> Path:
    """The run folder, new unless named.

    InputError where a run would be gone on with, or a new one begun, by mistake.
    """
    dataset = args.dataset.resolve().name
    name = f"{dataset}-{datetime.now(UTC):%Y%m%d-%H%M%S}-{token_hex(2)}"
    run_dir: Path = args.run_dir or Path("runs") / name
    resume = args.resume
    if holds_run(run_dir) and not resume:
        raise InputError(
            f"{run_dir}: holds a run already; go on with it by --resume, or name another --run-dir"
        )
    if resume and args.run_dir is None:
        raise InputError(
            "--resume is given without --run-dir; name the folder of the run to go on with"
        )
    if resume and not holds_run(run_dir):
        raise InputError(
            f"{run_dir}: holds no run to resume; "
            "give the --run-dir of an earlier run, or leave --resume out"
        )
    return run_dir
