"""What the programs share: arguments for models, and errors of the user's without a traceback."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from usersim_opt.errors import InputError, UsersimError
from usersim_opt.journal import holds_run


def sampling_options(text: str) -> dict[str, Any]:
    """`temperature=0.9,num_ctx=16384` as options; raises ArgumentTypeError naming the part that does not fit."""
    options: dict[str, Any] = {}
    for part in filter(None, text.split(",")):
        name, equals, value = part.partition("=")
        if not equals or not name.isidentifier():
            raise argparse.ArgumentTypeError(f"{part!r}: expected name=value, such as temperature=0.9")
        options[name] = _value(value)
    return options


def check_run_dir(run_dir: Path, *, resume: bool) -> None:
    """Nobody goes on with a run, or starts one, by mistake: InputError unless --resume and the folder agree."""
    if holds_run(run_dir) and not resume:
        raise InputError(f"{run_dir}: holds a run already; go on with it by --resume, or name another --run-dir")
    if resume and not holds_run(run_dir):
        raise InputError(f"{run_dir}: holds no run to resume; give the --run-dir of an earlier run, or leave --resume out")


def run(main: Callable[[], int]) -> None:
    """Run a program; UsersimError and Ctrl-C end it with one line on stderr and a status of their own."""
    try:
        sys.exit(main())
    except UsersimError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("stopped; what was finished is recorded, --resume goes on", file=sys.stderr)
        sys.exit(130)


def _value(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
