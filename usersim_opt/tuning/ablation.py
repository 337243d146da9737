"""Ablation: what each piece of a prompt is worth, and a shorter prompt that is as good.

    ablate(sim, data.train, metric, max_calls=1200, margin=0.02)

By design of experiment: on each ten scenarios the whole prompt is run, and three that lack each
piece with a probability of one third. So every piece is out in a quarter of the replies, each time
in other company, and the number of pieces varies, too: what all have in common shows. Leaving out
one piece at a time would need as many prompts as there are pieces, each with replies of its own;
here every reply tells of every piece. The model of piece_model.py is fitted to all replies. Pieces
that are not worth their length are left out, and that prompt is compared with the whole one on
fresh replies. It takes the whole one's place only where it is shown to lose less than the margin
(margin.py) and is not significantly worse on the guards; else the better half of what was left out
comes back. A small margin takes many replies: the result says how many calls.

Not covered: pieces with a stop token, which no scenario measures (they always stay); pieces that
only work together.
"""

import math
import random
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from usersim_opt.basics.arguments import Count, Workers, checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.text import has_stop_token
from usersim_opt.customer.pieces import PiecePool
from usersim_opt.customer.prompt import Prompt
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.measuring.comparison import Comparison
from usersim_opt.measuring.evaluation import Evaluation, has_stand_ins
from usersim_opt.measuring.metric import Metric, check_metric, price
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.pairs import paired_difference
from usersim_opt.measuring.runner import DEFAULT_WORKERS, Runner
from usersim_opt.results.attribution import PieceWorth, attribute
from usersim_opt.results.journal import Journal
from usersim_opt.results.record import write_data
from usersim_opt.results.versions import Version
from usersim_opt.scenarios.material import ScenarioSet
from usersim_opt.scenarios.sampling import MinibatchSampler
from usersim_opt.tuning.ablated import Ablation, loss_between
from usersim_opt.tuning.inputs import check_scorable, metric_name, model_names, open_run
from usersim_opt.tuning.margin import MARGIN, check_margin
from usersim_opt.tuning.proposal import PromptProposer
from usersim_opt.tuning.run import Run

OUT = (0.0, 1 / 3, 1 / 3, 1 / 3)
"""Probability with which each of a round's prompts lacks a piece."""
BROAD = 0.05
"""Prior standard deviation of what a piece does everywhere.

It is wide, so that the sum over many pieces is not held to be small.
"""
DESIGN_SHARE = 0.6
"""Share of the calls that the design takes; the comparisons get the rest."""
MIN_COMPARED = 20
"""Scenarios of a comparison; with fewer next to nothing can be shown."""
TRIES = 2
"""Shorter prompts that are compared with the whole one, at most."""
LENGTH_PRICE = 0.001
"""Gain that 100 characters must bring."""
_ROUNDING = 1e-9
"""A share of the calls that is a whole number may be computed as a little less."""


@checks_arguments
def ablate(
    simulator: UserSimulator,
    examples: Sequence[Any],
    metric: Metric,
    *,
    max_calls: Count = 1200,
    margin: float = MARGIN,
    run_dir: str | Path | None = None,
    seed: int = 0,
    workers: Workers = DEFAULT_WORKERS,
) -> Ablation:
    """Measure the pieces of the simulator's prompt on the scenarios of a split.

    Any text will do, a person's too. Pieces are dropped only where the prompt without them is shown
    to lose less than the margin, a share from 0 to 1. With `run_dir` every call is recorded there,
    and the same call goes on after a break. Raises InputError for a prompt with fewer than two
    pieces that can go, too few calls or a margin that is none, and what `compile` raises of models
    and folders.
    """
    check_metric(metric)
    check_margin(margin)
    data = ScenarioSet.of(examples, name="examples")
    check_scorable(data, metric)
    design = _Design(simulator.prompt, data, seed=seed)
    budget = _Budget(metric, data, max_calls)
    budget.check(design.batch)
    with (
        _folder(run_dir) as folder,
        _open(folder, simulator, data, metric, budget=budget, margin=margin, seed=seed) as journal,
        Runner(metric, workers=workers) as runner,
    ):
        write_data(folder, scenarios=data.scenarios, tasks=data.tasks)
        journal.check_format()
        proposer = PromptProposer()
        run = Run(simulator, data, runner=runner, proposer=proposer, journal=journal, seed=seed)
        return _Experiment(run, design, budget, margin=margin).result()


