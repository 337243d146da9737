"""The parser of a command: its line and its examples come from the table of commands."""

import argparse

from usersim_opt.basics.errors import InputError
from usersim_opt.commands.entry.table import Command, command_of


class Help(argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Shows defaults where there are any, and examples line by line."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        if action.default in (None, False, {}, []):
            return action.help
        return super()._get_help_string(action)


def parser(description: str | None) -> argparse.ArgumentParser:
    """A parser with a program's first docstring line as its description."""
    return argparse.ArgumentParser(
        description=(description or "").partition(":")[0] + ".", formatter_class=Help
    )


def command(module: str) -> argparse.ArgumentParser:
    """The parser of the command whose module this is; InputError where the table has none."""
    found = command_of(module)
    if found is None:
        raise InputError(f"{module} stands in no row of usersim_opt/commands/entry/table.py")
    return argparse.ArgumentParser(
        prog=found.prog,
        description=f"{found.line}.",
        epilog=_examples(found),
        formatter_class=Help,
    )


def _examples(of: Command) -> str:
    lines = [f"  {of.prog} {example}" for example in of.examples]
    return "\n".join(["examples:", *lines])
