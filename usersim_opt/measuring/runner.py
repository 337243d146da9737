"""Plays many jobs: one reply of one prompt to one scenario each, and its grade.

A failure is an outcome of its own: it has a reason and no score, and it stops nothing. Jobs run on
any `concurrent.futures.Executor`, threads by default, in the order given, so that calls with the
same prompt stay together and a server can reuse what it has read of it. Each job carries its own
seed and asks for no cached answer: repeats are separate samples.

Where user and judge are two models on one Ollama, a grading after each reply would make a server
that cannot hold both load a model for every call. There the replies of a block are made first, then
their gradings. The outcomes are the same: no seed hangs on the order.

Not covered: retries beyond those that the model connection makes itself.
"""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from typing import Any, Self, TypeAlias, TypeVar

import dspy

from usersim_opt.basics.arguments import Workers
from usersim_opt.basics.errors import TooManyErrors, UsersimError, one_line
from usersim_opt.basics.parallel import as_finished
from usersim_opt.measuring.cluster import check_workers
from usersim_opt.measuring.job import Job
from usersim_opt.measuring.metric import Metric, models_of
from usersim_opt.measuring.outcome import JudgedVerdicts, Outcome
from usersim_opt.measuring.playing import (
    Attempt,
    batch_size,
    begin_group,
    finish_group,
    play_group,
)
from usersim_opt.models.sharing import must_swap, share_windows

DEFAULT_WORKERS = 8
BLOCK = 100
"""Replies that are made at the most before they are graded, where that is done in two steps.

A reply that is not graded yet is in no record, and made again after a kill.
"""
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
Progress = Callable[[Outcome], object]
"""Is called with each outcome as it comes in."""


def ignore(outcome: Outcome) -> None:
    """No progress is shown."""


Item = TypeVar("Item")
_Group: TypeAlias = Sequence[Job]
"""Jobs that are graded together."""
_See: TypeAlias = Callable[[int, Any], object]
"""Is called with the number of a group and what has come of it."""


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
        workers: Workers = DEFAULT_WORKERS,
        replies_first: bool | None = None,
    ) -> None:
        check_workers(workers)
        self._replies_first = replies_first
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
        # By its number and not by its key: one prompt on two models has each key twice.
        outcomes: dict[int, list[Outcome]] = {}

        def see(number: int, played: list[Outcome]) -> None:
            outcomes[number] = played
            for outcome in played:
                on_done(outcome)

        size = batch_size(self.metric)
        groups = dict(enumerate(_cut(jobs, size)))
        with _seldom_collected():
            if self._in_blocks(jobs):
                for numbers in _cut(list(groups), max(1, BLOCK // size)):
                    self._run_block({number: groups[number] for number in numbers}, see)
            else:
                self._all(play_group, {number: (group,) for number, group in groups.items()}, see)
        return [outcome for number in groups for outcome in outcomes[number]]

    def _in_blocks(self, jobs: Sequence[Job]) -> bool:
        """Whether replies come before their gradings."""
        users = list({id(lm): lm for lm in map(_user_of, jobs)}.values())
        graders = list(models_of(self.metric).values())
        share_windows([*users, *graders])
        if self._replies_first is None:
            return must_swap(users, graders)
        return self._replies_first

    def _run_block(self, groups: Mapping[int, _Group], see: _See) -> None:
        """Make the replies, then grade those that a model has to grade."""
        ungraded: dict[int, tuple[_Group, list[Attempt]]] = {}

        def see_begun(number: int, begun: list[Any]) -> None:
            if isinstance(begun[0], Outcome):
                see(number, begun)
            else:
                ungraded[number] = (groups[number], begun)

        self._all(begin_group, {number: (group,) for number, group in groups.items()}, see_begun)
        self._all(finish_group, ungraded, see)

    def _all(
        self, step: Callable[..., Any], given: Mapping[int, tuple[Any, ...]], see: _See
    ) -> None:
        """Take the step with each of the arguments, and see what comes of it."""
        numbers = {self._submit(step, *each): number for number, each in given.items()}
        as_finished(list(numbers), lambda future: see(numbers[future], _result(future)))

    def _submit(self, step: Callable[..., Any], *given: Any) -> "Future[Any]":
        """Threads see DSPy's context of the caller; other executors get the plain job."""
        call = partial(step, *given, self.metric)
        if isinstance(self._executor, ThreadPoolExecutor):
            return self._executor.submit(copy_context().run, call)
        # A context does not travel to another process.
        return self._executor.submit(call)


def _cut(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    """The items in parts of a size, the last one as long as it comes."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def _user_of(job: Job) -> Any:
    """The model that replies; DSPy's configured one for a recording, which has none."""
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
