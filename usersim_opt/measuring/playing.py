"""What a job comes to: its reply, and its grade, as an outcome."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import dspy
from dspy.utils.exceptions import (
    ContextWindowExceededError,
    LMAuthError,
    LMBillingError,
    LMConfigurationError,
    LMUnsupportedModelError,
)

from usersim_opt.basics.asking import count_repeats, models_in, tokens_of, written_of
from usersim_opt.basics.errors import InputError, ModelError, one_line
from usersim_opt.measuring.job import Job
from usersim_opt.measuring.metric import Grades, Metric, grading_price, models_of
from usersim_opt.measuring.outcome import Grade, Outcome
from usersim_opt.measuring.universal.acting import guards_of, with_broken
from usersim_opt.scenarios.records import Scenario

FATAL = (
    ContextWindowExceededError,
    LMAuthError,
    LMBillingError,
    LMConfigurationError,
    LMUnsupportedModelError,
)
"""Errors that every further call would meet as well."""


def batch_size(metric: Metric) -> int:
    """How many jobs are graded together: as many as the metric says that it can take."""
    batch = getattr(metric, "batch", 1)
    takes_many = callable(getattr(metric, "grade_many", None))
    return batch if takes_many and isinstance(batch, int) and batch > 1 else 1


def play_group(jobs: Sequence[Job], metric: Metric) -> list[Outcome]:
    """The replies of some jobs, one after the other, and the grades of all of them together.

    The calls that this cost stand in the first outcome. Raises ModelError where every further call
    would fail as well (a wrong key, a missing model, a prompt too long), and InputError where the
    metric gives something other than a grade.
    """
    return finish_group(jobs, _replies(jobs), metric)


def begin_group(jobs: Sequence[Job], metric: Metric) -> "list[Outcome] | list[Attempt]":
    """The replies of some jobs; their outcomes where no model has to grade them.

    Raises what `play_group` raises.
    """
    replies = _replies(jobs)
    pairs = zip(jobs, replies, strict=True)
    if any(grading_price(metric, job.scenario) for job, reply in pairs if not reply.why):
        return replies
    return finish_group(jobs, replies, metric)


def _replies(jobs: Sequence[Job]) -> "list[Attempt]":
    with _forgetting():
        return [_attempt(partial(_reply, job)) for job in jobs]


def finish_group(
    jobs: Sequence[Job], replies: "Sequence[Attempt]", metric: Metric
) -> list[Outcome]:
    """The outcomes of jobs that have their replies. Raises what `play_group` raises."""
    if len(jobs) == 1:
        return [_finished(jobs[0], replies[0], metric)]
    made = [number for number, reply in enumerate(replies) if not reply.why]
    asked = [(jobs[number], str(replies[number].value)) for number in made]
    with _forgetting():
        grading = _attempt(lambda: _graded_together(asked, metric))
    grades = grading.value.grades if grading.value else [None] * len(made)
    calls = grading.value.calls if grading.value else grading_price(metric, jobs[0].scenario)
    outcomes = {
        number: _outcome(jobs[number], replies[number], status="error", why=replies[number].why)
        for number in set(range(len(jobs))) - set(made)
    }
    for number, grade in zip(made, grades, strict=True):
        part = _part(grading, grade, first=number == made[0])
        outcomes[number] = _outcome(
            jobs[number],
            replies[number],
            grading=part,
            judge_calls=part.repeats + (calls if number == made[0] else 0),
            unnamed=_unnamed(part, metric),
            **_ruling(part, jobs[number].scenario),
        )
    return [outcomes[number] for number in range(len(jobs))]


def _graded_together(asked: Sequence[tuple[Job, str]], metric: Any) -> Grades:
    """What the metric says of the replies, with the universal guards that each breaks."""
    given = metric.grade_many([(job.scenario, reply) for job, reply in asked])
    grades = [
        _guarded(grade, job, metric, reply) if isinstance(grade, Grade) else grade
        for grade, (job, reply) in zip(given.grades, asked, strict=True)
    ]
    return Grades(grades, given.calls)


def _part(grading: "Attempt", grade: Any, *, first: bool) -> "Attempt":
    """The attempt to grade one of the replies; the first one has what all together used.

    ModelError for what every further call would meet too.
    """
    why = grading.why
    if isinstance(grade, FATAL):
        raise ModelError(one_line(grade)) from grade
    if isinstance(grade, Exception):
        grade, why = None, one_line(grade)
    attempt = replace(grading, value=grade, why=why)
    return attempt if first else replace(attempt, tokens=0, written=0, repeats=0)


def play(job: Job, metric: Metric) -> Outcome:
    """One reply and its grade; an exception on the way becomes an outcome with the status `error`.

    Raises ModelError where every further call would fail as well (a wrong key, a missing model, a
    prompt too long), and InputError where the metric gives something other than a grade.
    """
    (outcome,) = play_group([job], metric)
    return outcome


def _finished(job: Job, reply: "Attempt", metric: Metric) -> Outcome:
    """The outcome of a job that has its reply."""
    if reply.why:
        return _outcome(job, reply, status="error", why=reply.why)
    with _forgetting():
        grading = _attempt(lambda: _graded(job, metric, reply.value))
    return _outcome(
        job,
        reply,
        grading=grading,
        judge_calls=grading_price(metric, job.scenario) + grading.repeats,
        unnamed=_unnamed(grading, metric),
        **_ruling(grading, job.scenario),
    )


def _forgetting() -> Any:
    """DSPy would remember every call in its history and trace, which grow with the run."""
    return dspy.context(disable_history=True, trace=None)


@dataclass(frozen=True)
class Attempt:
    """What came of one stretch of calls: its value or why there is none, and what it used."""

    value: Any
    why: str
    tokens: int
    written: int
    """Of the tokens those that were written."""
    models: tuple[str, ...]
    repeats: int
    """Calls beyond the price, made because an answer could not be read."""


def _attempt(step: Callable[[], Any]) -> Attempt:
    """Take a step and note what it used.

    Raises ModelError for what every further call would meet too, InputError as the step does.
    """
    value, why = None, ""
    with dspy.track_usage() as usage, count_repeats() as repeats:
        try:
            value = step()
        except InputError:
            raise  # a mistake of the caller, which no other reply would be spared
        except FATAL as error:
            raise ModelError(one_line(error)) from error
        except Exception as error:  # noqa: BLE001 - it is the job's outcome
            why = one_line(error)
    return Attempt(
        value, why, tokens_of(usage), written_of(usage), models_in(usage), repeats.number
    )


def _reply(job: Job) -> str:
    """The customer's next message."""
    config = {"seed": job.seed, "cache": False}
    turn = job.simulator(scenario=job.task.story, history=job.scenario.messages, config=config)
    return str(turn.reply)


