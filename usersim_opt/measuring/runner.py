"""Plays many jobs: one reply of one prompt to one scenario each, and its grade.

A failure is an outcome of its own: it has a reason and no score, and it stops nothing. Jobs run on
any `concurrent.futures.Executor`, threads by default, in the order given, so that calls with the
same prompt stay together and a server can reuse what it has read of it. Each job carries its own
seed and asks for no cached answer: repeats are separate samples.

Where user and judge are two models on one Ollama, a grading after each reply would make a server
that cannot hold both load a model for every call. There the replies of a block are made first, then
their gradings. The outcomes are the same: a job's seed hangs on no order.

Not covered: retries beyond those that the model connection makes itself.
"""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, Protocol, Self

import dspy
from dspy.utils.exceptions import (
    ContextWindowExceededError,
    LMAuthError,
    LMBillingError,
    LMConfigurationError,
    LMUnsupportedModelError,
)

from usersim_opt.basics.asking import count_repeats, models_in, tokens_of
from usersim_opt.basics.errors import (
    InputError,
    ModelError,
    TooManyErrors,
    UsersimError,
    one_line,
)
from usersim_opt.basics.parallel import as_finished
from usersim_opt.basics.text import sha256
from usersim_opt.basics.validation import Fields
from usersim_opt.customer.simulator import Turns, UserSimulator
from usersim_opt.measuring.cluster import check_workers
from usersim_opt.measuring.metric import Metric, grading_price, models_of
from usersim_opt.measuring.outcome import Grade, Outcome
from usersim_opt.measuring.universal.acting import guards_of, with_broken
from usersim_opt.models.sharing import must_swap, share_windows
from usersim_opt.scenarios.material import ScenarioSet
from usersim_opt.scenarios.records import Scenario, Task

DEFAULT_WORKERS = 8
BLOCK = 100
"""Replies that are made at the most before they are graded, where that is done in two steps.

A reply that is not graded yet is in no record, and made again after a kill.
"""
FATAL = (
    ContextWindowExceededError,
    LMAuthError,
    LMBillingError,
    LMConfigurationError,
    LMUnsupportedModelError,
)
"""Errors that every further call would meet as well."""

Key = tuple[str, str, str, int]
"""Stage, version, scenario, repeat."""
Progress = Callable[[Outcome], object]
"""Is called with each outcome as it comes in."""


def ignore(outcome: Outcome) -> None:
    """No progress is shown."""


class Player(Protocol):
    """Who gives the customer's next message: a UserSimulator, or a recording of one."""

    def __call__(self, *, scenario: str, history: Turns, config: Fields) -> dspy.Prediction:
        """A Prediction with `reply`."""
        ...


@dataclass(frozen=True)
class Job:
    """One reply to be made and graded; stage, version, scenario and repeat name it within a run."""

    simulator: Player
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
    """The sampling seed of a job, 31 bits.

    The version is no part of it: two prompts that are compared share their seeds, so part of the
    chance in sampling is the same on both sides of a pair.
    """
    return int(sha256(f"{run_seed}:{stage}:{scenario}:{repeat}")[:8], 16) & 0x7FFFFFFF


