"""The optimizers of the benchmark, each driven to one budget of calls through its own knobs.

    ours     max_calls; twice, with the default search and with HillClimb()
    GEPA     defaults (minibatch 3, Pareto choice, merge); it stops when another iteration with most
             of a validation pass would not fit
    MIPROv2  no demos (a plain prompt file holds none) and so no bootstrapping; all else default; as
             in its own `auto` mode no minibatches, the validation set being small; candidates and
             trials in its own ratio of 1 : 1.5, as many as fit
    COPRO    breadth and depth grow with the budget; the training scenarios are a random part, of
             such a size that the budget is used up
    SIMBA    rules only, no demos; batch and candidates grow with the budget; training scenarios as
             for COPRO, as it scores every finalist on all of them
    CAPO     promptolution's, no few-shot examples; alpha .2, 4 crossovers a step, length penalty
             .05 are its defaults. Set: a population of 3 (the seed and 2 variations that
             promptolution asks the proposer for), races of at most 2 blocks of 5 scenarios. Its
             defaults, blocks of 30, do not end one step in 600 calls; of 14 settings tried in the
             toy world at 600 calls this one gained most, .17 against .01 to .16

A peer reports the score of what it returns minus its score of the seed prompt: GEPA and MIPROv2 on
the smoke split, the others on their training scenarios. Where the hard stop ends a run, the best of
those prompts is taken that it had scored nearly as often as its finalists. Not covered: tuning the
peers beyond this.
"""

import math
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import dspy
from _bench_calls import BudgetSpent, Meter, metered
from _bench_proposer import Proposer
from _bench_worlds import World
from dspy.teleprompt import MIPROv2

import usersim_opt as uso
from usersim_opt.customer.prompt import normalise
from usersim_opt.measuring.metric import price
from usersim_opt.tuning.hill_climb import HillClimb
from usersim_opt.tuning.search import Search

FINISHED = 0.8
"""Share of the finalists' scenarios on which a prompt must have been scored to count.

It matters where the hard stop ends a run.
"""


@dataclass(frozen=True)
class Returned:
    """What an optimizer gives back: a prompt, and the gain that it reports on some scenarios."""

    prompt: str
    reported: float
    examples: Sequence[dspy.Example]
    pooled: bool = False
    """Whether the report weighs criteria instead of scenarios."""


@dataclass
class Ledger:
    """Scores of each prompt that a peer ran."""

    running: str = ""
    scores: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def __deepcopy__(self, memo: dict[int, Any]) -> "Ledger":
        return self

    def mean(self, prompt: str) -> float:
        """The mean score of a prompt, 0 where there is none."""
        scores = self.scores.get(prompt, [])
        return sum(scores) / len(scores) if scores else 0.0


class Student(uso.UserSimulator):
    """The simulator, telling the ledger which prompt it runs."""

    ledger: Ledger

    def forward(
        self, scenario: str, history: Any, config: dict[str, Any] | None = None
    ) -> dspy.Prediction:
        """The next customer turn."""
        self.ledger.running = self.prompt.text
        return super().forward(scenario, history, config)


@dataclass
class Bench:
    """One run of one optimizer: world, models on a meter, student, metric."""

    world: World
    meter: Meter
    seed: int
    lms: Mapping[str, dspy.LM] = field(init=False)
    ledger: Ledger = field(default_factory=Ledger)
    finalists: Sequence[dspy.Example] = ()
    """What finalists are scored on; the smoke split unless set."""

    def __post_init__(self) -> None:
        proposer = Proposer(toy=self.world.is_toy)
        engines = {"user": self.world.user, "judge": self.world.judge, "proposer": proposer}
        self.lms = metered(engines, self.meter)
        self.rubric = uso.RubricMetric(uso.RubricJudge(self.lms["judge"]))

    @property
    def budget(self) -> int:
        """Calls."""
        return self.meter.budget

    @property
    def reply_calls(self) -> int:
        """Calls of one graded reply: the judge is asked where a criterion has no check."""
        return price(self.rubric, [self.world.smoke[0].record])

    @property
    def val_calls(self) -> int:
        """Calls of one pass over the smoke split."""
        return self.reply_calls * len(self.world.smoke)

    def student(self) -> Student:
        """A fresh student with the seed prompt."""
        student = Student(self.world.prompt, self.lms["user"])
        student.ledger = self.ledger
        return student

    def feedback(
        self, gold: Any, pred: Any, trace: Any = None, pred_name: Any = None, pred_trace: Any = None
    ) -> dspy.Prediction:
        """RubricMetric, telling the ledger; score and feedback."""
        graded = self.rubric(gold, pred, trace, pred_name, pred_trace)
        if pred_name is None:  # GEPA asks a second time, for the feedback of one predictor
            self.ledger.scores[self.ledger.running].append(graded.score)
        return dspy.Prediction(score=graded.score, feedback=graded.feedback)

    def score(self, gold: Any, pred: Any, trace: Any = None) -> float:
        """The same as a number."""
        return float(self.feedback(gold, pred, trace).score)

    def part_of_train(self, size: int) -> list[dspy.Example]:
        """Training scenarios drawn at random."""
        train = list(self.world.train)
        return Random(self.seed).sample(train, min(size, len(train)))  # noqa: S311 - reproducible

    def best_so_far(self) -> Returned:
        """What the hard stop leaves: the best prompt of those scored nearly as often as finalists.

        A prompt with few scores may be best by luck alone.
        """
        examples = self.finalists or self.world.smoke
        enough = FINISHED * len(examples)
        scored = [text for text, scores in self.ledger.scores.items() if len(scores) >= enough]
        best = max(scored or [self.world.prompt], key=self.ledger.mean)
        gain = self.ledger.mean(best) - self.ledger.mean(self.world.prompt)
        return Returned(best, gain, examples)


