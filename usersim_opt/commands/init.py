"""Lay out a project: a file of tasks, settings, and a README with the next commands."""

import argparse
from pathlib import Path

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.files import check_writable, write_text
from usersim_opt.commands import cli

TEMPLATES = Path(__file__).with_name("project")


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder of the project")
    return parser


def main() -> int:
    """Write the files, all of them new, and say how to go on."""
    folder = options().parse_args().folder
    files = {folder / template.name: template for template in sorted(TEMPLATES.iterdir())}
    check(folder, [*files])
    for file, template in files.items():
        write_text(file, template.read_text(encoding="utf-8"))
        print(f"Written: {file}")
    print(f"\nGo on with: cd {folder} && usersim-opt build-dataset   ({folder / 'README.md'})")
    return 0


def check(folder: Path, files: list[Path]) -> None:
    """InputError where a file is there already or cannot be written."""
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: is a file; expected a folder, or the name of a new one")
    for file in files:
        if file.exists():
            raise InputError(f"{file}: is there already and stays as it is; name another folder")
        check_writable(file)
