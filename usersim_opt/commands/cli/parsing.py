"""The parser of a command: its line and its examples come from the table of commands."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.text import visible
from usersim_opt.commands.cli.replacing import check_outputs
from usersim_opt.commands.cli.settings import apply_settings, find_settings
from usersim_opt.commands.entry.table import Command, command_of


class Help(argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Shows defaults where there are any, and examples line by line."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        if action.default in (None, False, {}, []):
            return action.help
        return super()._get_help_string(action)


class CommandParser(argparse.ArgumentParser):
    """The parser of a command, whose defaults a settings file may set."""

    def __init__(self, command: Command) -> None:
        super().__init__(
            prog=command.prog,
            description=f"{command.line}.",
            epilog=_examples(command),
            formatter_class=Help,
        )
        self.command = command

    def parse_args(  # type: ignore[override] # argparse has overloads for a namespace of one's own
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> argparse.Namespace:
        """The values; the file that set some of them is named on stderr.

        InputError for a file to be written that is there already, as `check_outputs` says.
        """
        settings = find_settings(Path.cwd())
        done = apply_settings(self, self.command.name, settings) if settings else []
        parsed: argparse.Namespace = super().parse_args(args, namespace)
        if done and settings:
            print(visible(f"note: {settings.file} sets {', '.join(done)}"), file=sys.stderr)
        check_outputs(self, parsed)
        return parsed


def parser(description: str | None) -> argparse.ArgumentParser:
    """A parser with a program's first docstring line as its description."""
    return argparse.ArgumentParser(
        description=(description or "").partition(":")[0] + ".", formatter_class=Help
    )


def command(module: str) -> CommandParser:
    """The parser of the command whose module this is; InputError where the table has none."""
    found = command_of(module)
    if found is None:
        raise InputError(f"{module} stands in no row of usersim_opt/commands/entry/table.py")
    return CommandParser(found)


def _examples(of: Command) -> str:
    lines = [f"  {of.prog} {example}".rstrip() for example in of.examples]
    return "\n".join(["examples:", *lines])
