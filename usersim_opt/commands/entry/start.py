"""The console command: `usersim-opt COMMAND ...`, which `python -m usersim_opt` is too.

The files in `programs/` start their command here as well, so both say and do the same.
"""

import os
import sys
from difflib import get_close_matches
from importlib import import_module
from typing import NoReturn

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.version import __version__
from usersim_opt.commands.entry.leaving import run
from usersim_opt.commands.entry.table import COMMANDS, PROGRAM, Command, command_of

USAGE = f"usage: {PROGRAM} COMMAND [OPTIONS]"


def main() -> NoReturn:
    """Run the command that the first argument names."""
    first, *rest = sys.argv[1:] or ["--help"]
    command = command_of(first)
    if command is None:
        run(lambda: _said_itself(first))
    start(command.name, rest)


def start(name: str, arguments: list[str] | None = None) -> NoReturn:
    """Run a command by its name and leave; its arguments are those of this process unless given."""
    command = command_of(name)
    if command is None:
        raise InputError(f"{name!r} stands in no row of the table of commands")
    # litellm asks the network for prices when it is imported, unless it is told not to.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    sys.argv = [command.prog, *(sys.argv[1:] if arguments is None else arguments)]
    run(lambda: _status_of(command), on_interrupt=command.on_interrupt)


def _status_of(command: Command) -> int:
    status: int = import_module(command.module).main()
    return status


def _said_itself(argument: str) -> int:
    """What is said without a command; InputError for what is neither a command nor an option."""
    if argument in ("-h", "--help", "help"):
        print(overview())
    elif argument == "--version":
        print(f"{PROGRAM} {__version__}")
    else:
        raise InputError(f"{PROGRAM} has no command {argument!r}; {_advice(argument)}")
    return 0


def _advice(argument: str) -> str:
    names = [command.name for command in COMMANDS]
    close = get_close_matches(argument.replace("_", "-"), names, n=1)
    meant = f"did you mean {close[0]}? " if close else ""
    return f"{meant}`{PROGRAM} --help` lists them"


def overview() -> str:
    """The list of commands."""
    width = max(len(command.name) for command in COMMANDS)
    rows = [f"  {command.name:{width}}  {command.line}" for command in COMMANDS]
    return "\n".join(
        [
            USAGE,
            "",
            "Tunes the prompt of a simulated user until it behaves like a customer.",
            "",
            "commands:",
            *rows,
            "",
            f"`{PROGRAM} COMMAND --help` says what a command takes. Options that are always the",
            "same may stand in usersim.toml.",
        ]
    )
