"""Dialogues between agent and customer, one JSON object a line.

    {"source": "...", "turns": [{"role": "user", "content": "..."},
                                {"role": "agent", "content": "..."}, {"role": "tool_call", ...}]}

(on one line). Tool calls are left out. In tau-bench's own dialogues both sides are language models:
they show how agents of that kind talk, and are no evidence of how people write.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from usersim_opt.basics.errors import DatasetError
from usersim_opt.scenarios.records import Turn

Dialogue = tuple[Turn, ...]
"""The turns of agent and customer."""

_ROLE: dict[str, Literal["agent", "customer"]] = {"user": "customer", "agent": "agent"}


def load_dialogues(path: str | Path) -> list[Dialogue]:
    """Read dialogues as turns; DatasetError names the line that is none."""
    file = Path(path)
    lines = enumerate(_read(file).split("\n"), start=1)
    return [_dialogue(line, where=f"{file}:{number}") for number, line in lines if line.strip()]


def _read(file: Path) -> str:
    expected = "expected dialogues, one JSON object a line"
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise DatasetError(f"{file}: cannot be read ({error.strerror}); {expected}") from error
    except UnicodeDecodeError as error:
        raise DatasetError(f"{file}: byte {error.start} is not UTF-8; {expected}") from error


def _dialogue(line: str, *, where: str) -> Dialogue:
    try:
        return tuple(_turns(json.loads(line)))
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(
            f"{where}: is no dialogue ({type(error).__name__}: {error}); "
            'expected {"turns": [{"role", "content"}, ...]}'
        ) from error


def _turns(dialogue: Any) -> Iterator[Turn]:
    """What the two sides say; tool calls and empty messages are left out."""
    for turn in dialogue["turns"]:
        if turn["role"] in _ROLE and str(turn["content"]).strip():
            yield Turn(role=_ROLE[turn["role"]], text=str(turn["content"]))
