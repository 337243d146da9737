"""Measures the consistency of recorded conversations: hard facts by code, the rest by a judge.

The judge is asked from several threads. Questions about a story come first, since every line of
every conversation about it is asked them.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from typing import Any, TypeVar

import dspy

from usersim_opt.basics.arguments import Count, check_count, checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.parallel import as_finished
from usersim_opt.customer.conversation import Conversation
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.realism.contradictions.findings import findings_in
from usersim_opt.realism.contradictions.measures import (
    MEASURES,
    Part,
    jobs_for,
    questions_about,
    score,
)
from usersim_opt.realism.contradictions.reading import QuestionAndAnswer
from usersim_opt.realism.contradictions.result import (
    FACTS,
    Consistency,
    Price,
    TalkConsistency,
    price_of,
)
from usersim_opt.realism.interview import Interview
from usersim_opt.realism.stories import Tasks, Told, checked_conversations, with_stories
from usersim_opt.scenarios.records import Task

Done = TypeVar("Done")
Parts = dict[str, list[Part]]


@checks_arguments
def consistency(
    conversations: Conversation | Sequence[Conversation],
    tasks: Tasks,
    *,
    judge: dspy.LM | None = None,
    measures: Sequence[str] = MEASURES,
    answers: str | Path | None = None,
    workers: Count = DEFAULT_WORKERS,
) -> Consistency:
    """How far the customer of each conversation keeps to its story and to what it said.

    `tasks` hold the stories. Without a judge only hard facts are looked at, by code, at no cost.
    `measures` are those that the judge is asked for (arXiv 2511.00222; see measures.py), each a
    share from 0 to 1; `consistency_price` says the calls before. `answers` is a file in which the
    judge's answers are kept, so that none is paid for twice.

    Raises InputError for inputs that are none, for a task that is not among the tasks and for a
    stand-in as the judge, ModelError where every further call would fail as well. An answer that
    cannot be read is asked for once more, and then left out, counted and told.
    """
    talks = with_stories(conversations, tasks)
    asked_for = _checked(measures) if judge is not None else ()
    interview = None
    parts: list[Parts] = [{} for _ in talks]
    if judge is not None:
        interview = Interview(judge, Path(answers) if answers else None)
        parts = _judged(talks, asked_for, interview, workers)
    return Consistency(
        talks=tuple(_talk(told, each) for told, each in zip(talks, parts, strict=True)),
        measures=asked_for,
        judge=interview.name if interview else "",
        calls=interview.calls if interview else 0,
        lost=tuple(sorted(interview.lost, key=lambda lost: lost.about)) if interview else (),
    )


@checks_arguments
def consistency_price(
    conversations: Conversation | Sequence[Conversation], *, measures: Sequence[str] = MEASURES
) -> Price:
    """The judge's calls for these conversations; InputError for inputs that are none."""
    asked_for = _checked(measures)
    talks = checked_conversations(conversations)
    return price_of([Told(talk, _unknown(talk.task)) for talk in talks], asked_for)


def _unknown(task: str) -> Task:
    """A task of which the name alone matters."""
    return Task.model_construct(id=task, domain="", source="", story="")


def _checked(measures: Any) -> tuple[str, ...]:
    """The measures in their order; InputError for an unknown one, or none."""
    named = list(measures) if isinstance(measures, Sequence) else []
    unknown = [name for name in named if name not in MEASURES]
    if isinstance(measures, str) or unknown or not named:
        raise InputError(
            f"measures is {measures!r:.60}; expected a list of {', '.join(MEASURES)}, one or more"
        )
    return tuple(name for name in MEASURES if name in named)


def _judged(
    talks: Sequence[Told], measures: Sequence[str], interview: Interview, workers: int
) -> list[Parts]:
    """The parts of each measure of each conversation, as far as they were not lost."""
    asked = _questions(talks, interview, workers) if "questions" in measures else {}
    jobs = [
        (place, name, job)
        for place, told in enumerate(talks)
        for name in measures
        for job in jobs_for(name, told, interview, asked.get(told.task.id))
    ]
    done = at_once([job for _, _, job in jobs], workers)
    parts: list[Parts] = [{name: [] for name in measures} for _ in talks]
    for (place, name, _), part in zip(jobs, done, strict=True):
        if part is not None:
            parts[place][name].append(part)
    return parts


def _questions(
    talks: Sequence[Told], interview: Interview, workers: int
) -> dict[str, list[QuestionAndAnswer] | None]:
    """The five questions of each task that a customer speaks about."""
    by_task = {told.task.id: told for told in talks if told.own}

    def ask(told: Told) -> Callable[[], list[QuestionAndAnswer] | None]:
        return lambda: questions_about(told, interview)

    found = at_once([ask(told) for told in by_task.values()], workers)
    return dict(zip(by_task, found, strict=True))


def at_once(jobs: Iterable[Callable[[], Done]], workers: int) -> list[Done]:
    """What jobs return, in their order, made in several threads; the first error goes on."""
    check_count("workers", workers)
    with ThreadPoolExecutor(workers) as threads:
        futures = [threads.submit(copy_context().run, job) for job in jobs]
        as_finished(futures, Future.result)
        return [future.result() for future in futures]


def _talk(told: Told, parts: Parts) -> TalkConsistency:
    findings = findings_in(told.conversation, told.task.story)
    lines = len(told.own)
    faulty = len({finding.turn for finding in findings})
    by_code = 1 - faulty / lines if lines else None
    return TalkConsistency(
        conversation=told.conversation,
        lines=lines,
        scores={FACTS: by_code, **{name: score(each) for name, each in parts.items()}},
        findings=findings,
        contradictions={
            name: tuple(wrong for part in each for wrong in part.wrong)
            for name, each in parts.items()
        },
    )
