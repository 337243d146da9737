"""Ablation: what each piece of a finished prompt is worth, and the shortest prompt that loses nothing significant.

    ablate(sim, data.train, metric, max_calls=1200)

By design of experiment: on each ten scenarios the whole prompt is run, and three that lack each piece with a probability of one
third. So every piece is out in a quarter of the replies, each time in other company, and the number of pieces varies, too:
what all have in common shows. The model of piece_model.py is fitted to all replies. Pieces that are not
worth their length are left out, and that prompt is compared with the whole one on fresh replies; if it loses significantly,
the better half of what was left out comes back.

Not covered: pieces with a stop token, which no scenario measures (they always stay); pieces that only work together.
"""

import math
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dspy

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import OFFLINE_NOTE, Interval, points
from usersim_opt.basics.layout import grid, note, table, text
from usersim_opt.basics.statistics import PairedDifference
from usersim_opt.basics.text import has_stop_token
from usersim_opt.customer.pieces import PiecePool
from usersim_opt.customer.prompt import Part, Prompt
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.measuring.comparison import Comparison, comparison_table
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.metric import Metric, check_metric
from usersim_opt.measuring.pairs import paired_difference
from usersim_opt.measuring.runner import DEFAULT_WORKERS, Runner
from usersim_opt.models.naming import is_offline
from usersim_opt.results.attribution import PieceWorth, attribute
from usersim_opt.results.record import write_data
from usersim_opt.results.versions import Version
from usersim_opt.scenarios.kinds import in_order
from usersim_opt.scenarios.material import ScenarioSet
from usersim_opt.scenarios.sampling import MinibatchSampler
from usersim_opt.tuning.inputs import model_names, open_run
from usersim_opt.tuning.proposal import PromptProposer
from usersim_opt.tuning.run import Run

OUT = (0.0, 1 / 3, 1 / 3, 1 / 3)
"""Probability with which each of a round's prompts lacks a piece."""
BROAD = 0.05
"""Prior standard deviation of what a piece does everywhere; wide, so that the sum over many pieces is not held to be small."""
DESIGN_SHARE = 0.6
"""Share of the calls that the design takes; the comparisons get the rest."""
MIN_COMPARED = 20
"""Scenarios of a comparison; with fewer next to nothing is a significant loss."""
TRIES = 2
"""Shorter prompts that are compared with the whole one, at most."""
LENGTH_PRICE = 0.001
"""Gain that 100 characters must bring."""
ALPHA = 0.05


@dataclass(frozen=True, repr=False)
class Ablation:
    """What came of it. `short` is the whole prompt where every shorter one lost significantly."""

    whole: Prompt
    short: Prompt
    pieces: tuple[PieceWorth, ...]
    """The worthiest first."""
    comparison: Comparison | None
    """The whole prompt against a shorter one, on fresh replies, the last that was tried; None where every piece was worth its length."""
    calls: int

    @property
    def dropped(self) -> list[PieceWorth]:
        """The pieces that the short prompt does not have."""
        kept = {piece.id for piece in self.short.pieces}
        return [piece for piece in self.pieces if piece.id not in kept]

    def __repr__(self) -> str:
        return f"<Ablation: {self._head()}>"

    def __str__(self) -> str:
        tried = self.comparison
        compared = (
            f"{comparison_table(tried.old, tried.new, heads=('whole', 'short'))}\n\n"
            if tried
            else ""
        )
        return f"{grid(*self._table())}\n\n{compared}{self._head()}\n{self._proof()}".strip()

    def _repr_html_(self) -> str:
        head, rows = self._table()
        return note(f"{self._head()}. {self._proof()}") + table(
            head, [[text(cell) for cell in row] for row in rows]
        )

    def _head(self) -> str:
        lengths = f"{len(self.whole.text):,} -> {len(self.short.text):,} characters"
        return (
            f"{len(self.dropped)} of {len(self.pieces)} pieces can go: {lengths}"
            if self.dropped
            else f"no piece can go: {lengths}"
        )

    def _proof(self) -> str:
        """What the comparison says, and the label of stand-ins."""
        if self.comparison is None:
            return "Every piece is worth its length."
        gain = self.comparison.difference.gain
        lost = (
            "loses significantly"
            if _loses(self.comparison.difference)
            else "loses nothing significant"
        )
        bound = (
            f"; a loss of more than {-100 * gain.low:.1f} points is ruled out"
            if gain.low is not None and gain.low < 0
            else ""
        )
        found = f"The shorter prompt {lost}: {gain} on {self.comparison.difference.scenarios} scenarios{bound}."
        return f"{found} {OFFLINE_NOTE}" if self.comparison.new.offline else found

    def _table(self) -> tuple[list[str], list[list[str]]]:
        families = in_order({family for piece in self.pieces for family in piece.by_family})
        gone = {piece.id for piece in self.dropped}
        rows = [
            [
                "out" if piece.id in gone else "",
                _shown(piece.effect),
                *(_shown(piece.by_family[family]) for family in families),
                str(piece.characters),
                piece.words[:60],
            ]
            for piece in self.pieces
        ]
        return ["", "points", *families, "characters", "piece"], rows


