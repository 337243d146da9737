"""Plays many jobs: one reply of one prompt to one scenario each, and its grade.

A failure is an outcome of its own: it has a reason and no score, and it stops nothing. Jobs run on
any `concurrent.futures.Executor`, threads by default, in the order given, so that calls with the
same prompt stay together and a server can reuse what it has read of it. Each job carries its own
seed and asks for no cached answer: repeats are separate samples.

Not covered: retries beyond those that the model connection makes itself.
"""

import gc
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self, TypeAlias

import dspy
from dspy.utils.exceptions import (
    ContextWindowExceededError,
    LMAuthError,
    LMBillingError,
    LMConfigurationError,
    LMUnsupportedModelError,
)

from usersim_opt.basics.arguments import Workers
from usersim_opt.basics.asking import count_repeats, models_in, tokens_of, written_of
from usersim_opt.basics.errors import (
    InputError,
    ModelError,
    TooManyErrors,
    UsersimError,
    one_line,
)
from usersim_opt.basics.parallel import as_finished
from usersim_opt.measuring.job import Job
from usersim_opt.measuring.metric import Grades, Metric, grading_price, models_of
from usersim_opt.measuring.outcome import Grade, JudgedVerdicts, Outcome
from usersim_opt.measuring.universal.acting import guards_of, with_broken
from usersim_opt.scenarios.records import Scenario

DEFAULT_WORKERS = 8
MAX_FAILED = 0.2
"""Share of failed replies above which nothing is decided and the run stops.

What failed is owed again on resuming.
"""
MIN_FAILED = 2
"""Failures, or answers of the judge that lack verdicts, that stop no run, unless there is nothing
else: a fifth of a handful is one."""
MAX_MISSING = 0.05
"""Share of missing verdicts above which nothing is decided.

A judge that cannot be read where the replies are of one kind moves the pass rate unseen.
"""
FATAL = (
    ContextWindowExceededError,
    LMAuthError,
    LMBillingError,
    LMConfigurationError,
    LMUnsupportedModelError,
)
"""Errors that every further call would meet as well."""

Progress = Callable[[Outcome], object]
"""Is called with each outcome as it comes in."""


def ignore(outcome: Outcome) -> None:
    """No progress is shown."""


_Played: TypeAlias = "Future[list[Outcome]]"
"""The outcomes of jobs that are graded together."""


class Runner:
    """Plays jobs with one metric.

    `workers` is a number of threads, or an executor, which is borrowed and stays open.
    """

    def __init__(self, metric: Metric, *, workers: Workers = DEFAULT_WORKERS) -> None:
        self.metric = metric
        self._owns = isinstance(workers, int)
        self._executor = ThreadPoolExecutor(workers) if isinstance(workers, int) else workers

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        if self._owns:
            # What was under way at the first Ctrl-C is over by now, unless there was a second.
            self._executor.shutdown(wait=kind is not KeyboardInterrupt)

    def run(self, jobs: Sequence[Job], on_done: Progress = ignore) -> list[Outcome]:
        """The outcomes in the order of the jobs; `on_done` sees each, in this thread, as it comes.

        On Ctrl-C or an error the waiting jobs are dropped, calls under way are waited for,
        `on_done` sees all that is finished, and the exception goes on. Raises ModelError where
        every further call would fail like this one, InputError for a metric that gives no grades,
        and TooManyErrors where the executor lost a job.
        """
        # By its future and not by its key: one prompt on two models has each key twice.
        outcomes: dict[_Played, list[Outcome]] = {}

        def see(future: _Played) -> None:
            outcomes[future] = _result(future)
            for outcome in outcomes[future]:
                on_done(outcome)

        with _seldom_collected():
            size = batch_size(self.metric)
            groups = [jobs[start : start + size] for start in range(0, len(jobs), size)]
            futures = [self._submit(group) for group in groups]
            as_finished(futures, see)
        return [outcome for future in futures for outcome in outcomes[future]]

    def _submit(self, group: Sequence[Job]) -> "_Played":
        """Threads see DSPy's context of the caller; other executors get the plain job."""
        if isinstance(self._executor, ThreadPoolExecutor):
            return self._executor.submit(copy_context().run, play_group, group, self.metric)
        # A context does not travel to another process.
        return self._executor.submit(play_group, group, self.metric)


