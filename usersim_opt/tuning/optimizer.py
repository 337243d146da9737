"""RubricOptimizer: tunes a user simulator's prompt until it behaves like a customer.

    1 draw a minibatch of ten training tasks, one scenario each           scenarios/sampling.py
    2 choose prompts to run on it, and learn what their pieces are worth  piece_search.py, belief.py
    3 run them: replies and grades, paid for once and recorded            run.py, replay.py
    4 ask for pieces against what failed                                  proposal.py
      after the first of them: can a gain be proven at all?               ceiling.py
    5 turn away what has learned the benchmark                            guard.py, intake.py
    6 let no new incumbent regress on the scenarios of the round before   gates.py
    7 at the end, let the held-out smoke split decide what ships          gates.py, smoke_share.py
      before and after it, where a run has realism terms: conversations   objective.py, talks.py

Steps 2 to 6 are the search strategy's (search.py is its Protocol); this file knows the others and
nothing else.
"""

import sys
from collections.abc import Sequence
from copy import copy
from functools import partial
from pathlib import Path
from typing import Any

import dspy
from dspy.teleprompt import Teleprompter

from usersim_opt.basics.arguments import Count, Workers, checks_arguments
from usersim_opt.basics.asking import check_lm
from usersim_opt.customer.prompt import Prompt, read_prompt
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.measuring.bars import TuningBar
from usersim_opt.measuring.metric import Metric, check_metric, judge_card_of, models_with
from usersim_opt.measuring.runner import DEFAULT_WORKERS, Runner
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.results.journal import Journal
from usersim_opt.results.loading import result_of
from usersim_opt.results.prices import GivenPrices, check_prices, write_prices
from usersim_opt.results.record import RunRecord, read_record, write_data
from usersim_opt.results.result import OptimizationResult
from usersim_opt.results.smoke_ledger import SmokeLedger, SmokeUse, level_of
from usersim_opt.results.versions import Version
from usersim_opt.scenarios.material import ScenarioSet
from usersim_opt.scenarios.sampling import MinibatchSampler
from usersim_opt.tuning.budget import Budget
from usersim_opt.tuning.ceiling import AFTER_FIRST_LOOK, Ceiling, Say, SmokePlan, scorable
from usersim_opt.tuning.counting import Counting, ledger_of
from usersim_opt.tuning.draft import DraftReview, draft_folder
from usersim_opt.tuning.gates import Gate, ProvenGain, settings_of
from usersim_opt.tuning.guard import Guard
from usersim_opt.tuning.inputs import (
    check_scorable,
    check_student,
    metric_name,
    model_names,
    open_run,
)
from usersim_opt.tuning.looks import decided
from usersim_opt.tuning.objective import Objective, check_objective
from usersim_opt.tuning.piece_search import PieceSearch
from usersim_opt.tuning.proposal import PromptProposer
from usersim_opt.tuning.run import Run
from usersim_opt.tuning.search import Search, check_search, finalists_of, gates_of
from usersim_opt.tuning.smoke_share import SmokeShare
from usersim_opt.tuning.splits import Splits, splits_of
from usersim_opt.tuning.talks import TalkStage