def _open(
    folder: Path,
    simulator: UserSimulator,
    data: ScenarioSet,
    metric: Metric,
    *,
    budget: "_Budget",
    margin: float,
    seed: int,
) -> Journal:
    return open_run(
        folder,
        simulator.prompt,
        {"data": data},
        models=model_names(simulator, metric),
        options={
            "max_calls": budget.max_calls,
            "margin": margin,
            "metric": metric_name(metric),
            "seed": seed,
            "search": "ablate",
        },
    )


@contextmanager
def _folder(run_dir: str | Path | None) -> Iterator[Path]:
    """The run folder, or one that lasts as long as the ablation."""
    if run_dir is not None:
        yield Path(run_dir)
    else:
        with TemporaryDirectory() as name:
            yield Path(name)


class _Design:
    """Which scenarios are drawn and which pieces each prompt lacks: all that is left to chance.

    InputError for a prompt with fewer than two pieces that can go.
    """

    def __init__(self, whole: Prompt, data: ScenarioSet, *, seed: int) -> None:
        self.whole = whole
        self.free = {piece.id for piece in whole.pieces if not has_stop_token(piece.text)}
        if len(self.free) < 2:
            raise InputError(
                f"the prompt has {len(self.free)} piece(s) that can go; "
                "expected two or more bullets or sentences"
            )
        self._pieces = dict.fromkeys(piece.id for piece in whole.pieces)
        self._pool = PiecePool()
        self._pool.add(whole)
        self._sampler = MinibatchSampler(data.by_task(), seed=seed)
        self._dealer = random.Random(f"ablation:{seed}")  # noqa: S311 - no secret
        self.batch = self._sampler.draw()
        """The scenarios of this round."""

    def next_round(self) -> None:
        """Draw other scenarios."""
        self.batch = self._sampler.draw()

    def prompts(self) -> list[Prompt]:
        """The prompts of a round: the whole one, and three that lack pieces by chance."""
        return [self.without(self._drawn_out(share)) for share in OUT]

    def without(self, out: Collection[str]) -> Prompt:
        """The whole prompt without some of its pieces, by id."""
        wanted = [piece.id for piece in self.whole.pieces if piece.id not in out]
        return self._pool.compose(self.whole, wanted)

    def sample(self, scenarios: Sequence[str], size: int) -> list[str]:
        """Different scenarios for a comparison."""
        return self._dealer.sample(scenarios, min(size, len(scenarios)))

    def _drawn_out(self, share: float) -> set[str]:
        return {piece for piece in self._pieces if self._is_out(piece, share)}

    def _is_out(self, piece: str, share: float) -> bool:
        # A number is drawn for every piece and prompt, also where it is not needed, so that what
        # is drawn for one piece hangs on no other.
        return self._dealer.random() < share and piece in self.free


@dataclass(frozen=True)
class _Budget:
    """What the design and the comparisons may cost, in calls."""

    metric: Metric
    data: ScenarioSet
    max_calls: int

    def price(self, scenarios: Collection[str]) -> int:
        """Calls of one reply to each scenario."""
        return price(self.metric, [self.data.scenarios[name] for name in scenarios])

    @property
    def of_the_design(self) -> float:
        """Calls for all rounds of the design."""
        return DESIGN_SHARE * self.max_calls

    @property
    def of_a_comparison(self) -> float:
        """Calls for one comparison."""
        return (1 - DESIGN_SHARE) / TRIES * self.max_calls

    def of_a_round(self, batch: Collection[str]) -> int:
        """Calls that a round of the design takes."""
        return self.price(batch) * len(OUT)

    def check(self, batch: Collection[str]) -> None:
        """InputError where a round and the comparisons cost more than there is."""
        compared = min(MIN_COMPARED, len(self.data.scenarios))
        pairs = 2 * TRIES * compared
        for_comparing = pairs * self.price(batch) / len(batch) / (1 - DESIGN_SHARE)
        needed = max(self.of_a_round(batch) / DESIGN_SHARE, for_comparing)
        if needed > self.max_calls:
            raise InputError(
                f"max_calls is {self.max_calls}; the design and {TRIES} comparisons cost at least "
                f"{math.ceil(needed)}: give as many or more"
            )

    def pairs(self) -> int:
        """Pairs of replies that a comparison can afford, at the mean price of a scenario."""
        scenarios = self.data.scenarios
        each = self.price(scenarios) / len(scenarios)
        return int(self.of_a_comparison / 2 / each)

    def affordable(self, drawn: Sequence[str], repeats: int) -> Sequence[str]:
        """The drawn scenarios, less the last ones where these are dearer than the mean."""
        most = self.of_a_comparison + _ROUNDING
        while len(drawn) > 1 and 2 * repeats * self.price(drawn) > most:
            drawn = drawn[:-1]
        return drawn


