"""--force: a file that is there is replaced only where somebody says so."""

import argparse
from pathlib import Path

from usersim_opt.basics.errors import InputError


def add_force(to: argparse.ArgumentParser) -> None:
    """--force."""
    to.add_argument("--force", action="store_true", help="replace files that are there already")


def check_free(file: Path, args: argparse.Namespace, *, goes_on: bool = False) -> None:
    """InputError for a file that is there, unless told to replace it.

    `goes_on` says that the command goes on with what it began, so the file is its own.
    """
    if file.exists() and not (args.force or goes_on):
        raise InputError(
            f"{file}: is there already, and would be replaced; name another file, or give --force"
        )