class RubricOptimizer(Teleprompter):
    """A DSPy optimizer for `UserSimulator`.

    RubricOptimizer(metric=metric, proposer_lm=lm, run_dir="runs/a", max_calls=4000)

    `metric` is a RubricMetric or anything else with `grade` and `price`. `max_calls` and
    `max_tokens` count those of all roles, `max_minutes` the time from this start; each ends the
    search in time for the smoke split. Tokens and minutes are foreseen from what calls took before.
    A judge's answer that cannot be read is asked for once more, on top of `max_calls` in the end.
    A run folder that holds a run of the same inputs is gone on with; nothing is paid for twice.

    A run whose seed prompt leaves less to gain than the smoke split could prove stops after its
    first looks, before it has spent its calls (ceiling.py). With `despite_ceiling` set it goes on,
    also in a later call: it is no part of what a run is made from.

    Each use of a smoke split that ends in a ruling is counted in a ledger beside the data set, and
    decided at a level that falls with their number, so that all of them together call equal prompts
    better in 5 % at the most (results/smoke_ledger.py, docs/held_out.md).
    """

    smoke_gate: Gate = ProvenGain()
    """The gate that decides on the smoke split; set another one before `compile`."""
    objective: Objective | None = None
    """Realism terms beside the rubric, on whole conversations; set it before `compile`."""
    despite_ceiling: bool = False
    """Whether to search where nothing could be proven; set it before `compile`."""
    another_grader: bool = False
    """Whether a run may be gone on with that another version of the package has graded so far; set
    it before `compile`. Record, page and card say so."""
    ledger: str | Path | None = None
    """The file in which uses of the smoke split are counted; set another one before `compile`.

    It is `smoke_uses.jsonl` beside the data set, or beside the run folder for examples that were
    not loaded. A run whose customer is a stand-in is counted only where a file is set.
    """
    prices: GivenPrices | None = None
    """Dollars per million tokens read and written by role; known ones need not be given."""
    runs: Path | None = None
    """The folder of the run folders, where `run_dir` lies deeper in it."""

    @checks_arguments
    def __init__(
        self,
        *,
        metric: Metric,
        proposer_lm: dspy.LM | None,
        run_dir: str | Path,
        max_calls: Count = 4000,
        max_tokens: Count | None = None,
        max_minutes: float | None = None,
        minibatch_size: Count = 10,
        seed: int = 0,
        search: Search | None = None,
        workers: Workers = DEFAULT_WORKERS,
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
        self.search = PieceSearch() if search is None else search
        self.workers = workers

    @property
    def callbacks(self) -> list[Any]:
        """What DSPy calls back around `compile`: MLflow's log of the run, while it autologs."""
        if "mlflow" not in sys.modules:
            return []
        # Of use with an extra only, which is loaded already.
        from usersim_opt.results.export import mlflow_log  # noqa: PLC0415

        return mlflow_log.compile_callbacks()

    def compile(
        self,
        student: UserSimulator,
        *,
        trainset: Sequence[dspy.Example],
        valset: Sequence[dspy.Example] | None = None,
        teacher: Any = None,
    ) -> UserSimulator:
        """Tune a copy of the student; its attribute `result` is the OptimizationResult.

        `trainset` feeds the search, `valset` is the smoke split and decides at the end. Raises
        InputError for unusable arguments, ResumeMismatch for a run folder of other inputs,
        TooManyErrors if a model keeps failing. Another proposer may go on with a run; a UserWarning
        names both.
        """
        check_student(student, teacher, workers=self.workers)
        splits = splits_of(trainset, valset, minibatch_size=self.minibatch_size)
        share = self._share_of(splits)
        with self._open_journal(student, splits) as journal:
            if self._is_open(read_record(self.run_dir)):
                journal.check_format()
                ledger = self._ledger(student, valset or ())
                journal.take_over()
                counting = Counting.begin(ledger, self.run_dir, journal.header)
                self._tune(student, journal, share=share, counting=counting)
        return _compiled(student, result_of(read_record(self.run_dir)))

    def consider(
        self,
        draft: str | Path | Prompt,
        student: UserSimulator,
        *,
        trainset: Sequence[dspy.Example],
        valset: Sequence[dspy.Example],
    ) -> UserSimulator:
        """Put a prompt that a person wrote through the guard and the gates, against the student's.

        `draft` is a file or a prompt; any version can be the one to beat:
        `sim.with_prompt(result.versions["v012"].text)`. Returns what `compile` returns. The record
        is kept in a folder of its own below the run folder. Raises PromptError for a file that is
        no prompt, and what compile raises.
        """
        prompt = draft if isinstance(draft, Prompt) else read_prompt(draft)
        review = copy(self)
        held_out = ScenarioSet.of(valset, name="valset")
        review.search = DraftReview(prompt, held_out, **gates_of(self.search))
        review.run_dir = draft_folder(self.run_dir, prompt)
        # Drafts and searches are tried on the same split, so they are counted in the same place.
        review.runs = self._folder_of_runs
        return review.compile(student, trainset=trainset, valset=valset)

    def check(
        self,
        student: UserSimulator,
        *,
        trainset: Sequence[dspy.Example],
        valset: Sequence[dspy.Example],
    ) -> None:
        """Raise what `compile` would of these inputs, before a first call is paid."""
        check_student(student, None, workers=self.workers)
        self._share_of(splits_of(trainset, valset, minibatch_size=self.minibatch_size))

    def next_use(self, student: UserSimulator, valset: Sequence[dspy.Example]) -> SmokeUse | None:
        """Which use of the smoke split a run would be; None where its uses are not counted.

        Raises and warns as `compile` does of a ledger.
        """
        ledger = self._ledger(student, valset)
        return ledger.next_use() if ledger else None

    def _ledger(self, student: UserSimulator, valset: Sequence[dspy.Example]) -> SmokeLedger | None:
        """The ledger in which a run is counted, if in any; seen to be fit to be written."""
        user = student.lm or dspy.settings.lm
        return ledger_of(valset, user, named=self.ledger, runs=self._folder_of_runs)

    @property
    def _folder_of_runs(self) -> Path:
        return self.runs or self.run_dir.parent

    def _is_open(self, record: RunRecord) -> bool:
        """Whether there is something to do: a run that the ceiling stopped can be gone on with."""
        return not record.finished or (record.stopped and self.despite_ceiling)

    # -- the run ----------------------------------------------------------------------------------

    def _tune(
        self,
        student: UserSimulator,
        journal: Journal,
        *,
        share: SmokeShare,
        counting: Counting,
    ) -> None:
        """Run the search and the smoke split, from the start or from where the journal ends."""
        data = share.splits.together
        write_data(self.run_dir, scenarios=data.scenarios, tasks=data.tasks)
        write_prices(self.run_dir, journal.header["inputs"], self.prices)
        lms = [*models_with(student, self.metric), self.proposer_lm or dspy.settings.lm]
        with (
            Runner(self.metric, workers=self.workers) as runner,
            TuningBar(self.max_calls, lms) as bar,
        ):
            run = Run(
                student,
                data,
                runner=runner,
                proposer=PromptProposer(self.proposer_lm),
                journal=journal,
                seed=self.seed,
                progress=bar.show,
            )
            seed = run.add_version(student.prompt, parent=None, origin="seed")
            level = level_of(run.use_ahead(counting.next_use))
            ceiling = self._ceiling(share, bar.say, level=level)
            talks = self._talk_stage(run, share)
            if self._search(run, seed, share=share, ceiling=ceiling):
                self._confirm(run, seed, share=share, counting=counting, talks=talks)

    def _search(self, run: Run, seed: Version, *, share: SmokeShare, ceiling: Ceiling) -> bool:
        """Steps 1 to 6, while another round is affordable; False where the ceiling stops them."""
        train = share.splits.train
        sampler = MinibatchSampler(train.by_task(), size=self.minibatch_size, seed=self.seed)
        guard = Guard.of(train.tasks.values(), train.scenarios.values(), Prompt(seed.text))
        self.search.begin(seed, guard)
        number, batch = 1, sampler.draw()
        while not (why := self._why_end(run, number, batch, share)):
            self.search.step(run, number, batch)
            number, batch = number + 1, sampler.draw()
            if number == AFTER_FIRST_LOOK:
                why = self._why_end(run, number, batch, share)
                if ceiling.stops(run, seed, draw=sampler.draw, is_over=bool(why)):
                    return False
        run.end_search(number - 1, why)
        self.search.close(run, number)
        return True

    def _why_end(self, run: Run, number: int, batch: Sequence[str], share: SmokeShare) -> str:
        """Why there is no round of this number; empty if there is one."""
        if why := run.search_ended(number):
            return why
        if self.search.done:
            return "the search itself, which found nothing more"
        round_calls = self.search.price(run, batch)
        return share.budget.exhausted(run.spent, round_calls=round_calls, reserve=share.reserve)

    def _confirm(
        self,
        run: Run,
        seed: Version,
        *,
        share: SmokeShare,
        counting: Counting,
        talks: TalkStage | None,
    ) -> None:
        """Step 7: seed and finalist afresh on the smoke split; the seed ships without proof.

        The finalist was chosen for its replies, so those say too much for it; these ones and these
        tasks have chosen nothing. With realism terms the finalist is the one that the objective
        chooses, and it must not be worse on those that are required.
        """
        smoke, finalist = share.splits.smoke, self.search.best
        if talks is not None:
            finalists = finalists_of(self.search, talks.objective.finalists)
            finalist = talks.choose(seed, finalists)
        scenarios = list(smoke.scenarios)
        repeats, use = run.begin_smoke(
            share.repeats(run.spent), lambda: counting.take(seed, finalist)
        )
        if finalist == seed:
            run.measure([seed], scenarios, stage=SMOKE)
            return
        measure = partial(run.measure, [seed, finalist], scenarios, stage=SMOKE)
        judgement = decided(
            self.smoke_gate,
            lambda so_far: measure(repeats=so_far),
            repeats=repeats,
            scenarios=smoke.scenarios,
            level=level_of(use),
        )
        if talks is not None:
            judgement = talks.held_to(judgement, seed, finalist, level=level_of(use))
        run.rule(SMOKE, finalist, judgement, against=seed)

    def _talk_stage(self, run: Run, share: SmokeShare) -> TalkStage | None:
        """What measures realism terms; None for a run without them."""
        if self.objective is None or share.terms is None:
            return None
        run.tell_terms(share.terms)
        workers = self.workers if isinstance(self.workers, int) else DEFAULT_WORKERS
        return TalkStage(run, self.objective, share.splits, self.run_dir, workers)

    def _share_of(self, splits: Splits) -> SmokeShare:
        """What is kept for the end; InputError where no run could be made of these parts."""
        self._check_parts()
        check_scorable(splits.together, self.metric)
        train, smoke = len(splits.train.tasks), len(splits.smoke.tasks)
        if self.objective is not None:
            self.objective.check_tasks(smoke)
        terms = self.objective.plan(train, smoke) if self.objective else None
        budget = Budget(self.max_calls, self.max_tokens, self.max_minutes)
        share = SmokeShare(budget, self.metric, splits, self.minibatch_size, terms)
        _ = share.reserve  # raises here, before anything is spent
        return share

    def _ceiling(self, share: SmokeShare, say: Say, *, level: float) -> Ceiling:
        """What is asked after the first look: whether a gain can be proven at all."""
        splits = share.splits
        scenarios = scorable(splits.smoke.scenarios, self.metric)
        return Ceiling(
            splits.train.scenarios,
            SmokePlan(scenarios, share.most_repeats, share.once, level),
            calls=self.max_calls,
            # What a gate of the user's own can prove is not known.
            is_known=isinstance(self.smoke_gate, ProvenGain),
            despite=self.despite_ceiling,
            say=say,
        )

    # -- inputs -----------------------------------------------------------------------------------

    def _check_parts(self) -> None:
        """InputError for a model, metric, search or gate that no run could be made with."""
        check_lm(self.proposer_lm)
        check_metric(self.metric)
        check_search(self.search)
        settings_of(self.smoke_gate)
        check_objective(self.objective)
        check_prices(self.prices)

    def _open_journal(self, student: UserSimulator, splits: Splits) -> Journal:
        beside = self.objective
        models = model_names(student, self.metric, self.proposer_lm or dspy.settings.lm)
        return open_run(
            self.run_dir,
            student.prompt,
            {"train": splits.train, "smoke": splits.smoke},
            models=models | beside.models if beside else models,
            judge_card=judge_card_of(self.metric),
            another_grader=self.another_grader,
            options={
                "seed": self.seed,
                "max_calls": self.max_calls,
                "max_tokens": self.max_tokens,
                "minibatch_size": self.minibatch_size,
                "search": self.search.name,
                "metric": metric_name(self.metric),
                "smoke_gate": settings_of(self.smoke_gate),
                **({"objective": beside.settings} if beside else {}),
            },
        )


def _compiled(student: UserSimulator, result: OptimizationResult) -> UserSimulator:
    compiled = student.with_prompt(result.shipped.text)
    compiled.result = result
    return compiled