def ablate(
    simulator: UserSimulator,
    examples: Sequence[Any],
    metric: Metric,
    *,
    max_calls: int = 1200,
    run_dir: str | Path | None = None,
    seed: int = 0,
    workers: int | Executor = DEFAULT_WORKERS,
) -> Ablation:
    """Measure the pieces of the simulator's prompt on the scenarios of a split; any text will do, a person's too.

    With `run_dir` every call is recorded there, and the same call goes on after a break. Raises InputError for a prompt
    with fewer than two pieces that can go or too few calls, and what `compile` raises of models and folders.
    """
    check_metric(metric)
    data = ScenarioSet.of(examples, name="examples")
    with (
        _folder(run_dir) as folder,
        open_run(
            folder,
            simulator.prompt,
            {"data": data},
            models=model_names(simulator, metric),
            options={"max_calls": max_calls, "seed": seed, "search": "ablate"},
        ) as journal,
        Runner(metric, workers=workers) as runner,
    ):
        write_data(folder, scenarios=data.scenarios, tasks=data.tasks)
        journal.check_format()
        run = Run(
            simulator,
            data,
            runner=runner,
            proposer=PromptProposer(),
            journal=journal,
            seed=seed,
        )
        return _Experiment(
            run, simulator.prompt, MinibatchSampler(data.by_task(), seed=seed), max_calls
        ).result()


class _Experiment:
    """One ablation under way."""

    def __init__(self, run: Run, whole: Prompt, sampler: MinibatchSampler, max_calls: int) -> None:
        self._run, self._whole, self._sampler, self._max_calls = run, whole, sampler, max_calls
        self._pool = PiecePool()
        self._pool.add(whole)
        self._free = [piece for piece in whole.pieces if not has_stop_token(piece.text)]
        self._dealer = random.Random(f"ablation:{run.seed}")  # noqa: S311 - a reproducible draw, nothing secret
        if len(self._free) < 2:
            raise InputError(
                f"the prompt has {len(self._free)} piece(s) that can go; expected two or more bullets or sentences"
            )
        self._offline = is_offline(run.student.lm or dspy.settings.lm)
        self._first = run.add_version(whole, parent=None, origin="seed")

    def result(self) -> Ablation:
        """Design, fit, shorten, compare."""
        self._measure_design()
        found = attribute(
            self._run.versions,
            self._run.outcomes.values(),
            self._run.data.scenarios,
            prior_of_the_first=0.0,
            broad=BROAD,
        )
        short, comparison = self._shorten(found.pieces)
        return Ablation(self._whole, short, found.pieces, comparison, self._run.spent.calls)

    def _measure_design(self) -> None:
        number, batch = 1, self._sampler.draw()
        each = self._run.price(batch) * len(OUT)
        needed = max(
            each / DESIGN_SHARE,
            2
            * TRIES
            * self._comparable()
            * self._run.price(batch)
            / len(batch)
            / (1 - DESIGN_SHARE),
        )
        if needed > self._max_calls:
            raise InputError(
                f"max_calls is {self._max_calls}; the design and {TRIES} comparisons cost at least {math.ceil(needed)}: give as many or more"
            )
        while (
            self._run.spent.calls + self._run.price(batch) * len(OUT)
            <= DESIGN_SHARE * self._max_calls
        ):
            versions = dict.fromkeys(
                self._version(
                    [piece for piece in self._whole.pieces if not self._out(piece, share)]
                ).id
                for share in OUT
            )
            self._run.measure(
                [self._run.versions[i] for i in versions], batch, stage=f"{number:03}.design"
            )
            number, batch = number + 1, self._sampler.draw()

    def _out(self, piece: Part, share: float) -> bool:
        return self._dealer.random() < share and piece in self._free

    def _comparable(self) -> int:
        return min(MIN_COMPARED, len(self._run.data.scenarios))

    def _version(self, pieces: Sequence[Part]) -> Version:
        prompt = self._pool.compose(self._whole, [piece.id for piece in pieces])
        return self._run.version_of(prompt, parent=self._first.id)

    def _shorten(self, worths: Sequence[PieceWorth]) -> tuple[Prompt, Comparison | None]:
        """Leave out what is not worth its length; bring the better half back for as long as the loss is significant."""
        free = {piece.id for piece in self._free}
        out = [
            worth
            for worth in worths
            if worth.id in free and worth.effect.mean < LENGTH_PRICE * worth.characters / 100
        ]
        comparison = None
        for attempt in range(1, TRIES + 1 if out else 1):
            gone = {worth.id for worth in out}
            version = self._version([piece for piece in self._whole.pieces if piece.id not in gone])
            comparison = self._compare(version, attempt)
            if not _loses(comparison.difference):
                return Prompt(version.text), comparison
            out = out[len(out) // 2 + len(out) % 2 :]
            if not out:
                break
        return self._whole, comparison

    def _compare(self, version: Version, attempt: int) -> Comparison:
        """The whole prompt and a shorter one afresh, on as many scenarios and repeats as this try may cost."""
        scenarios = sorted(self._run.data.scenarios)
        affordable = int(
            (1 - DESIGN_SHARE)
            / TRIES
            * self._max_calls
            / 2
            / (self._run.price(scenarios) / len(scenarios))
        )
        drawn = self._dealer.sample(scenarios, min(affordable, len(scenarios)))
        stage, repeats = f"compare{attempt}", max(1, affordable // len(scenarios))
        whole, short = (
            Evaluation({i: self._run.data.scenarios[i] for i in drawn}, side, offline=self._offline)
            for side in self._run.measure(
                [self._first, version], drawn, stage=stage, repeats=repeats
            )
        )
        return Comparison(whole, short, paired_difference(whole.outcomes, short.outcomes))


def _loses(difference: PairedDifference) -> bool:
    return difference.gain.mean < 0 and difference.p_worse <= ALPHA


def _shown(effect: Interval) -> str:
    """An effect with its interval in points."""
    return f"{points(effect.mean)} [{points(effect.low or 0.0)}, {points(effect.high or 0.0)}]"


@contextmanager
def _folder(run_dir: str | Path | None) -> Iterator[Path]:
    if run_dir is not None:
        yield Path(run_dir)
    else:
        with TemporaryDirectory() as name:
            yield Path(name)
