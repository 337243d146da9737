"""Dialogues between agent and customer, one JSON object a line.

    {"source": "...", "turns": [{"role": "user", "content": "..."},
                                {"role": "agent", "content": "..."}, {"role": "tool_call", ...}]}

(on one line). Tool calls are left out. In tau-bench's own dialogues both sides are language models:
they show how agents of that kind talk, and are no evidence of how people write.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from usersim_opt.basics.errors import DatasetError, InputError, one_line
from usersim_opt.basics.json_lines import lines_in
from usersim_opt.basics.text import is_blank
from usersim_opt.basics.validation import Fields
from usersim_opt.scenarios.records import Turn

Dialogue = tuple[Turn, ...]
"""The turns of agent and customer."""

_LIKE = '{"turns": [{"role": "agent", "content": "How can I help?"}]}'
_ROLE: dict[str, Literal["agent", "customer"]] = {"user": "customer", "agent": "agent"}


def load_dialogues(path: str | Path) -> list[Dialogue]:
    """Read dialogues as turns; DatasetError names the line that is none."""
    lines = lines_in(Path(path), like=_LIKE, error=DatasetError)
    return [_dialogue(fields, where=where) for where, fields in lines]


def _dialogue(fields: Fields, *, where: str) -> Dialogue:
    try:
        return tuple(_turns(fields))
    except (ValueError, KeyError, TypeError, InputError) as error:
        raise DatasetError(
            f"{where}: is no dialogue ({one_line(error)}); expected {_LIKE}"
        ) from error


def _turns(dialogue: Any) -> Iterator[Turn]:
    """What the two sides say; tool calls and empty messages are left out."""
    for turn in dialogue["turns"]:
        if turn["role"] in _ROLE and not is_blank(str(turn["content"])):
            yield Turn(role=_ROLE[turn["role"]], text=str(turn["content"]))
