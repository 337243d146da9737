"""RubricOptimizer: tunes a user simulator's prompt until it behaves like a customer.

    1 draw a minibatch of ten training tasks, one scenario each            sampling.py
    2 choose prompts to run on it, and learn what their pieces are worth   strategies/pieces.py, strategies/belief.py, piece_model.py
    3 run them: replies and grades, paid for once and recorded             run.py, runner.py, simulator.py, judge.py
    4 ask for pieces against what failed                                   strategies/proposal.py
    5 turn away what has learned the benchmark                             strategies/guards.py, strategies/intake.py
    6 let no new incumbent regress on the scenarios of the round before    strategies/acceptance.py
    7 at the end, let the held-out smoke split decide what ships           here

Steps 2 to 6 are the search strategy's (strategies/search.py is its Protocol); this file knows the others and nothing else.
"""

import sys
import warnings
from collections.abc import Sequence
from concurrent.futures import Executor
from copy import copy
from pathlib import Path
from typing import Any

import dspy
from dspy.teleprompt import Teleprompter

from usersim_opt.basics.asking import check_lm
from usersim_opt.basics.errors import InputError
from usersim_opt.customer.prompt import Prompt, read_prompt
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.measuring.bars import TuningBar
from usersim_opt.measuring.metric import RubricMetric
from usersim_opt.measuring.outcome import collapsed
from usersim_opt.measuring.pairs import paired_difference
from usersim_opt.measuring.runner import DEFAULT_THREADS, Runner, price
from usersim_opt.models.naming import model_name
from usersim_opt.results.journal import Journal
from usersim_opt.results.record import read_record, write_data
from usersim_opt.results.result import OptimizationResult
from usersim_opt.results.versions import Decision, Version, evidence
from usersim_opt.scenarios.dataset import MIN_TRAIN
from usersim_opt.scenarios.material import Material
from usersim_opt.scenarios.sampling import MinibatchSampler
from usersim_opt.tuning.budget import Budget
from usersim_opt.tuning.draft import DraftReview
from usersim_opt.tuning.gates import too_much_lost
from usersim_opt.tuning.guard import MAX_CHARACTERS, Guard
from usersim_opt.tuning.piece_search import FIRST_PROPOSALS, PieceSearch
from usersim_opt.tuning.proposal import PromptProposer
from usersim_opt.tuning.run import Run, inputs_of
from usersim_opt.tuning.search import Search

MIN_SMOKE = 6
"""Scenarios below which the exact sign-flip test cannot reach 2.5 %."""


