"""JSON lines, as people and other programs write them: a record a line, each with its place.

A byte order mark, Windows line ends and a missing last line end are no faults. Everything else that
is not a line of the record is one, and is named with its number: nothing is skipped in silence.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.validation import AnyRecord, Fields, parse

Line = tuple[str, Fields]
"""The place of a line, `FILE:NUMBER`, and what it holds."""


def records_in(path: Path, kind: type[AnyRecord], *, like: str) -> list[tuple[str, AnyRecord]]:
    """The records of a file of JSON lines, each with its place, `FILE:NUMBER`.

    `like` is an example of a line. InputError names the line, what was got, what was expected.
    """
    return [
        (where, parse(fields, kind, where=where)) for where, fields in lines_in(path, like=like)
    ]


def lines_in(path: Path, *, like: str) -> list[Line]:
    """The lines of a file as plain data; InputError for a file without lines and for a bad line."""
    lines = list(_numbered(path, like))
    if not lines:
        raise InputError(f"{path}: holds no line; expected lines such as {like}")
    return lines


def _numbered(path: Path, like: str) -> Iterator[Line]:
    for number, line in enumerate(text_lines(path), start=1):
        where = f"{path}:{number}"
        if not line.strip():
            raise InputError(f"{where}: is empty; expected a line such as {like}, or no line")
        yield where, _fields(line, where, like)


def text_lines(path: Path) -> list[str]:
    r"""The lines of a text file in UTF-8; only `\n` and `\r\n` end one.

    InputError for a file that cannot be read.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: is no UTF-8 text (byte {error.start}); save it as UTF-8"
        ) from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    # str.splitlines would end a line at U+2028 as well, which JSON allows inside a text.
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return lines if lines[-1].strip() else lines[:-1]


def _fields(line: str, where: str, like: str) -> Fields:
    try:
        data = json.loads(line, object_pairs_hook=_single, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{where}: is no JSON ({error}); got {line[:60]!r}, expected a line such as {like}"
        ) from error
    if not isinstance(data, dict):
        raise InputError(f"{where}: holds {line[:60]!r}; expected a line such as {like}")
    return data


def _single(pairs: Sequence[tuple[str, Any]]) -> Fields:
    """The pairs as a mapping; ValueError for a key that stands there twice."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands there twice")
    return fields


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")