def _graded(job: Job, metric: Metric, reply: str) -> Any:
    """What the metric says of a reply, and the universal guards that the reply breaks."""
    grade = metric.grade(job.scenario, reply)
    return _guarded(grade, job, metric, reply) if isinstance(grade, Grade) else grade


def _guarded(grade: Grade, job: Job, metric: Metric, reply: str) -> Grade:
    moment = job.scenario.of_task(job.task).moment
    return with_broken(grade, guards_of(metric), reply=reply, moment=moment)


def _unnamed(grading: Attempt, metric: Metric) -> tuple[str, ...]:
    """The models that took part in a grading and that the metric does not name."""
    named = {lm.model for lm in models_of(metric).values()}
    return tuple(model for model in grading.models if model not in named)


def _ruling(grading: Attempt, scenario: Scenario) -> dict[str, Any]:
    """Status, grade and reason of a reply that was made; InputError for a grade that is none."""
    if grading.why:
        return {"status": "error", "why": f"judge: {grading.why}"}
    grade = grading.value
    if not isinstance(grade, Grade):
        raise InputError(
            f"the metric's grade for scenario {scenario.id} is a {type(grade).__name__}; "
            "expected a Grade with a verdict for each criterion"
        )
    if grade.scored:
        return {"status": "scored", "grade": grade}
    why = grade.verdicts[0].evidence if grade.verdicts else "the metric gave no verdict"
    return {"status": "unscored", "grade": grade, "why": why}


def _outcome(
    job: Job,
    reply: Attempt,
    *,
    grading: Attempt | None = None,
    judge_calls: int = 0,
    **fields: Any,
) -> Outcome:
    """The outcome of a job; `fields` are the others of an Outcome."""
    stage, version, scenario, repeat = job.key
    return Outcome(
        scenario=scenario,
        version=version,
        stage=stage,
        repeat=repeat,
        reply=reply.value or "",
        calls={"user": 1, "judge": judge_calls},
        tokens={"user": reply.tokens, "judge": grading.tokens if grading else 0},
        written={"user": reply.written, "judge": grading.written if grading else 0},
        **fields,
    )
