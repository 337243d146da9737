"""Options that are always the same, from a file: what stands on the command line wins.

    user-lm = "ollama/qwen3:8b"              # for every command that has --user-lm
    user-options = {temperature = 0.9}

    [optimize]
    max-calls = 3000                         # for this command alone

The file is `usersim.toml`, or the table `[tool.usersim-opt]` of a `pyproject.toml`: the nearest one
from the working directory upward; beside each other, usersim.toml counts. Files that it names stand
beside it. A model that a command asks only on request (`--judge-lm` of items, tell-apart and
consistency) is set by the command's own table alone, so that nothing begins to cost by itself.

Not covered: options that are given again and again, options that exclude each other, arguments
without a name. They belong on the command line.
"""

import argparse
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.reading import read_text
from usersim_opt.commands.cli.values import sampling_options
from usersim_opt.commands.entry.table import COMMANDS

FILE = "usersim.toml"
PROJECT, PLACE = "pyproject.toml", ("tool", "usersim-opt")
SHARED = (
    "agent-options", "author-lm", "author-options", "dask", "dataset", "judge-card", "judge-lm",
    "judge-options", "ledger", "max-calls", "max-minutes", "max-tokens", "prices", "prompt",
    "proposer-lm", "proposer-options", "seed", "seeds", "splits", "threads", "user-lm",
    "user-options",
)  # fmt: skip
"""What may stand outside of a command's table."""
_HEAD = re.compile(r"\s*\[([^\[\]]+)\]")
_KEY = re.compile(r"\s*[\"']?([\w-]+)[\"']?\s*[=.]")


@dataclass(frozen=True)
class Settings:
    """What a file says, and where each part stands in it."""

    file: Path
    text: str
    place: tuple[str, ...]
    """The names of the table that holds everything; none in usersim.toml."""
    table: Mapping[str, Any]

    def of(self, command: str) -> Iterator[tuple[str, Any, bool]]:
        """Name and value of each setting that a command may have, and whether it is its own."""
        own: Mapping[str, Any] = {}
        for key, value in self.table.items():
            name = _dashed(key)
            if name == command and isinstance(value, dict):
                own = value
            elif name in SHARED:
                yield key, value, False
        for key, value in own.items():
            yield key, value, True

    def check(self) -> None:
        """InputError for a name that is neither a shared option nor a command's table."""
        commands = [command.name for command in COMMANDS]
        for key, value in self.table.items():
            name = _dashed(key)
            if name in SHARED or (name in commands and isinstance(value, dict)):
                continue
            if name in commands:
                raise InputError(f"{self.where(key)} is a command; expected a table [{name}]")
            raise InputError(
                f"{self.where(key)} is no option that commands share, and no command"
                f"{meant(name, [*SHARED, *commands])}; what only one command has stands in its "
                "table, such as [optimize]"
            )

    def where(self, key: str, command: str = "") -> str:
        """`usersim.toml:3: max-cals`, for a message."""
        return f"{self.file}:{self._line(key, command)}: {key}"

    def _line(self, key: str, command: str) -> int:
        """The line of a key in the table of a command, or outside of all; 1 where none is found."""
        here, wanted = "", ".".join([*self.place, *([command] if command else [])])
        for number, line in enumerate(self.text.splitlines(), start=1):
            if head := _HEAD.match(line):
                here = _dashed(re.sub(r"[\"'\s]", "", head[1]))
                if here == f"{wanted}.{_dashed(key)}".lstrip("."):
                    return number
            elif here == wanted and (found := _KEY.match(line)) and found[1] == key:
                return number
        return 1


def meant(name: str, known: list[str]) -> str:
    """`; did you mean NAME`, where a known name is close."""
    close = get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}" if close else ""


def find_settings(start: Path) -> Settings | None:
    """The nearest settings from a folder upward, with known names; None where there are none."""
    for folder in (start, *start.parents):
        for settings in (_read(folder / FILE, ()), _read(folder / PROJECT, PLACE)):
            if settings is not None:
                settings.check()
                return settings
    return None


def _read(file: Path, place: tuple[str, ...]) -> Settings | None:
    if not file.is_file():
        return None
    text = read_text(file, expected="TOML")
    try:
        table: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{file}: is no TOML: {error}") from error
    for name in place:
        table = table.get(name, {}) if isinstance(table, dict) else {}
    return Settings(file, text, place, table) if table or not place else None


def _dashed(name: str) -> str:
    return name.replace("_", "-")


# -- a parser's defaults -------------------------------------------------------------------------


def apply_settings(parser: argparse.ArgumentParser, command: str, settings: Settings) -> list[str]:
    """Make settings the defaults of a parser; the options that were set.

    InputError, with the line, for a name that the command lacks and for a value of another kind.
    """
    known = _settable(parser)
    done: list[str] = []
    for key, value, own in settings.of(command):
        name = _dashed(key)
        action = known.get(name)
        where = settings.where(key, command if own else "")
        if action is None and own:
            raise InputError(f"{where} {_unsettable(name, command, _options(parser), [*known])}")
        if action is not None and (own or not _on_request(action)):
            action.default = _typed(action, value, where=where, folder=settings.file.parent)
            action.required = False
            done.append(f"--{name}")
    return done


def _unsettable(name: str, command: str, options: list[str], known: list[str]) -> str:
    if name in options:
        return "cannot stand in a settings file; give it on the command line"
    return f"is no option of {command}{meant(name, known)}"


def _options(parser: argparse.ArgumentParser) -> list[str]:
    options = parser._option_string_actions  # noqa: SLF001 - argparse shows them nowhere else
    return [option.removeprefix("--") for option in options]


def _settable(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    """The options that have one value, or are on or off, by name."""
    groups = parser._mutually_exclusive_groups  # noqa: SLF001 - argparse shows them nowhere else
    exclusive = [action for group in groups for action in group._group_actions]  # noqa: SLF001
    return {
        option.removeprefix("--"): action
        for action in parser._actions  # noqa: SLF001
        for option in action.option_strings
        if option.startswith("--") and _has_one_value(action) and action not in exclusive
    }


def _has_one_value(action: argparse.Action) -> bool:
    kinds = (argparse._StoreAction, argparse._StoreTrueAction)  # noqa: SLF001
    return isinstance(action, kinds) and (action.nargs is None or action.const is True)


def _on_request(action: argparse.Action) -> bool:
    """Whether it names a model that is asked only where it is named."""
    return action.dest.endswith("_lm") and action.default is None


def _typed(action: argparse.Action, value: Any, *, where: str, folder: Path) -> Any:
    """The value as the command line would give it."""
    if action.const is True:
        if not isinstance(value, bool):
            raise InputError(f"{where} is {value!r}; expected true or false")
        return value
    if action.type is sampling_options and isinstance(value, dict):
        return value
    if isinstance(value, bool | dict):
        raise InputError(f"{where} is {value!r}; expected a text or a number")
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    if action.choices is not None and text not in action.choices:
        raise InputError(f"{where} is {text!r}; expected {', '.join(map(str, action.choices))}")
    read: Any = action.type or str
    try:
        return _beside(folder, read(text), text)
    except (argparse.ArgumentTypeError, ValueError) as error:
        raise InputError(f"{where}: {error}") from error


def _beside(folder: Path, value: Any, text: str) -> Any:
    """A file as it stands beside the settings; any other value as it is."""
    if not isinstance(value, Path):
        return value
    near = folder / text
    return near if near.exists() or not value.is_absolute() else value
