r"""JSON without surprises, as strict as our YAML.

Refused in words: a key that stands twice, numbers that are none (`NaN`), nesting without end, and
half characters. Those are one half of a pair such as `\ud83d\ude00`; text that holds one cannot
be sent, saved as UTF-8, or shown.

What a program of ours wrote down of a model's answer may hold halves: see `halves`.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.reading import read_text
from usersim_opt.basics.validation import Fields

_HALF = re.compile("[\ud800-\udfff]")
_NEAR = 12
"""Characters on each side of a half character that are quoted."""


def load(
    path: Path, *, expected: str, error: type[InputError] = InputError, halves: bool = False
) -> Any:
    """What a JSON file holds; `error` names the file, what was wrong and what was `expected`."""
    text = read_text(path, expected=expected, error=error)
    try:
        return loads(text, halves=halves)
    except ValueError as problem:
        raise error(f"{path}: is no JSON ({problem}); expected {expected}") from problem


def loads(text: str | bytes, *, halves: bool = False) -> Any:
    """What a JSON text holds; ValueError in one line. `halves` lets half characters pass."""
    try:
        data = json.loads(text, object_pairs_hook=_single, parse_constant=_no_number)
        # Whole pairs have become one character each, so that every half left over is alone.
        half = None if halves else _HALF.search(json.dumps(data, ensure_ascii=False))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if half:
        raise ValueError(f"it holds half a character near {_near(half)}")
    return data


def dumps(data: Any, *, indent: int | None = None) -> str:
    """JSON for a model or a person: every character as it is, only half ones are escaped."""
    text = json.dumps(data, indent=indent, ensure_ascii=False, allow_nan=False)
    return _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def half_character(text: str) -> str:
    """The place of the first half character as a quotation; empty where there is none."""
    half = _HALF.search(text)
    return _near(half) if half else ""


def _near(half: re.Match[str]) -> str:
    beginning = max(0, half.start() - _NEAR)
    return ascii(half.string[beginning : half.end() + _NEAR])


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
