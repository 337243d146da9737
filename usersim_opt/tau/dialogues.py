"""Dialogues between agent and customer, one JSON object a line.

    {"source": "...", "turns": [{"role": "user", "content": "..."}, {"role": "agent", "content": "..."}, {"role": "tool_call", ...}]}

Tool calls are left out. In tau-bench's own dialogues both sides are language models: they show how agents of that kind
talk, and are no evidence of how people write.
"""

import json
from pathlib import Path
from typing import Any

from usersim_opt.basics.errors import DatasetError
from usersim_opt.scenarios.records import Turn

_ROLE = {"user": "customer", "agent": "agent"}


def load_dialogues(path: str | Path) -> list[tuple[Turn, ...]]:
    """Read dialogues as turns; DatasetError names the line that is none."""
    file = Path(path)
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise DatasetError(
            f"{file}: cannot be read ({error.strerror}); expected dialogues, one JSON object a line"
        ) from error
    return [
        _dialogue(line, f"{file}:{number}")
        for number, line in enumerate(lines, start=1)
        if line.strip()
    ]


def _dialogue(line: str, where: str) -> tuple[Turn, ...]:
    try:
        turns: Any = json.loads(line)["turns"]
        spoken = [turn for turn in turns if turn["role"] in _ROLE and str(turn["content"]).strip()]
        return tuple(Turn(role=_ROLE[turn["role"]], text=str(turn["content"])) for turn in spoken)  # type: ignore[arg-type]
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(
            f'{where}: is no dialogue ({type(error).__name__}: {error}); expected {{"turns": [{{"role", "content"}}, ...]}}'
        ) from error
