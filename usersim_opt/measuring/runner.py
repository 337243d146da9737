"""Plays many jobs: one reply of one prompt to one scenario each, and its grade.

A failure is an outcome of its own: it has a reason and no score, and it stops nothing. Jobs run on any
`concurrent.futures.Executor`, threads by default, in the order given, so that calls with the same prompt stay together.
Each job carries its own seed and asks for no cached answer: repeats are separate samples.

Not covered: retries beyond those that the model connection makes itself.
"""

import gc
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import dspy
from dspy.utils.exceptions import (
    ContextWindowExceededError,
    LMAuthError,
    LMBillingError,
    LMConfigurationError,
    LMUnsupportedModelError,
)

from usersim_opt.basics.errors import ModelError, TooManyErrors, UsersimError, one_line
from usersim_opt.basics.parallel import as_finished
from usersim_opt.basics.text import sha256
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.measuring.metric import Metric, grading_price, models_of
from usersim_opt.measuring.outcome import Grade, Outcome
from usersim_opt.scenarios.material import ScenarioSet
from usersim_opt.scenarios.records import Scenario, Task

DEFAULT_WORKERS = 8
Key = tuple[str, str, str, int]
"""Stage, version, scenario, repeat."""
FATAL = (
    ContextWindowExceededError,
    LMAuthError,
    LMBillingError,
    LMConfigurationError,
    LMUnsupportedModelError,
)
"""Errors that every further call would meet as well."""


@dataclass(frozen=True)
class Job:
    """One reply to be made and graded; stage, version, scenario and repeat name it within a run."""

    simulator: UserSimulator
    task: Task
    scenario: Scenario
    version: str
    stage: str
    repeat: int
    seed: int

    @classmethod
    def of(
        cls,
        simulator: UserSimulator,
        data: ScenarioSet,
        scenario: str,
        *,
        version: str,
        stage: str,
        repeat: int,
        run_seed: int,
    ) -> "Job":
        """The job for a scenario of a set, by its id, with the seed that it has in a run."""
        chosen = data.scenarios[scenario]
        return cls(
            simulator=simulator,
            task=data.tasks[chosen.task_id],
            scenario=chosen,
            version=version,
            stage=stage,
            repeat=repeat,
            seed=job_seed(run_seed, stage, scenario, repeat),
        )

    @property
    def key(self) -> Key:
        """The same as the key of its outcome."""
        return (self.stage, self.version, self.scenario.id, self.repeat)


def job_seed(run_seed: int, stage: str, scenario: str, repeat: int) -> int:
    """The sampling seed of a job, 31 bits; the version is no part of it, so compared prompts share their seeds."""
    return int(sha256(f"{run_seed}:{stage}:{scenario}:{repeat}")[:8], 16) & 0x7FFFFFFF


class Runner:
    """Plays jobs with one metric on `workers`: a number of threads, or an executor, which is borrowed and stays open."""

    def __init__(self, metric: Metric, *, workers: int | Executor = DEFAULT_WORKERS) -> None:
        self.metric = metric
        self._owned = ThreadPoolExecutor(workers) if isinstance(workers, int) else None
        self._executor: Executor = self._owned or workers  # type: ignore[assignment]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._owned is not None:
            self._owned.shutdown()

    def run(
        self, jobs: Sequence[Job], on_done: Callable[[Outcome], Any] = lambda outcome: None
    ) -> list[Outcome]:
        """The outcomes in the order of the jobs; `on_done` sees each as it comes in, in this thread.

        On Ctrl-C or an error the waiting jobs are dropped, calls under way are waited for, all that is finished has been seen by
        `on_done`, and the exception goes on. ModelError is what no call survives; TooManyErrors is an executor that lost a job.
        """
        done: dict[Key, Outcome] = {}

        def see(future: "Future[Outcome]") -> None:
            outcome = _result(future)
            done[outcome.key] = outcome
            on_done(outcome)

        with _seldom_collected():
            as_finished([self._submit(job) for job in jobs], see)
        return [done[job.key] for job in jobs]

    def _submit(self, job: Job) -> "Future[Outcome]":
        """Threads see DSPy's context of the caller; other executors get the plain job."""
        if isinstance(self._executor, ThreadPoolExecutor):
            return self._executor.submit(copy_context().run, play, job, self.metric)
        return self._executor.submit(play, job, self.metric)