def ours(bench: Bench, search: Search | None = None) -> Returned:
    """RubricOptimizer; it reports the gain that it expects, 0 if the seed ships."""
    with tempfile.TemporaryDirectory() as folder:
        optimizer = uso.RubricOptimizer(
            metric=bench.rubric,
            proposer_lm=bench.lms["proposer"],
            run_dir=Path(folder) / "run",
            max_calls=bench.budget,
            seed=bench.seed,
            search=search,
            workers=1,
        )
        optimizer.ledger = Path(folder) / "uses.jsonl"  # each run is the first one on its split
        student = uso.UserSimulator(bench.world.prompt, bench.lms["user"])
        best = optimizer.compile(student, trainset=bench.world.train, valset=bench.world.smoke)
    result = best.result
    gain = result.confirmation.expected if result.shipped.id != result.seed.id else 0.0
    return Returned(best.prompt.text, gain, bench.world.smoke, pooled=True)


def hill_climb(bench: Bench) -> Returned:
    """RubricOptimizer with the search of the study."""
    return ours(bench, HillClimb())


def gepa(bench: Bench) -> Returned:
    """dspy.GEPA."""
    minibatch = 3 * bench.reply_calls
    feedback, proposal = 3 * (bench.reply_calls - 1), 1
    validation = int(0.8 * bench.val_calls)  # it is made where the child is accepted
    another = minibatch + feedback + proposal + minibatch + validation
    optimizer = dspy.GEPA(
        bench.feedback,
        max_metric_calls=10 * bench.budget,
        reflection_lm=bench.lms["proposer"],
        num_threads=1,
        track_stats=True,
        warn_on_score_mismatch=False,
        seed=bench.seed,
        gepa_kwargs={"stop_callbacks": lambda state: not bench.meter.fits(another)},
    )
    train, smoke = list(bench.world.train), list(bench.world.smoke)
    best = optimizer.compile(bench.student(), trainset=train, valset=smoke)
    scores = best.detailed_results.val_aggregate_scores
    return Returned(best.prompt.text, max(scores) - scores[0], bench.world.smoke)


class ZeroShotMIPROv2(MIPROv2):  # type: ignore[misc]
    """MIPROv2 without bootstrapped demos, which it would make even where none may be used."""

    def _bootstrap_fewshot_examples(self, *_: Any, **__: Any) -> None:
        return None


def mipro(bench: Bench) -> Returned:
    """dspy.MIPROv2, zero-shot."""
    trials = mipro_trials(bench)
    optimizer = ZeroShotMIPROv2(
        bench.score,
        prompt_model=bench.lms["proposer"],
        task_model=bench.lms["user"],
        auto=None,
        num_candidates=mipro_candidates(trials),
        max_bootstrapped_demos=0,
        max_labeled_demos=0,
        num_threads=1,
    )
    best = optimizer.compile(
        bench.student(),
        trainset=list(bench.world.train),
        valset=list(bench.world.smoke),
        num_trials=trials,
        minibatch=False,
        seed=bench.seed + 1,
    )
    gain = (best.score - best.trial_logs[1]["full_eval_score"]) / 100
    return Returned(best.prompt.text, gain, bench.world.smoke)