def _result(future: _Played) -> list[Outcome]:
    try:
        return future.result()
    except UsersimError:
        raise
    except Exception as error:
        raise TooManyErrors(
            f"the executor lost a job ({one_line(error)}); mend the workers and go on"
        ) from error


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Let Python's cyclic garbage collector run seldom while jobs are played.

    It looks through all that DSPy has loaded, and a call makes enough objects to start it every few
    calls: measured at 0.4 of 1.5 ms a call. What is not in a cycle is freed at once as ever, so
    little piles up in the meantime. The thresholds hold for the whole process and are put back.
    """
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def batch_size(metric: Metric) -> int:
    """How many jobs are graded together: as many as the metric says that it can take."""
    batch = getattr(metric, "batch", 1)
    takes_many = callable(getattr(metric, "grade_many", None))
    return batch if takes_many and isinstance(batch, int) and batch > 1 else 1


def play_group(jobs: Sequence[Job], metric: Metric) -> list[Outcome]:
    """The replies of some jobs, one after the other, and the grades of all of them together.

    The calls that this cost stand in the first outcome. Raises what `play` raises.
    """
    if len(jobs) == 1:
        return [play(jobs[0], metric)]
    with dspy.context(disable_history=True, trace=None):
        replies = [_attempt(partial(_reply, job)) for job in jobs]
        made = [number for number, reply in enumerate(replies) if not reply.why]
        asked = [(jobs[number], str(replies[number].value)) for number in made]
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
            judge_calls=part.repeats + (calls if number == made[0] else 0),
            judge_tokens=part.tokens,
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


def _part(grading: "_Attempt", grade: Any, *, first: bool) -> "_Attempt":
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
    # DSPy would remember every call in its history and trace, which grow with the run.
    with dspy.context(disable_history=True, trace=None):
        reply = _attempt(lambda: _reply(job))
        if reply.why:
            return _outcome(job, reply, status="error", why=reply.why)
        grading = _attempt(lambda: _graded(job, metric, reply.value))
    return _outcome(
        job,
        reply,
        grading=grading,
        judge_calls=grading_price(metric, job.scenario) + grading.repeats,
        unnamed=_unnamed(grading, metric),
        **_ruling(grading, job.scenario),
    )


@dataclass(frozen=True)
class _Attempt:
    """What came of one stretch of calls: its value or why there is none, and what it used."""

    value: Any
    why: str
    tokens: int
    written: int
    """Of the tokens those that were written."""
    models: tuple[str, ...]
    repeats: int
    """Calls beyond the price, made because an answer could not be read."""


def _attempt(step: Callable[[], Any]) -> _Attempt:
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
    return _Attempt(
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


def _unnamed(grading: _Attempt, metric: Metric) -> tuple[str, ...]:
    """The models that took part in a grading and that the metric does not name."""
    named = {lm.model for lm in models_of(metric).values()}
    return tuple(model for model in grading.models if model not in named)


def _ruling(grading: _Attempt, scenario: Scenario) -> dict[str, Any]:
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
    reply: _Attempt,
    *,
    grading: _Attempt | None = None,
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


def stop_if_hopeless(outcomes: Sequence[Outcome]) -> None:
    """TooManyErrors where so much of a measurement is missing that nothing can be decided on it.

    That is more than a fifth of the replies, which failed or could not be scored, or more than a
    twentieth of the verdicts that a judge had to give.
    """
    _stop_if_unreadable(outcomes)
    _stop_if_failing(outcomes)


def _stop_if_failing(outcomes: Sequence[Outcome]) -> None:
    failed = [outcome for outcome in outcomes if outcome.status != "scored"]
    tolerated = max(MAX_FAILED * len(outcomes), min(MIN_FAILED, len(outcomes) - 1))
    if len(failed) > tolerated:
        raise TooManyErrors(
            f"{len(failed)} of {len(outcomes)} calls failed, the last with {failed[-1].why!r}; "
            "mend the model connection and go on"
        )


def _stop_if_unreadable(outcomes: Sequence[Outcome]) -> None:
    """Verdicts are counted, not replies: checks alone make a reply a scored one."""
    verdicts = JudgedVerdicts.of(outcomes)
    answers = [outcome for outcome in outcomes if outcome.missing]
    is_few = len(answers) <= MIN_FAILED and verdicts.missing < verdicts.judged
    if verdicts.share > MAX_MISSING and not is_few:
        why = answers[-1].missing[-1].evidence
        raise TooManyErrors(
            f"{verdicts.warning}, the last because {why}; expected a pass or a fail for each "
            "criterion: ask again where that was bad luck, else take another judge model, or other "
            "options for it, such as more max_tokens, in a run folder of its own"
        )
