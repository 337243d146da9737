"""Asks the survey after many conversations, and keeps the answers as they come.

    asked = ask_survey(simulator, rated_entries(human, stories), "answers.json")
    uso.realism.score_usi(model, human, model_survey=asked.answers)

The file is the form that `score_usi` takes, an entry by id. It is written after each handful of
answers, and the same call goes on with it. Each entry names the model and a digest of what it was
asked, so that answers of another prompt, model or conversation are not taken for these.

For the index a simulator rates the conversations of people, under people's ids. What it answers to
its own conversations is worth a look (`own_id`), and is no part of the index.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tqdm.auto import tqdm

from usersim_opt.basics import strict_json
from usersim_opt.basics.arguments import Count, checks_arguments
from usersim_opt.basics.errors import InputError, ModelError, one_line
from usersim_opt.basics.figures import many
from usersim_opt.basics.files import check_writable, write_text
from usersim_opt.basics.layout import some
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.text import sha256
from usersim_opt.customer.conversation import Conversation as Talk
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.measuring.bars import silence
from usersim_opt.measuring.conversing import user_name
from usersim_opt.measuring.playing import FATAL
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.models.naming import is_offline
from usersim_opt.realism.entries import EntryFile, entries_of, task_of
from usersim_opt.realism.result_sets import plain
from usersim_opt.realism.survey import survey_form, take_survey
from usersim_opt.realism.turns import Conversation
from usersim_opt.scenarios.records import Task

_Entry = Mapping[str, Any]
"""A survey with the model that answered and the digest of what it was asked."""
_EXPECTED = "answers by the ids of conversations, as ask_survey writes them"


@dataclass(frozen=True)
class Rated:
    """A conversation to be rated, with the private story of its customer."""

    id: str
    story: str
    conversation: Conversation


@dataclass(frozen=True)
class Asked:
    """What came of it."""

    answers: EntryFile
    failed: Mapping[str, str] = field(default_factory=dict)
    """Why a conversation was not rated, by id; the same call asks those again."""

    @property
    def offline(self) -> bool:
        """Whether a stand-in answered."""
        return any(is_offline(str(entry.get("model"))) for entry in self.answers.values())

    @visibly
    def __str__(self) -> str:
        read = sum(len(entry["survey"]) for entry in self.answers.values())
        answers = f"{many(len(self.answers), 'conversation')} rated, {many(read, 'answer')} read"
        failures = [f"not rated: {name}: {why}" for name, why in self.failed.items()]
        return "\n".join([answers, *failures])


@checks_arguments
def rated_of(talks: Iterable[Talk], tasks: Iterable[Task]) -> list[Rated]:
    """Conversations of `converse` or `rollout` to be rated by the customer who had them.

    Their ids are none of people's data. InputError for a conversation about none of the tasks.
    """
    stories = {task.id: task.story for task in tasks}
    return [
        Rated(f"{talk.task}, seed {talk.seed}", _story(stories, talk.task), plain(talk)["messages"])
        for talk in talks
    ]


@checks_arguments
def rated_entries(entries: EntryFile, stories: Mapping[str, str]) -> list[Rated]:
    """People's conversations to be rated, those that are kept, under their own ids.

    `stories` has the private story of each task by its name there, such as airline_0. InputError
    where one is missing.
    """
    return [
        Rated(name, _story(stories, task_of(name)), entry.conversation)
        for name, entry in entries_of(entries, where="human").items()
        if entry.kept
    ]


def _story(stories: Mapping[str, str], task: str) -> str:
    if task not in stories:
        raise InputError(
            f"there is no story of task {task!r}, whose conversation is to be rated; got those of "
            f"{some(sorted(stories)) or 'none'}"
        )
    return stories[task]


@checks_arguments
def ask_survey(
    simulator: UserSimulator,
    rated: Sequence[Rated],
    path: str | Path,
    *,
    workers: Count = DEFAULT_WORKERS,
) -> Asked:
    """Have a simulator rate conversations in character, `workers` at the same time.

    InputError for an id that stands there twice, and for a file with the answers to something else;
    ModelError where every further call would fail as well. A conversation of one side and an empty
    answer are failures of their own.
    """
    file = Path(path)
    check_writable(file)
    digests = _digests(simulator, rated)
    answers = _kept(file, digests)
    failed: dict[str, str] = {}
    todo = [each for each in rated if each.id not in answers]
    with ThreadPoolExecutor(workers) as threads, _bar(len(rated)) as bar:
        bar.update(len(rated) - len(todo))
        for handful in _handfuls(todo, workers):
            try:
                for each, entry in _asked(simulator, handful, threads):
                    _take_in(each, entry, answers, failed)
            finally:
                write_text(file, strict_json.dumps(answers, indent=1) + "\n")
            bar.update(len(handful))
    return Asked({each.id: answers[each.id] for each in rated if each.id in answers}, failed)


def _handfuls(rated: Sequence[Rated], most: int) -> Iterator[Sequence[Rated]]:
    for start in range(0, len(rated), most):
        yield rated[start : start + most]


def _take_in(
    rated: Rated, entry: _Entry | str, answers: dict[str, _Entry], failed: dict[str, str]
) -> None:
    if isinstance(entry, str):
        failed[rated.id] = entry
    else:
        answers[rated.id] = entry


def _asked(
    simulator: UserSimulator, handful: Sequence[Rated], threads: ThreadPoolExecutor
) -> Iterator[tuple[Rated, _Entry | str]]:
    """A handful with the entry of each, or why there is none."""
    asks = [partial(_ask, simulator, each) for each in handful]
    futures = [threads.submit(copy_context().run, ask) for ask in asks]
    for each, future in zip(handful, futures, strict=True):
        yield each, future.result()


def _ask(simulator: UserSimulator, rated: Rated) -> _Entry | str:
    """An entry, or why there is none; ModelError for what every other call would meet too."""
    try:
        answered = take_survey(simulator, rated.story, rated.conversation, seed=0, cache=False)
    except FATAL as error:
        raise ModelError(one_line(error)) from error
    except Exception as error:  # noqa: BLE001 - it is what came of this conversation
        return one_line(error)
    return {**answered, "model": user_name(simulator), "asked": _digest(simulator, rated)}


def _digest(simulator: UserSimulator, rated: Rated) -> str:
    """What is asked about a conversation, and by whom."""
    who = [simulator.prompt.sha256, user_name(simulator), survey_form()]
    return sha256(json.dumps([*who, rated.story, list(rated.conversation)]))


def _digests(simulator: UserSimulator, rated: Sequence[Rated]) -> dict[str, str]:
    """The digests by id; InputError for an id that comes twice."""
    found: dict[str, str] = {}
    for each in rated:
        if each.id in found:
            raise InputError(f"{each.id!r} stands there twice; expected an id of its own for each")
        found[each.id] = _digest(simulator, each)
    return found


def _kept(file: Path, digests: Mapping[str, str]) -> dict[str, _Entry]:
    """The answers of the file; InputError where one is to something else."""
    if not file.exists():
        return {}
    data = strict_json.load(file, expected=_EXPECTED, halves=True)
    if not isinstance(data, dict) or not all(map(_is_answered, data.values())):
        raise InputError(f"{file}: holds {data!r:.40}; expected {_EXPECTED}")
    for name, entry in data.items():
        if name in digests and entry.get("asked") != digests[name]:
            raise InputError(
                f"{file}: {name}: was answered by another prompt or model, or on another "
                "conversation; name another file"
            )
    return data


def _is_answered(entry: object) -> bool:
    """Whether it is an entry of `ask_survey`; a file of somebody else's is not added to."""
    return isinstance(entry, dict) and isinstance(entry.get("asked"), str)


def _bar(total: int) -> Any:
    return tqdm(total=total, unit="talk", desc="survey", disable=silence(tqdm))
