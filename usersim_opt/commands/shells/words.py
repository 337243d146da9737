"""What can be typed after each command, as its parser has it."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from usersim_opt.basics.shipped import dataset_names, prompt_names
from usersim_opt.commands.cli import dataset_folder, prompt_file
from usersim_opt.commands.entry.table import Command

SHIPPED = {dataset_folder: dataset_names, prompt_file: prompt_names}
"""By the type of an option, the names that it takes beside files."""


@dataclass(frozen=True)
class Word:
    """An option, its line of help, and the values that are known; without them a file or a text."""

    option: str
    line: str
    values: tuple[str, ...]
    takes_none: bool
    """Whether it is on or off."""


@dataclass(frozen=True)
class Words:
    """What a command takes."""

    command: Command
    options: tuple[Word, ...]
    values: tuple[str, ...]
    """Known values of arguments without a name."""


def words_of(command: Command) -> Words:
    """What a command takes; its module is imported."""
    parser: argparse.ArgumentParser = import_module(command.module).options()
    actions = parser._actions  # noqa: SLF001 - argparse shows its options nowhere else
    options = [_word(action) for action in actions if action.option_strings]
    unnamed = [
        value for action in actions if not action.option_strings for value in _values(action)
    ]
    return Words(command, tuple(options), tuple(unnamed))


def _word(action: argparse.Action) -> Word:
    takes_none = action.nargs == 0
    return Word(action.option_strings[-1], _line(action.help), _values(action), takes_none)


def _line(text: str | None) -> str:
    """Help as one line that no shell reads anything into."""
    plain = "".join(sign for sign in text or "" if sign not in "'\"`$\\[]")
    return " ".join(plain.replace("%%", "%").split())


def _values(action: argparse.Action) -> tuple[str, ...]:
    choices: Sequence[str] | None = action.choices  # type: ignore[assignment] # ours are texts
    names = SHIPPED.get(action.type)  # type: ignore[call-overload] # any type may be asked for
    return tuple(choices or (names() if names else ()))