class RubricOptimizer(Teleprompter):
    """A DSPy optimizer for `UserSimulator`.

    RubricOptimizer(metric=metric, proposer_lm=lm, run_dir="runs/a", max_calls=4000)    # stop before call 4,001
    RubricOptimizer(metric=metric, proposer_lm=lm, run_dir="runs/a", workers=32)        # 32 calls at the same time

    `max_calls` counts the calls of all roles, `max_tokens` those of user and judge, `max_minutes` the time from this start; each
    ends the search in time for the smoke split; tokens and minutes are foreseen from what calls took before.
    A call that the connection tries again counts once. A run folder that holds a run of the same inputs is gone on with; nothing in it is paid for twice.
    """

    def __init__(
        self,
        *,
        metric: RubricMetric,
        proposer_lm: dspy.LM,
        run_dir: str | Path,
        max_calls: int = 4000,
        max_tokens: int | None = None,
        max_minutes: float | None = None,
        minibatch_size: int = 10,
        seed: int = 0,
        search: Search | None = None,
        workers: int | Executor = DEFAULT_THREADS,
    ) -> None:
        super().__init__()
        self.metric = metric
        self.proposer_lm = proposer_lm
        self.run_dir = Path(run_dir)
        self.max_calls = max_calls
        self.max_tokens = max_tokens
        self.max_minutes = max_minutes
        self.minibatch_size = minibatch_size
        self.seed = seed
        self.search = search or PieceSearch()
        self.workers = workers

    @property
    def callbacks(self) -> list[Any]:
        """What DSPy calls back around `compile`: the log of the run in MLflow, while its autologging is on."""
        if "mlflow" not in sys.modules:
            return []
        from usersim_opt.results.export.mlflow_log import compile_callbacks  # noqa: PLC0415 - of use with an extra only

        return compile_callbacks()

    def compile(
        self, student: UserSimulator, *, trainset: Sequence[dspy.Example], valset: Sequence[dspy.Example] | None = None, teacher: Any = None
    ) -> UserSimulator:
        """Tune a copy of the student; it is returned with the OptimizationResult as its attribute `result`.

        `trainset` feeds the search, `valset` is the smoke split and decides at the end. Raises InputError for unusable
        arguments, ResumeMismatch for a run folder of other inputs, TooManyErrors if a model keeps failing.
        """
        train, smoke = self._checked(student, trainset, valset, teacher)
        budget = Budget(self.max_calls, self.max_tokens, self.max_minutes)
        once, most = self._smoke_price(budget, train, smoke)
        with (
            self._open_journal(student, train, smoke) as journal,
            Runner(self.metric, workers=self.workers) as runner,
            TuningBar(self.max_calls) as bar,
        ):
            run = Run(
                student=student,
                data=Material({**train.records, **smoke.records}, {**train.tasks, **smoke.tasks}),
                runner=runner,
                proposer=PromptProposer(self.proposer_lm),
                journal=journal,
                seed=self.seed,
                progress=bar.show,
            )
            if (before := read_record(self.run_dir)).finished:
                return _compiled(student, OptimizationResult(before))
            write_data(self.run_dir, records=run.data.records, tasks=run.data.tasks)
            first = run.add_version(student.prompt, parent=None, origin="seed")
            self._search(run, train, first, budget=budget, reserve=most * once)
            repeats = round(budget.repeats(run.spent, once=once), 6)
            run.begin_smoke(repeats if self._alike(smoke) else int(repeats))
            result = self._confirm(run, smoke, first)
        return _compiled(student, result)

    def consider(
        self, draft: str | Path | Prompt, student: UserSimulator, *, trainset: Sequence[dspy.Example], valset: Sequence[dspy.Example]
    ) -> UserSimulator:
        """Put a prompt that a person wrote through the guard and the gates, against the student's prompt; returns what `compile` returns.

        `draft` is a file or a prompt; any version can be the one to beat: `sim.with_prompt(result.versions["v012"].text)`.
        The record is kept in a folder of its own below the run folder. Raises PromptError for a file that is no prompt, and what compile raises.
        """
        prompt = draft if isinstance(draft, Prompt) else read_prompt(draft)
        review = copy(self)
        review.search, review.run_dir = DraftReview(prompt), self.run_dir / f"draft-{prompt.sha256[:8]}"
        return review.compile(student, trainset=trainset, valset=valset)

    def _search(self, run: Run, train: Material, first: Version, *, budget: Budget, reserve: int) -> None:
        """Steps 1 to 6, for as long as another round is affordable."""
        sampler = MinibatchSampler(train.by_task(), size=self.minibatch_size, seed=self.seed)
        guard = Guard.of(train.tasks.values(), train.records.values(), Prompt(first.text))
        self.search.begin(first, guard)
        number, batch = 1, sampler.draw()
        while not (why := run.search_ended(number) or self._why_end(run, batch, budget, reserve)):
            self.search.step(run, number, batch)
            number, batch = number + 1, sampler.draw()
        run.end_search(number - 1, why)
        self.search.close(run, number)

    def _why_end(self, run: Run, batch: Sequence[str], budget: Budget, reserve: int) -> str:
        if self.search.done:
            return "the search itself, which found nothing more"
        return budget.exhausted(run.spent, round_calls=self.search.price(run, batch), reserve=reserve)

    def _confirm(self, run: Run, smoke: Material, first: Version) -> OptimizationResult:
        """Step 7: seed and best version afresh on the smoke split; without proof of a gain the seed ships."""
        best = self.search.best
        sides = run.measure(
            [first] if best == first else [first, best], list(smoke.records), stage="smoke", repeats=1 if best == first else run.smoke_repeats
        )
        found = paired_difference(sides[0], sides[-1])
        held_back = too_much_lost(found) or collapsed(sides[-1])
        ships = found.proven and not held_back
        if best != first:
            reason = held_back or ("the 95 % interval of the gain lies above zero" if ships else "the 95 % interval of the gain reaches zero")
            run.decide(
                Decision(stage="smoke", candidate=best.id, incumbent=first.id, rule="smoke", accepted=ships, reason=reason, evidence=evidence(found))
            )
        return OptimizationResult(read_record(self.run_dir))

    def _smoke_price(self, budget: Budget, train: Material, smoke: Material) -> tuple[int, int]:
        """Calls of one smoke measurement, and how many the calls pay for; InputError if not one round is affordable."""
        once = 2 * price(self.metric, smoke.records.values())
        dearest = max(price(self.metric, [record]) for record in train.records.values())
        round_calls = 3 * dearest * min(self.minibatch_size, len(train.tasks)) + FIRST_PROPOSALS
        most = budget.most_repeats(once=once, round_calls=round_calls)
        if not most:
            needed = once + round_calls
            raise InputError(
                f"max_calls is {self.max_calls}; one round costs up to {round_calls} calls and the smoke split at least {once}: give {needed} or more"
            )
        return once, most

    def _alike(self, data: Material) -> bool:
        """Whether a reply costs the same on every scenario, so that a share of them costs that share."""
        return len({price(self.metric, [record]) for record in data.records.values()}) == 1

    def _checked(
        self, student: Any, trainset: Sequence[dspy.Example], valset: Sequence[dspy.Example] | None, teacher: Any
    ) -> tuple[Material, Material]:
        if not isinstance(student, UserSimulator):
            raise InputError(f"the student is a {type(student).__name__}; expected a UserSimulator")
        if teacher is not None:
            raise InputError("a teacher was given; this optimizer has no use for one")
        check_lm(self.proposer_lm)
        if not isinstance(self.metric, RubricMetric):
            raise InputError(f"the metric is a {type(self.metric).__name__}; expected a RubricMetric")
        if not trainset or not valset:
            empty = "trainset is empty (the train split)" if not trainset else "valset is empty (the smoke split)"
            raise InputError(f"the {empty}; expected data.train and data.smoke: the gain is measured on held-out tasks")
        if len(student.prompt.text) > MAX_CHARACTERS:
            raise InputError(f"the prompt has {len(student.prompt.text):,} characters; expected at most {MAX_CHARACTERS:,}, as of every candidate")
        train, smoke = Material.of(trainset, name="trainset"), Material.of(valset, name="valset")
        _check_data(train, smoke, minibatch_size=self.minibatch_size, judged=self.metric.judge is not None)
        return train, smoke

    def _open_journal(self, student: UserSimulator, train: Material, smoke: Material) -> Journal:
        inputs = inputs_of(
            prompt=student.prompt,
            train=train,
            smoke=smoke,
            models=self._models(student),
            options={
                "seed": self.seed,
                "max_calls": self.max_calls,
                "max_tokens": self.max_tokens,
                "minibatch_size": self.minibatch_size,
                "search": self.search.name,
            },
        )
        return Journal.open(self.run_dir, inputs)

    def _models(self, student: UserSimulator) -> dict[str, str]:
        judge = [("judge", self.metric.judge.lm)] if self.metric.judge else []
        asked = [("user", student.lm), *judge, ("proposer", self.proposer_lm)]
        return {role: model_name(lm or dspy.settings.lm) for role, lm in asked if lm or dspy.settings.lm}


