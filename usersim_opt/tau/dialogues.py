"""Dialogues between agent and customer: JSON objects, one a line, or a results file of the tau's.

    {"source": "...", "turns": [{"role": "user", "content": "..."},
                                {"role": "agent", "content": "..."}, {"role": "tool_call", ...}]}

(on one line of a file *.jsonl.) Any other file is read as results of tau-bench, tau-trait (their
historical trajectories) or tau2. Tool calls are left out, and so is the greeting that every one of
those begins with: it would be the most frequent turn, and says nothing of how an agent talks. In
these dialogues both sides are language models: they show how agents of that kind talk, and are no
evidence of how people write.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from usersim_opt.basics.errors import DatasetError, InputError, one_line
from usersim_opt.basics.json_lines import lines_in
from usersim_opt.basics.text import is_blank
from usersim_opt.basics.validation import Fields
from usersim_opt.customer.conversation import Conversation
from usersim_opt.scenarios.records import Turn
from usersim_opt.tau.conversations import read_conversations
from usersim_opt.tau.trajectories import GREETING_TURN

Dialogue = tuple[Turn, ...]
"""The turns of agent and customer."""

_LIKE = '{"turns": [{"role": "agent", "content": "How can I help?"}]}'
_ROLE: dict[str, Literal["agent", "customer"]] = {"user": "customer", "agent": "agent"}


def load_dialogues(path: str | Path) -> list[Dialogue]:
    """Read dialogues as turns; DatasetError names the line or the entry that is none."""
    if Path(path).suffix != ".jsonl":
        return [_of_results(talk) for talk in read_conversations(path)]
    lines = lines_in(Path(path), like=_LIKE, error=DatasetError)
    return [_dialogue(fields, where=where) for where, fields in lines]


def _of_results(talk: Conversation) -> Dialogue:
    """What both sides say behind the fixed greeting."""
    turns = talk.turns[1:] if talk.turns[:1] == (GREETING_TURN,) else talk.turns
    return tuple(Turn(role=turn.role, text=turn.text) for turn in turns)


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
