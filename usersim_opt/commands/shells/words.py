"""What can be typed after each command, as its parser has it."""

import argparse
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from usersim_opt.basics.shipped import dataset_names, prompt_names
from usersim_opt.commands.cli import dataset_folder, prompt_file
from usersim_opt.commands.entry.table import Command

SHIPPED = ((dataset_folder, dataset_names), (prompt_file, prompt_names))
"""Types of options, each with the names that it takes beside files."""
Takes = Literal["nothing", "a value", "anything"]
"""Nothing: it is on or off. A value: one of those that are known. Anything: those, files, texts."""


@dataclass(frozen=True)
class Word:
    """An option, its line of help, and the values that are known."""

    option: str
    line: str
    values: tuple[str, ...]
    takes: Takes


@dataclass(frozen=True)
class Words:
    """What a command takes: options, and values without a name, of which some are known."""

    command: Command
    options: tuple[Word, ...]
    values: tuple[str, ...]
    takes: Takes


def words_of(command: Command) -> Words:
    """What a command takes; its module is imported."""
    parser: argparse.ArgumentParser = import_module(command.module).options()
    actions = parser._actions  # noqa: SLF001 - argparse shows its options nowhere else
    options = [_word(action) for action in actions if action.option_strings]
    unnamed = [action for action in actions if not action.option_strings]
    values = [value for action in unnamed for value in _values(action)]
    is_closed = any(action.choices and action.nargs != argparse.PARSER for action in unnamed)
    takes: Takes = "a value" if is_closed else "anything"
    return Words(command, tuple(options), tuple(values), takes)


def _word(action: argparse.Action) -> Word:
    return Word(action.option_strings[-1], _line(action.help), _values(action), _takes(action))


def _takes(action: argparse.Action) -> Takes:
    if action.nargs == 0:
        return "nothing"
    return "a value" if action.choices else "anything"


def _line(text: str | None) -> str:
    """Help as one line that no shell reads anything into."""
    plain = "".join(sign for sign in text or "" if sign not in "'\"`$\\[]")
    return " ".join(plain.replace("%%", "%").split())


def _values(action: argparse.Action) -> tuple[str, ...]:
    if action.choices:
        return tuple(map(str, action.choices))
    names = next((names for kind, names in SHIPPED if action.type is kind), None)
    return tuple(names()) if names else ()
