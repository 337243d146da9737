"""Print the script by which a shell completes commands and options."""

import argparse

from usersim_opt.commands import cli
from usersim_opt.commands.entry.table import COMMANDS
from usersim_opt.commands.shells.scripts import SCRIPTS
from usersim_opt.commands.shells.words import words_of


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    parser.add_argument("shell", choices=SCRIPTS, help="the shell that is to complete")
    return parser


def main() -> int:
    """Read the parsers of all commands and print the script."""
    args = options().parse_args()
    print(SCRIPTS[args.shell]([words_of(command) for command in COMMANDS]), end="")
    return 0