class _Experiment:
    """One ablation under way."""

    def __init__(self, run: Run, design: _Design, budget: _Budget, *, margin: float) -> None:
        self._run, self._design, self._budget, self._margin = run, design, budget, margin
        self._offline = has_stand_ins(run.student, run.metric)
        self._whole = run.add_version(design.whole, parent=None, origin="seed")

    def result(self) -> Ablation:
        """Measure the design, fit the model, shorten, compare."""
        run, whole = self._run, self._design.whole
        self._measure_design()
        fitted = attribute(
            run.versions,
            run.outcomes.values(),
            run.data.scenarios,
            prior_of_the_first=0.0,
            broad=BROAD,
        )
        short, comparison = self._shorten(fitted.pieces)
        return Ablation(
            whole,
            short,
            fitted.pieces,
            comparison,
            calls=run.spent.calls,
            margin=self._margin,
            needed=self._needed(comparison) if comparison and short == whole else None,
        )

    def _needed(self, comparison: Comparison) -> int | None:
        """The budget whose comparisons would show the margin; they get a share of any budget."""
        return loss_between(comparison).calls_for(self._margin, self._budget.max_calls)

    def _is_as_good(self, comparison: Comparison) -> bool:
        """Whether the shorter prompt is shown to lose less than the margin, and keeps guards."""
        is_below = loss_between(comparison).is_below(self._margin)
        return is_below and not comparison.guard_losses.objection

    def _measure_design(self) -> None:
        """Round after round, for as long as the design's share of the calls pays for one."""
        run, design, budget, number = self._run, self._design, self._budget, 1
        while run.spent.calls + budget.of_a_round(design.batch) <= budget.of_the_design:
            drawn = [self._version(prompt) for prompt in design.prompts()]
            versions = {version.id: version for version in drawn}
            run.measure([*versions.values()], design.batch, stage=f"{number:03}.design")
            design.next_round()
            number += 1

    def _shorten(self, worths: Sequence[PieceWorth]) -> tuple[Prompt, Comparison | None]:
        """Leave out what is not worth its length; while that fails, bring the better half back."""
        out = [worth for worth in worths if self._is_idle(worth)]
        comparison = None
        for attempt in range(1, TRIES + 1):
            if not out:
                break
            version = self._version(self._design.without({worth.id for worth in out}))
            comparison = self._compare(version, attempt)
            if self._is_as_good(comparison):
                return Prompt(version.text), comparison
            # The worthiest come first, so the second half is what is least missed.
            out = out[(len(out) + 1) // 2 :]
        return self._design.whole, comparison

    def _is_idle(self, worth: PieceWorth) -> bool:
        """Whether a piece can go and brings less than its length costs."""
        length_price = LENGTH_PRICE * worth.characters / 100
        return worth.id in self._design.free and worth.effect.mean < length_price

    def _compare(self, version: Version, attempt: int) -> Comparison:
        """The whole prompt and a shorter one afresh, on what this try may cost.

        The replies of the design are not used: they chose what was left out, so they speak for it.
        """
        scenarios = sorted(self._run.data.scenarios)
        pairs = self._budget.pairs()
        repeats = max(1, pairs // len(scenarios))
        drawn = self._budget.affordable(self._design.sample(scenarios, pairs), repeats)
        stage = f"compare{attempt}"
        old, new = self._run.measure([self._whole, version], drawn, stage=stage, repeats=repeats)
        whole, short = self._evaluation(drawn, old), self._evaluation(drawn, new)
        return Comparison(whole, short, paired_difference(whole.outcomes, short.outcomes))

    def _evaluation(self, scenarios: Sequence[str], outcomes: Sequence[Outcome]) -> Evaluation:
        every = self._run.data.scenarios
        chosen = {name: every[name] for name in scenarios}
        return Evaluation(chosen, outcomes, offline=self._offline)

    def _version(self, prompt: Prompt) -> Version:
        return self._run.version_of(prompt, parent=self._whole.id)
