"""Recorded conversations of one simulator, from any harness: tasks, runs, messages, rewards.

    [[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}], ...]
    [{"task_id": 3, "run": 1, "reward": 1.0, "messages": [...]}, ...]
    {"airline_0": {"conversation": [...], "reward": 1.0}, ...}

`conversation`, `messages`, `turns` and `traj` are names of the same thing. In place of a list a
file may have one of them a line (JSON lines). What has no task is a task of its own.

Not covered: tool calls and their results, which are no words of the customer; the forms of the tau
benchmarks, which tau/result_sets.py reads.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from usersim_opt.basics import strict_json
from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import many
from usersim_opt.basics.json_lines import lines_in
from usersim_opt.customer import conversation as ours
from usersim_opt.realism.entries import EntryFile, reward_of, runs_of
from usersim_opt.realism.turns import Conversation, checked, turns_of

MESSAGES = ("conversation", "messages", "turns", "traj")
"""Names that harnesses have for the messages of a conversation."""
_RUNS = ("run", "trial")
_ROLES = {"agent": "assistant", "customer": "user"}
LIKE = '[{"task_id": 0, "messages": [{"role": "user", "content": "Hi"}]}]'
"""A result set in its plain form."""


@dataclass(frozen=True)
class Talk:
    """One recorded conversation."""

    task: str
    """The task as people's data name it, such as airline_0."""
    run: str
    messages: Conversation
    reward: float | None = None

    @property
    def entry(self) -> dict[str, Any]:
        """The conversation as an entry of the public form."""
        return {"conversation": self.messages, "reward": self.reward}


@dataclass(frozen=True)
class ResultSet:
    """Recorded conversations of one simulator."""

    name: str
    talks: Sequence[Talk]
    notes: Sequence[str] = ()
    """What was left out."""
    offline: bool = False
    """Whether a stand-in took part."""

    @cached_property
    def runs(self) -> list[EntryFile]:
        """The conversations as entries by task, one object for each run."""
        runs: dict[str, dict[str, Any]] = {}
        for talk in self.talks:
            runs.setdefault(talk.run, {})[talk.task] = talk.entry
        return list(runs.values())

    @property
    def tasks(self) -> int:
        """How many tasks there are."""
        return len({talk.task for talk in self.talks})


@checks_arguments
def read_result_set(path: str | Path, *, source: str = "llm") -> ResultSet:
    """The conversations of a file in one of the plain forms.

    Conversations in which the customer says nothing are left out, and a note says so. InputError
    names the file or the conversation that is none.
    """
    path = Path(path)
    return result_set(read_json(path), name=path.name, where=str(path), source=source)


def read_json(path: Path) -> Any:
    """What a file of JSON, or of JSON lines, holds; a folder is read by its results.json."""
    path = path / "results.json" if path.is_dir() else path
    if path.suffix == ".jsonl":
        return [fields for _, fields in lines_in(path, like=LIKE.strip("[]"), own=True)]
    return strict_json.load(path, expected=f"conversations such as {LIKE}", halves=True)


def result_set(
    data: Any, *, name: str, where: str, source: str = "llm", offline: bool = False
) -> ResultSet:
    """A result set from plain data; `offline` where a stand-in took part."""
    if isinstance(data, Mapping):
        talks = _talks_of(data, where=where)
    elif isinstance(data, list):
        talks = [_talk(each, number, where) for number, each in enumerate(data)]
    else:
        raise InputError(f"{where}: holds {data!r:.60}; expected conversations such as {LIKE}")
    return replace(sifted(name, talks, where=where, source=source), offline=offline)


def sifted(name: str, talks: Sequence[Talk], *, where: str, source: str = "llm") -> ResultSet:
    """The conversations in which the customer says something; InputError where there is none.

    A second conversation of a task in one run counts as one of a further run.
    """
    heard = [talk for talk in talks if _has_customer(talk, where, source)]
    if not heard:
        raise InputError(
            f"{where}: none of {many(len(talks), 'conversation')} has a word of the customer; "
            f"expected messages of the role user, such as {LIKE}"
        )
    silent = len(talks) - len(heard)
    note = f"{where}: {many(silent, 'conversation')} left out: the customer says nothing"
    return ResultSet(name, _numbered(heard), [note] if silent else [])


def _has_customer(talk: Talk, where: str, source: str) -> bool:
    checked(talk.messages, where=f"{where}, {talk.task}, run {talk.run}")
    return bool(turns_of(talk.messages, source).texts)


def _numbered(talks: Iterable[Talk]) -> list[Talk]:
    """The conversations with a run of its own for each that has the task and run of another."""
    seen: Counter[tuple[str, str]] = Counter()
    numbered = []
    for talk in talks:
        seen[talk.task, talk.run] += 1
        times = seen[talk.task, talk.run]
        numbered.append(talk if times == 1 else replace(talk, run=f"{talk.run} ({times})"))
    return numbered


def _talks_of(data: Mapping[str, Any], *, where: str) -> list[Talk]:
    """The conversations of an object by id; what is not kept is left out."""
    return [
        Talk(task=name, run=str(number), messages=entry.conversation, reward=entry.reward)
        for number, run in enumerate(runs_of(data, where=where), start=1)
        for name, entry in run.items()
        if entry.kept
    ]


def _talk(data: Any, number: int, where: str) -> Talk:
    """A conversation of a list; a bare list of messages is a task of its own."""
    place = f"{where}, conversation {number}"
    if isinstance(data, list):
        return Talk(task=f"conversation_{number}", run="1", messages=data)
    if not isinstance(data, Mapping) or not any(name in data for name in MESSAGES):
        raise InputError(f"{place}: is {data!r:.60}; expected an entry as in {LIKE}")
    messages = next(data[name] for name in MESSAGES if name in data)
    return Talk(
        task=task_name(data, number),
        run=next((str(data[name]) for name in _RUNS if name in data), "1"),
        messages=messages,
        reward=reward_of(data.get("reward"), where=place),
    )


def plain(talk: ours.Conversation) -> dict[str, Any]:
    """A conversation of `converse` or `rollout` in the plain form."""
    messages = [{"role": _ROLES[turn.role], "content": turn.text} for turn in talk.turns]
    return {"task_id": talk.task, "run": talk.seed, "messages": messages}


def task_name(data: Mapping[str, Any], number: int) -> str:
    """The task of a conversation: `domain` and `task_id`; without a task its place in the file."""
    task = data.get("task_id", data.get("id"))
    if task is None:
        return f"conversation_{number}"
    domain = data.get("domain")
    return f"{domain}_{task}" if domain and re.fullmatch(r"\d+", str(task)) else str(task)
