"""JSON lines, as people and other programs write them: a record a line, each with its place.

A byte order mark, Windows line ends, blank lines and a missing last line end are no faults.
Everything else that is not a line of the record is one, and is named with its number.

Records of ours may hold half characters, as a model may have written them. A line of theirs that
has a checksum is held to it (sealing.py); those of earlier versions have none.
"""

from collections.abc import Iterator
from pathlib import Path

from usersim_opt.basics import strict_json
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.reading import read_text
from usersim_opt.basics.sealing import CHECKSUM, unsealed
from usersim_opt.basics.validation import AnyRecord, Fields, parse

Line = tuple[str, Fields]
"""The place of a line, `FILE:NUMBER`, and what it holds."""


def records_in(
    path: Path, kind: type[AnyRecord], *, like: str, own: bool = False
) -> list[tuple[str, AnyRecord]]:
    """The records of a file of JSON lines, each with its place, `FILE:NUMBER`.

    `like` is an example of a line, `own` says that the file may be a record of ours. InputError
    names the line, what was got, what was expected.
    """
    lines = lines_in(path, like=like, own=own)
    return [(where, parse(fields, kind, where=where)) for where, fields in lines]


def lines_in(
    path: Path, *, like: str, error: type[InputError] = InputError, own: bool = False
) -> list[Line]:
    """The lines of a file as plain data; `error` for a file without lines and for a bad line.

    `own` says that the file may be a record of ours.
    """
    lines = list(_numbered(path, like, error, own=own))
    if not lines:
        raise error(f"{path}: holds no line; expected lines such as {like}")
    return lines


def own_fields(line: str) -> Fields:
    """What a line of a record of ours holds, without its checksum; ValueError where it is none."""
    fields = _fields(strict_json.loads(line, halves=True))
    if CHECKSUM in fields:
        unsealed(line.encode())
        del fields[CHECKSUM]
    return fields


def _numbered(path: Path, like: str, error: type[InputError], *, own: bool) -> Iterator[Line]:
    text = read_text(path, expected=f"JSON lines such as {like}", error=error)
    # str.splitlines would end a line at U+2028 as well, which JSON allows inside a text.
    for number, line in enumerate(text.split("\n"), start=1):
        where = f"{path}:{number}"
        if line.strip():
            try:
                yield where, own_fields(line) if own else _fields(strict_json.loads(line))
            except ValueError as problem:
                raise error(
                    f"{where}: is no JSON record ({problem}); got {line[:60]!r}, "
                    f"expected a line such as {like}"
                ) from problem


def _fields(data: object) -> Fields:
    if not isinstance(data, dict):
        raise ValueError(f"it holds a {type(data).__name__}")  # noqa: TRY004 - about the text
    return data
