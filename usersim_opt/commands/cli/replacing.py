"""Files that a command writes: none takes the place of another unless --force says so.

`add_output` makes an option that names such a file, and --force beside it. The parser of the
command looks at all of them when it has read the command line, so before anything is spent.

Not covered: a file that appears under the name while the command is at work.
"""

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from os.path import lexists
from pathlib import Path
from typing import Any

from usersim_opt.basics.errors import InputError
from usersim_opt.customer.prompt import read_prompt
from usersim_opt.results.card import card_files
from usersim_opt.results.export.text_file import check_target
from usersim_opt.results.export.writing import check_file
from usersim_opt.results.journal import holds_run
from usersim_opt.results.record import read_record

Args = argparse.Namespace


class Output(argparse._StoreAction):  # noqa: SLF001 - argparse has no public name for it
    """An option that names a file to be written."""

    def __init__(
        self,
        *,
        files: Callable[[Args], Sequence[Path]] | None,
        check: Callable[[Args], None] | None,
        record: Callable[[Args], Path | None] | None,
        **options: Any,
    ) -> None:
        super().__init__(type=Path, **options)
        self._files, self._check, self._record = files, check, record

    def files(self, args: Args) -> Sequence[Path]:
        """The files that it stands for, none where it is not given."""
        named = getattr(args, self.dest)
        if named is None:
            return []
        return self._files(args) if self._files else [named]

    def check(self, args: Args) -> None:
        """InputError for what is in use, cannot be written, or would be lost."""
        if not (files := self.files(args)):
            return
        if self._check:
            self._check(args)
        else:
            check_files(files)
        check_free(files, args, record=self._record)


def add_output(
    to: argparse.ArgumentParser,
    *names: str,
    files: Callable[[Args], Sequence[Path]] | None = None,
    check: Callable[[Args], None] | None = None,
    record: Callable[[Args], Path | None] | None = None,
    **options: Any,
) -> None:
    """An option that names a file to be written, and --force.

    `files` are those that it stands for, by default the one that is named. `check` raises where
    they cannot be written, by default unless each is a file and no card of a prompt. `record` is
    the run folder with which the command goes on: a prompt of that run may be written again.
    """
    to.add_argument(*names, action=Output, files=files, check=check, record=record, **options)
    if not any("--force" in each.option_strings for each in _actions(to)):
        line = "replace files that are there already"
        to.add_argument("--force", action="store_true", help=line)


def add_output_folder(to: argparse.ArgumentParser, name: str, **options: Any) -> None:
    """An option that names a folder for files, and --force."""

    def check(args: Args) -> None:
        check_folder(getattr(args, name.removeprefix("--")))

    add_output(to, name, metavar="FOLDER", check=check, **options)


def add_prompt_output(
    to: argparse.ArgumentParser, *, record: Callable[[Args], Path | None], line: str
) -> None:
    """--out for a prompt with its cards, and --force."""
    add_output(
        to,
        "--out",
        required=True,
        help=line,
        files=lambda args: [args.out, *card_files(args.out)],
        check=lambda args: check_target(args.out),
        record=record,
    )


def made_later(args: Args) -> Sequence[Path]:
    """The `files` of an option whose files are known when they are made.

    Its command asks `check_free` itself.
    """
    return []


def check_outputs(parser: argparse.ArgumentParser, args: Args) -> None:
    """InputError for a file to be written that has two uses, cannot be written, or is there."""
    outputs = list(_outputs(parser, args))
    written = {output.dest for output in outputs}
    read = (value for name, value in vars(args).items() if name not in written)
    taken = {file.resolve() for file in _paths(list(read))}
    for output in outputs:
        for file in output.files(args):
            if file.resolve() in taken:
                raise InputError(
                    f"{output.option_strings[-1]} is {file}, a file that this command reads or "
                    "writes already; name another file"
                )
            taken.add(file.resolve())
    for output in outputs:
        output.check(args)


def check_files(files: Iterable[Path]) -> None:
    """InputError for a file that cannot be written, and for the card of a prompt."""
    for file in files:
        check_file(file)


def check_folder(folder: Path) -> None:
    """InputError where something other than a folder stands there."""
    if lexists(folder) and not folder.is_dir():
        raise InputError(f"{folder}: is a file; expected a folder, or the name of a new one")


def check_free(
    files: Iterable[Path], args: Args, *, record: Callable[[Args], Path | None] | None = None
) -> None:
    """InputError for a file, or a folder with files, that is there, unless --force replaces it.

    The first of the files may be a prompt of the run in `record`; then all are its own.
    """
    standing = [file for file in files if _stands(file)]
    if not standing or args.force:
        return
    if not record or not _is_of_run(standing[0], record(args)):
        raise InputError(
            f"{standing[0]}: is there already, and would be replaced; "
            "name another file, or give --force"
        )


def _stands(file: Path) -> bool:
    return any(file.iterdir()) if file.is_dir() else lexists(file)


def _is_of_run(file: Path, folder: Path | None) -> bool:
    """Whether a file holds one of the prompts of a run."""
    if folder is None or not holds_run(folder):
        return False
    try:
        prompt = read_prompt(file)
    except InputError:
        return False
    return prompt.sha256 in {each.sha256 for each in read_record(folder).versions.values()}


def _outputs(parser: argparse.ArgumentParser, args: Args) -> Iterator[Output]:
    """The options of a parser that name files to be written, those of its chosen part as well."""
    for action in _actions(parser):
        if isinstance(action, Output):
            yield action
        elif isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            yield from _outputs(action.choices[getattr(args, action.dest)], args)


def _actions(parser: argparse.ArgumentParser) -> Sequence[argparse.Action]:
    return parser._actions  # noqa: SLF001 - argparse shows its options nowhere else


def _paths(value: Any) -> Iterable[Path]:
    """The paths in a value: itself, or those in a list of values."""
    if isinstance(value, list | tuple):
        return chain.from_iterable(map(_paths, value))
    return [value] if isinstance(value, Path) else []