def _compiled(student: UserSimulator, result: OptimizationResult) -> UserSimulator:
    compiled = student.with_prompt(result.shipped.text)
    compiled.result = result
    return compiled


def _check_data(train: Material, smoke: Material, *, minibatch_size: int, judged: bool) -> None:
    """InputError for data with which no run could come to an end: overlapping, too small, or nothing to score."""
    if shared := sorted(train.tasks.keys() & smoke.tasks.keys()):
        raise InputError(f"task {shared[0]} is in trainset and valset; the smoke split must be held out by task")
    if len(train.tasks) < MIN_TRAIN or minibatch_size < MIN_TRAIN:
        raise InputError(f"{len(train.tasks)} training task(s) and minibatch_size={minibatch_size}; expected at least {MIN_TRAIN} of both, better 10")
    if len(smoke.records) < MIN_SMOKE:
        raise InputError(f"the smoke split has {len(smoke.records)} scenario(s); with fewer than {MIN_SMOKE} no gain can be proven")
    unscorable = [r.id for r in (*train.records.values(), *smoke.records.values()) if all(c.check is None for c in r.criteria)]
    if unscorable and not judged:
        raise InputError(f"scenario {unscorable[0]} has no check and the metric has no judge; give RubricMetric a RubricJudge")
    if len(train.tasks) < minibatch_size:
        message = f"{len(train.tasks)} training tasks, fewer than the {minibatch_size} of a minibatch; each minibatch holds {len(train.tasks)}"
        warnings.warn(message, UserWarning, stacklevel=2)