def _result(future: "Future[Outcome]") -> Outcome:
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
    """The cyclic collector looks through all that DSPy has loaded; every few calls that costs more than the calls.

    Measured at 0.4 of 1.5 ms a call. What is not in a cycle is freed at once as ever.
    """
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def play(job: Job, metric: Metric) -> Outcome:
    """One reply and its grade; an exception on the way becomes an outcome with the status `error`.

    ModelError is raised for what no other call would survive either: a wrong key, a missing model,
    a prompt too long.
    """
    with dspy.context(disable_history=True, trace=None):
        said = _attempt(lambda: _reply(job))
        if said.why:
            return _outcome(job, said, status="error", why=said.why)
        graded = _attempt(lambda: metric.grade(job.scenario, said.value))
    return _graded(job, metric, said, graded)


@dataclass(frozen=True)
class _Attempt:
    """What came of one stretch of calls: its value or why there is none, tokens and models."""

    value: Any
    why: str
    tokens: int
    models: tuple[str, ...]


def _attempt(step: Callable[[], Any]) -> _Attempt:
    """Take a step and note what it used; ModelError for what every further call would meet too."""
    value, why = None, ""
    with dspy.track_usage() as usage:
        try:
            value = step()
        except FATAL as error:
            raise ModelError(one_line(error)) from error
        except Exception as error:  # noqa: BLE001 - a failure is the job's outcome, not the run's end
            why = one_line(error)
    used = usage.get_total_tokens()
    tokens = sum(int(model.get("total_tokens") or 0) for model in used.values())
    return _Attempt(value, why, tokens, tuple(sorted(used)))


def _reply(job: Job) -> str:
    """The customer's next message."""
    config = {"seed": job.seed, "cache": False}
    said = job.simulator(scenario=job.task.story, history=job.scenario.messages, config=config)
    return str(said.reply)


def _graded(job: Job, metric: Metric, said: _Attempt, graded: _Attempt) -> Outcome:
    """The outcome of a reply that was made, with its grade if it has one."""
    judged = grading_price(metric, job.scenario)
    named = {lm.model for lm in models_of(metric).values()}
    made = partial(
        _outcome,
        job,
        said,
        judge=(judged, graded.tokens),
        unnamed=tuple(model for model in graded.models if model not in named),
    )
    if graded.why:
        return made(status="error", why=f"judge: {graded.why}")
    grade: Grade = graded.value
    if grade.scored:
        return made(status="scored", grade=grade)
    return made(status="unscored", grade=grade, why=grade.verdicts[0].evidence)


def _outcome(
    job: Job, said: _Attempt, *, judge: tuple[int, int] = (0, 0), **fields: Any
) -> Outcome:
    """The outcome of a job; `judge` are the calls and tokens of its grading."""
    stage, version, scenario, repeat = job.key
    return Outcome(
        scenario=scenario,
        version=version,
        stage=stage,
        repeat=repeat,
        reply=said.value or "",
        calls={"user": 1, "judge": judge[0]},
        tokens={"user": said.tokens, "judge": judge[1]},
        **fields,
    )


MAX_FAILED = 0.2
"""Share of failed replies above which nothing is decided and the run stops; what failed is owed again on resuming."""


MIN_FAILED = 2
"""Failures that stop no run, unless there is nothing else: a fifth of a handful is one."""


Progress = Callable[[Outcome], object]


def ignore(outcome: Outcome) -> None:
    """No progress is shown."""


def stop_if_hopeless(outcomes: Sequence[Outcome]) -> None:
    """Raise TooManyErrors, with the last reason, if more than a fifth of the replies failed or could not be scored."""
    failed = [outcome for outcome in outcomes if outcome.status != "scored"]
    if len(failed) > max(MAX_FAILED * len(outcomes), min(MIN_FAILED, len(outcomes) - 1)):
        raise TooManyErrors(
            f"{len(failed)} of {len(outcomes)} calls failed, the last with {failed[-1].why!r}; mend the model connection and go on"
        )
