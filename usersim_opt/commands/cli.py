"""What the programs share: models and their options, help texts, errors without a traceback."""

import argparse
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from types import MappingProxyType
from typing import Any, NoReturn

import dspy

import usersim_opt as uso
from usersim_opt.basics.errors import InputError, UsersimError
from usersim_opt.basics.text import visible
from usersim_opt.customer.steering import Steering
from usersim_opt.measuring.cluster import dask_executor
from usersim_opt.models.sampling import option_value
from usersim_opt.results.journal import holds_run

HERE = Path(__file__).resolve().parents[2]


class Help(argparse.ArgumentDefaultsHelpFormatter):
    """Shows defaults where there are any."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        if action.default in (None, False, {}, []):
            return action.help
        return super()._get_help_string(action)


def parser(description: str | None) -> argparse.ArgumentParser:
    """A parser with a program's first docstring line as its description."""
    return argparse.ArgumentParser(
        description=(description or "").partition(":")[0] + ".", formatter_class=Help
    )


def add_dataset(to: argparse.ArgumentParser, *, default: Path | None = None) -> None:
    """--dataset and --splits."""
    to.add_argument(
        "--dataset",
        required=default is None,
        default=default,
        type=Path,
        help="dataset folder, with tasks/, scenarios/ and splits.yaml",
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
        type=Path,
        default=HERE / "optimized" / "airline" / "base.txt",
        help="prompt under which it plays",
    )


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


def connect_models(
    args: argparse.Namespace, *roles: str, longest: Mapping[str, str] = MappingProxyType({})
) -> list[dspy.LM]:
    """Connect the models and see, before anything is spent, that each answers.

    `longest` is the longest text of a role; its model must be able to take it.
    """
    for role in roles:  # all names first: a wrong one should not cost a connection
        _check_stand_in(role, getattr(args, f"{role}_lm"), option=f"--{role}-lm")
    models = [_connected(args, role) for role in roles]
    for role, lm in zip(roles, models, strict=True):
        _show_preflight(lm, role, longest=longest.get(role, ""))
    return models


def connect_model(role: str, name: str, options: Mapping[str, Any], *, option: str) -> dspy.LM:
    """Connect one model, which `option` names, and see that it answers."""
    _check_stand_in(role, name, option=option)
    lm = uso.connect(name, **options)
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


def names(text: str) -> list[str]:
    """The names in a text with commas between them."""
    return [name.strip() for name in text.split(",") if name.strip()]


def count(text: str) -> int:
    """A whole number of 1 or more."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a whole number, 1 or more")
    return int(text)


def minutes(text: str) -> float:
    """A number of minutes above 0."""
    return _above_zero(text, "minutes")


def seconds(text: str) -> float:
    """A number of seconds above 0."""
    return _above_zero(text, "seconds")


def _above_zero(text: str, unit: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(
            f"{text!r}: expected a number of {unit} above 0, such as 90 or 0.5"
        )
    return number


def sampling_options(text: str) -> dict[str, Any]:
    """`temperature=0.9,num_ctx=16384` as options.

    ArgumentTypeError names the part that does not fit.
    """
    options: dict[str, Any] = {}
    for part in filter(None, text.split(",")):
        name, equals, value = part.partition("=")
        if not equals or not name.isidentifier():
            raise argparse.ArgumentTypeError(
                f"{part!r}: expected name=value, such as temperature=0.9"
            )
        options[name] = option_value(value)
    return options


def add_budget(to: argparse.ArgumentParser) -> None:
    """--max-calls, --max-tokens, --max-minutes."""
    to.add_argument(
        "--max-calls", type=count, default=4000, help="model calls of all roles together"
    )
    to.add_argument("--max-tokens", type=count, help="tokens of all roles together")
    to.add_argument("--max-minutes", type=minutes, help="minutes from this start")


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
        help="what calibrate_judge.py --save wrote of this judge: figures are told with its errors "
        "taken out as well",
    )


def add_workers(to: argparse.ArgumentParser) -> None:
    """--threads and --dask."""
    to.add_argument("--threads", type=count, default=8, help="calls at the same time")
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


def run(main: Callable[[], int], *, on_interrupt: str = "stopped") -> NoReturn:
    """Run a program and leave with its status.

    User errors, files that cannot be read or written, and Ctrl-C end it with one line on stderr.
    """
    warnings.showwarning = _print_note
    status: Any
    try:
        status = main()
        sys.stdout.flush()  # here a failure to write still gets its line; at exit it would not
    except SystemExit as leaving:  # argparse leaves by itself, after --help and after a mistake
        status = leaving.code
    except UsersimError as error:
        status = _failed(error)
    except BrokenPipeError:  # whoever reads the output has seen enough, such as `| head`
        status = 0
    except OSError as error:
        status = _failed(f"{error.filename or 'a file'}: {error.strerror or error}")
    except KeyboardInterrupt:
        print(on_interrupt, file=sys.stderr)
        _leave_at_once()
    _leave(status)


def _print_note(message: Warning | str, *_: Any, **__: Any) -> None:
    print(f"note: {visible(str(message))}", file=sys.stderr)


def _failed(why: object) -> int:
    print(f"error: {visible(str(why))}", file=sys.stderr)
    return 2


def _leave_at_once() -> NoReturn:
    """End the program after Ctrl-C, without the wait for threads that the interpreter makes.

    What they had finished is recorded; what they still wait for was given up by a second Ctrl-C.
    """
    with suppress(OSError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(130)


def _leave(status: Any) -> NoReturn:
    """End the program; what nobody reads any more goes nowhere.

    The interpreter flushes stdout once more when it ends, after every handler, and would complain.
    """
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)