def mipro_trials(bench: Bench) -> int:
    """The number of trials that comes nearest to the budget and stays below the hard stop."""
    summary = 2 + min(9, math.ceil(len(bench.world.train) / 10) - 1)

    def cost(trials: int) -> int:
        return summary + 3 * mipro_candidates(trials) + bench.val_calls * (trials + 1)

    fitting = [trials for trials in range(1, 200) if cost(trials) <= bench.meter.limit]
    return min(fitting or [1], key=lambda trials: abs(cost(trials) - bench.budget))


def mipro_candidates(trials: int) -> int:
    """Instructions for a number of trials, the seed's own included."""
    return max(3, round(trials / 1.5))


def copro(bench: Bench) -> Returned:
    """dspy.COPRO."""
    breadth, depth = _by_budget(bench, small=(3, 3), middle=(3, 5), large=(5, 6))
    proposals = breadth * depth
    part = bench.part_of_train(int((bench.budget - proposals) / (bench.reply_calls * proposals)))
    optimizer = dspy.COPRO(
        prompt_model=bench.lms["proposer"], metric=bench.score, breadth=breadth, depth=depth
    )
    bench.finalists = part
    options = {"num_threads": 1, "display_progress": False}
    best = optimizer.compile(bench.student(), trainset=part, eval_kwargs=options)
    candidates = best.candidate_programs
    seed = max(
        candidate["score"]
        for candidate in candidates
        if normalise(candidate["instruction"]) == bench.world.prompt
    )
    return Returned(best.prompt.text, (candidates[0]["score"] - seed) / 100, part)


def _by_budget(
    bench: Bench, *, small: tuple[int, int], middle: tuple[int, int], large: tuple[int, int]
) -> tuple[int, int]:
    """A peer's two sizes for budgets of about 300, 600 and 1,500 calls."""
    if bench.budget < 450:
        return small
    return middle if bench.budget < 1000 else large


def simba(bench: Bench) -> Returned:
    """dspy.SIMBA; two thirds of the calls for the steps, one third for the finalists."""
    batch, candidates = _by_budget(bench, small=(5, 3), middle=(6, 4), large=(10, 4))
    steps, size = simba_sizes(bench, batch, candidates)
    part = bench.part_of_train(max(batch, size))
    optimizer = dspy.SIMBA(
        metric=bench.feedback,
        bsize=batch,
        num_candidates=candidates,
        max_steps=steps,
        max_demos=0,
        prompt_model=bench.lms["proposer"],
        num_threads=1,
    )
    bench.finalists = part
    best = optimizer.compile(bench.student(), trainset=part, seed=bench.seed)
    scores = [(c["program"].prompt.text, c["score"]) for c in best.candidate_programs]
    seed = next(score for text, score in scores if text == bench.world.prompt)
    return Returned(best.prompt.text, max(score for _, score in scores) - seed, part)


def simba_sizes(bench: Bench, batch: int, candidates: int) -> tuple[int, int]:
    """(steps, training scenarios for the finalists) that use the budget up.

    Where there would be more scenarios than the world has, another step takes the calls.
    """
    each = bench.reply_calls
    step = each * batch * candidates + (candidates + 1) * (1 + each * batch)
    steps = max(1, int(bench.budget * 2 / 3 / step))
    finalists = len({round(i * steps / candidates) for i in range(candidates + 1)})
    least = each * finalists * batch

    def size() -> int:
        return (bench.budget - steps * step) // (each * finalists)

    while size() > len(bench.world.train) and (steps + 1) * step + least < bench.budget:
        steps += 1
    return steps, size()


def capo(bench: Bench) -> Returned:
    """CAPO, of the package promptolution."""
    from _bench_capo import run  # noqa: PLC0415 - a dependency of the benchmark alone

    return Returned(*run(bench))


OPTIMIZERS: Mapping[str, Callable[[Bench], Returned]] = {
    "usersim-opt (default)": ours,
    "usersim-opt, HillClimb()": hill_climb,
    "GEPA": gepa,
    "MIPROv2": mipro,
    "SIMBA": simba,
    "COPRO": copro,
    "CAPO": capo,
}


def run(name: str, bench: Bench) -> Returned:
    """Run an optimizer to its end or to the hard stop."""
    try:
        return OPTIMIZERS[name](bench)
    except BudgetSpent:
        return bench.best_so_far()


NEEDS = {"CAPO": "promptolution", "MIPROv2": "optuna"}
"""Packages beyond those of the project, by optimizer."""


def missing(name: str) -> str:
    """Why an optimizer cannot run here; empty if it can."""
    package = NEEDS.get(name)
    if package is None or find_spec(package):
        return ""
    return f"{package} is not installed; pip install -e .[bench]"
