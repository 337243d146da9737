"""Conversations as the public human data keep them: one JSON object, an entry by its id.

    {"airline_0_ann2": {"conversation": [{"role": "user", "content": "Hi"}], "reward": 1.0,
                        "survey": {"reuse": {"question": "...", "answer": "Maybe"}}, "keep": true}}

An id of people ends in `_ann2` or `_ann3` for the second and third annotator; those are the three
batches. The file of a simulator has no such ends; its runs are told apart as the published scorer
does, or given apart, one object each.

Not covered: `task_id`, `instance_id` and `agent_id`; the published scorer reads the key alone.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usersim_opt.basics.errors import InputError
from usersim_opt.realism.turns import Conversation, checked

EntryFile = Mapping[str, Mapping[str, Any]]
"""Plain entries by id, as they stand in a file."""

ONE_RUN = 170
"""A file of up to so many entries is one run; a larger one is split by the last part of its ids."""
_RUNS = ("1", "2", "3")
_FIRST = "_ann1"
_BATCH = re.compile(r"(?P<id>.*?)(?P<batch>_ann[23])?", re.DOTALL)
_TASK = re.compile(r"(?P<task>(?:airline|retail)_\d+)(?:_(?P<run>\d+))?")
_LIKE = '{"airline_0": {"conversation": [{"role": "user", "content": "Hi"}], "reward": 1.0}}'


@dataclass(frozen=True)
class Entry:
    """One conversation with what came of it."""

    conversation: Conversation
    answers: Mapping[str, str]
    """The answers to the survey by field; empty where it was not asked."""
    reward: float | None
    """None where none was recorded."""
    kept: bool
    """Whether it counts; `keep` is missing or true."""
    dropped: bool
    """Whether `keep` is false and nothing else: what drops a simulator's outcome."""

    @property
    def success(self) -> float | None:
        """1 for a reward above 0, else 0; None where none was recorded."""
        return None if self.reward is None else float(self.reward > 0)


Entries = dict[str, Entry]
"""Entries by id."""


def entries_of(data: EntryFile, *, where: str) -> Entries:
    """The entries of a file's data; InputError names the entry that is none."""
    if not isinstance(data, Mapping):
        raise InputError(
            f"{where}: is a {type(data).__name__}; expected entries by their ids, as in {_LIKE}"
        )
    return {str(name): _entry(entry, where=f"{where}, {name}") for name, entry in data.items()}


def batches_of(entries: Entries) -> list[Entries]:
    """The batches of people in the order of the annotators, ids without the annotator's end.

    A batch without entries is empty.
    """
    batches: dict[str, Entries] = {_FIRST: {}, "_ann2": {}, "_ann3": {}}
    for name, entry in entries.items():
        plain, batch = batch_of(name)
        batches[batch][plain] = entry
    return list(batches.values())


def batch_of(name: str) -> tuple[str, str]:
    """The id without the annotator's end, and that end; `_ann1` for an id without one."""
    parts = _BATCH.fullmatch(name)
    return (parts["id"], parts["batch"] or _FIRST) if parts else (name, _FIRST)


def runs_of(model: EntryFile | Sequence[EntryFile], *, where: str = "model") -> list[Entries]:
    """The runs of a simulator: one object each, or one object for all.

    InputError where there is none.
    """
    if isinstance(model, Mapping):
        return list(_split(entries_of(model, where=where)).values())
    runs = [entries_of(run, where=f"{where}, run {i}") for i, run in enumerate(model, start=1)]
    if not runs:
        raise InputError(f"{where}: holds no run; expected entries by their ids, as in {_LIKE}")
    return runs


def _split(entries: Entries) -> dict[str, Entries]:
    """The runs of one object, as the published scorer splits it, in the order of their names."""
    if len(entries) <= ONE_RUN:
        return {"0": entries}
    runs: dict[str, Entries] = {}
    for name, entry in entries.items():
        plain, _, run = name.rpartition("_")
        plain, run = (plain, run) if run in _RUNS else (name, "0")
        runs.setdefault(run, {})[plain] = entry
    return dict(sorted(runs.items()))


def task_of(name: str) -> str:
    """The task of an id: `airline_3` of `airline_3_2`; ids of other domains stay whole."""
    task = _TASK.match(name)
    return task["task"] if task else name


def run_of(name: str) -> str:
    """The run of a simulator's id: the third part of `airline_3_2`, else 1."""
    parts = _TASK.fullmatch(name)
    return (parts["run"] if parts else None) or "1"


def _entry(data: Any, *, where: str) -> Entry:
    if not isinstance(data, Mapping):
        raise InputError(f"{where}: is {data!r:.60}; expected an entry, as in {_LIKE}")
    keep = data.get("keep", True)
    return Entry(
        conversation=checked(data.get("conversation", ()), where=f"{where}, conversation"),
        answers=answers_in(data, where=where),
        reward=reward_of(data.get("reward"), where=where),
        kept=bool(keep),
        dropped=keep is False,
    )


def answers_in(data: Mapping[str, Any], *, where: str) -> dict[str, str]:
    """The answers of an entry's survey by field; empty where there is no survey.

    InputError for a survey that is none.
    """
    survey = data.get("survey", {})
    answers = survey.values() if isinstance(survey, Mapping) else [None]
    if not all(isinstance(answer, Mapping) for answer in answers):
        raise InputError(
            f"{where}: survey is {survey!r:.60}; expected "
            '{"reuse": {"question": "...", "answer": "Maybe"}}, or no survey at all'
        )
    return {field: str(answer.get("answer", "")) for field, answer in survey.items()}


def reward_of(value: Any, *, where: str) -> float | None:
    """A reward as a number; None where there is none, InputError for anything else."""
    if value is None:
        return None
    # True is an int to Python, and a fair reward; text is not. JSON as we read it has no NaN.
    if not isinstance(value, int | float) or math.isnan(value):
        raise InputError(f"{where}: reward is {value!r:.40}; expected a number, such as 1.0")
    return float(value)