class Runner:
    """Plays jobs with one metric.

    `workers` is a number of threads, or an executor, which is borrowed and stays open.
    `replies_first` makes the replies of a block before their gradings; unless given, that is done
    where user and judge share a host and are not the same there.
    """

    def __init__(
        self,
        metric: Metric,
        *,
        workers: int | Executor = DEFAULT_WORKERS,
        replies_first: bool | None = None,
    ) -> None:
        check_workers(workers)
        self.metric = metric
        self._replies_first = replies_first
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
        outcomes: dict[int, Outcome] = {}

        def see(place: int, outcome: Outcome) -> None:
            # By its place and not by its key: one prompt on two models has each key twice.
            outcomes[place] = outcome
            on_done(outcome)

        with _seldom_collected():
            if self._in_blocks(jobs):
                for block in _blocks(jobs):
                    self._run_block(block, see)
            else:
                self._all({place: (play, job) for place, job in enumerate(jobs)}, see)
        return [outcomes[place] for place in range(len(jobs))]

    def _in_blocks(self, jobs: Sequence[Job]) -> bool:
        """Whether replies come before their gradings."""
        users = list({id(lm): lm for lm in map(_user_of, jobs)}.values())
        graders = list(models_of(self.metric).values())
        share_windows([*users, *graders])
        if self._replies_first is None:
            return must_swap(users, graders)
        return self._replies_first

    def _run_block(self, block: Mapping[int, Job], see: "See") -> None:
        """Make the replies, then grade those that a model has to grade."""
        ungraded: dict[int, _Attempt] = {}

        def see_begun(place: int, begun: "Outcome | _Attempt") -> None:
            if isinstance(begun, Outcome):
                see(place, begun)
            else:
                ungraded[place] = begun

        self._all({place: (begin, job) for place, job in block.items()}, see_begun)
        rest = {place: (finish, block[place], reply) for place, reply in ungraded.items()}
        self._all(rest, see)

    def _all(self, calls: Mapping[int, tuple[Any, ...]], see: "See") -> None:
        """Make calls of functions with their first arguments, and see what comes of each."""
        places = {self._submit(*call): place for place, call in calls.items()}
        as_finished(list(places), lambda future: see(places[future], _result(future)))

    def _submit(self, step: Callable[..., Any], *given: Any) -> "Future[Any]":
        """Threads see DSPy's context of the caller; other executors get the plain job."""
        call = partial(step, *given, self.metric)
        if isinstance(self._executor, ThreadPoolExecutor):
            return self._executor.submit(copy_context().run, call)
        # A context does not travel to another process.
        return self._executor.submit(call)


See = Callable[[int, Any], object]
"""Is called with the place of a job and what has come of it."""


def _blocks(jobs: Sequence[Job]) -> Iterator[dict[int, Job]]:
    """The jobs with their places, a block at a time."""
    numbered = enumerate(jobs)
    while block := dict(islice(numbered, BLOCK)):
        yield block


def _user_of(job: Job) -> Any:
    """The model that replies; None for a recording."""
    return getattr(job.simulator, "lm", None) or dspy.settings.lm


def _result(future: "Future[Any]") -> Any:
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


def play(job: Job, metric: Metric) -> Outcome:
    """One reply and its grade; an exception on the way becomes an outcome with the status `error`.

    Raises ModelError where every further call would fail as well (a wrong key, a missing model, a
    prompt too long), and InputError where the metric gives something other than a grade.
    """
    return finish(job, reply_of(job), metric)


def begin(job: Job, metric: Metric) -> "Outcome | _Attempt":
    """The reply of a job; its outcome where no model has to grade it. Raises what `play` does."""
    reply = reply_of(job)
    if reply.why or not grading_price(metric, job.scenario):
        return finish(job, reply, metric)
    return reply


def reply_of(job: Job) -> "_Attempt":
    """The reply of a job, or why there is none."""
    with _forgetting():
        return _attempt(lambda: _reply(job))


def finish(job: Job, reply: "_Attempt", metric: Metric) -> Outcome:
    """The outcome of a job that has its reply. Raises what `play` does."""
    if reply.why:
        return _outcome(job, reply, status="error", why=reply.why)
    with _forgetting():
        grading = _attempt(lambda: _graded(job, metric, reply.value))
    return _outcome(
        job,
        reply,
        judge_calls=grading_price(metric, job.scenario) + grading.repeats,
        judge_tokens=grading.tokens,
        unnamed=_unnamed(grading, metric),
        **_ruling(grading, job.scenario),
    )


def _forgetting() -> Any:
    """DSPy would remember every call in its history and trace, which grow with the run."""
    return dspy.context(disable_history=True, trace=None)


@dataclass(frozen=True)
class _Attempt:
    """What came of one stretch of calls: its value or why there is none, and what it used."""

    value: Any
    why: str
    tokens: int
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
    return _Attempt(value, why, tokens_of(usage), models_in(usage), repeats.number)


def _reply(job: Job) -> str:
    """The customer's next message."""
    config = {"seed": job.seed, "cache": False}
    turn = job.simulator(scenario=job.task.story, history=job.scenario.messages, config=config)
    return str(turn.reply)


def _graded(job: Job, metric: Metric, reply: str) -> Any:
    """What the metric says of a reply, and the universal guards that the reply breaks."""
    grade = metric.grade(job.scenario, reply)
    if not isinstance(grade, Grade):
        return grade
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
    job: Job, reply: _Attempt, *, judge_calls: int = 0, judge_tokens: int = 0, **fields: Any
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
        tokens={"user": reply.tokens, "judge": judge_tokens},
        **fields,
    )
