"""Ablation: what each piece of a finished prompt is worth, and the shortest prompt that loses nothing significant.

    ablate(sim, data.train, metric, max_calls=1200)

By design of experiment: the pieces are dealt at random into four groups, and four prompts, each without one group, are run
on the same ten scenarios; then they are dealt anew. So every piece is out in a quarter of the replies, each time in other
company, and the prompts stay close to the whole one. The model of piece_model.py is fitted to all replies. Pieces that
are not worth their length are left out, and that prompt is compared with the whole one on fresh replies; if it loses
significantly, the better half of what was left out comes back, and so on.

Not covered: pieces with a stop token, which no scenario measures (they always stay); pieces that only work together.
"""

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from usersim_opt.attribution import PieceWorth, attribute
from usersim_opt.composition import PiecePool
from usersim_opt.errors import InputError
from usersim_opt.evaluation import Comparison, Evaluation, comparison_table, gain_sentence
from usersim_opt.fingerprint import digest, model_name
from usersim_opt.journal import Journal
from usersim_opt.judge import RubricMetric
from usersim_opt.markup import note, table, text
from usersim_opt.prompt import Part, Prompt
from usersim_opt.record import write_data
from usersim_opt.run import Material, Run
from usersim_opt.runner import DEFAULT_THREADS, Runner
from usersim_opt.sampling import MinibatchSampler
from usersim_opt.schema import FAMILIES, Version
from usersim_opt.simulator import UserSimulator
from usersim_opt.statistics import Interval, PairedDifference, paired_difference, points
from usersim_opt.strategies.proposal import PromptProposer
from usersim_opt.tables import grid
from usersim_opt.text import has_stop_token

GROUPS = 4
"""Into how many groups the pieces are dealt; each prompt lacks one."""
DESIGN_SHARE = 0.6
"""Share of the calls that the design takes; the comparisons get the rest."""
TRIES = 3
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
    comparison: Comparison
    """The whole prompt against the short one, on fresh replies; of the last try where none passed."""
    calls: int

    @property
    def dropped(self) -> list[PieceWorth]:
        """The pieces that the short prompt does not have."""
        kept = {piece.id for piece in self.short.pieces}
        return [piece for piece in self.pieces if piece.id not in kept]

    def __repr__(self) -> str:
        return f"<Ablation: {self._head()}>"

    def __str__(self) -> str:
        found = gain_sentence(self.comparison.difference, self.comparison.new)
        by_dimension = comparison_table(self.comparison.old, self.comparison.new, heads=("whole", "short"))
        return f"{grid(*self._table())}\n\n{by_dimension}\n\n{self._head()}\nShort against whole: {found}"

    def _repr_html_(self) -> str:
        head, rows = self._table()
        found = gain_sentence(self.comparison.difference, self.comparison.new)
        return note(f"{self._head()}. Short against whole: {found}") + table(head, [[text(cell) for cell in row] for row in rows])

    def _head(self) -> str:
        lengths = f"{len(self.whole.text):,} -> {len(self.short.text):,} characters"
        return f"{len(self.dropped)} of {len(self.pieces)} pieces can go: {lengths}" if self.dropped else f"no piece can go: {lengths}"

    def _table(self) -> tuple[list[str], list[list[str]]]:
        families = [family for family in FAMILIES if any(family in piece.by_family for piece in self.pieces)]
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
    metric: RubricMetric,
    *,
    max_calls: int = 1200,
    run_dir: str | Path | None = None,
    seed: int = 0,
    workers: int | Executor = DEFAULT_THREADS,
) -> Ablation:
    """Measure the pieces of the simulator's prompt on the scenarios of a split; any text will do, a person's too.

    With `run_dir` every call is recorded there, and the same call goes on after a break. Raises InputError for a prompt
    with fewer than two pieces that can go or too few calls, and what `compile` raises of models and folders.
    """
    data = Material.of(examples, name="examples")
    with (
        _folder(run_dir) as folder,
        _journal(folder, simulator, data, metric, (max_calls, seed)) as journal,
        Runner(metric, workers=workers) as runner,
    ):
        write_data(folder, records=data.records, tasks=data.tasks)
        run = Run(student=simulator, data=data, runner=runner, proposer=PromptProposer(), journal=journal, seed=seed)
        return _Experiment(run, simulator.prompt, MinibatchSampler(data.by_task(), seed=seed), max_calls).result()


class _Experiment:
    """One ablation under way."""

    def __init__(self, run: Run, whole: Prompt, sampler: MinibatchSampler, max_calls: int) -> None:
        self._run, self._whole, self._sampler, self._max_calls = run, whole, sampler, max_calls
        self._pool = PiecePool()
        self._pool.add(whole)
        self._free = [piece for piece in whole.pieces if not has_stop_token(piece.text)]
        self._dealer = random.Random(f"ablation:{run.seed}")  # noqa: S311 - a reproducible draw, nothing secret
        if len(self._free) < 2:
            raise InputError(f"the prompt has {len(self._free)} piece(s) that can go; expected two or more bullets or sentences")
        self._first = run.add_version(whole, parent=None, origin="seed")

    def result(self) -> Ablation:
        """Design, fit, shorten, compare."""
        self._measure_design()
        found = attribute(self._run.versions, self._run.outcomes.values(), self._run.data.records, prior_of_the_first=0.0)
        short, comparison = self._shorten(found.pieces)
        return Ablation(self._whole, short, found.pieces, comparison, self._run.calls_made)

    def _measure_design(self) -> None:
        number, batch = 1, self._sampler.draw()
        each = self._run.price(batch) * GROUPS
        if each > DESIGN_SHARE * self._max_calls:
            raise InputError(
                f"max_calls is {self._max_calls}; one round of the design costs {each} calls: give {round(each / DESIGN_SHARE) + 1} or more"
            )
        while self._run.calls_made + self._run.price(batch) * GROUPS <= DESIGN_SHARE * self._max_calls:
            groups = self._deal()
            versions = [self._version([piece for piece in self._whole.pieces if piece not in group]) for group in groups]
            self._run.measure(versions, batch, stage=f"{number:03}.design")
            number, batch = number + 1, self._sampler.draw()

    def _deal(self) -> list[list[Part]]:
        """The pieces that can go, in random groups of nearly the same size."""
        shuffled = self._dealer.sample(self._free, len(self._free))
        return [group for group in (shuffled[i::GROUPS] for i in range(GROUPS)) if group]

    def _version(self, pieces: Sequence[Part]) -> Version:
        prompt = self._pool.compose(self._whole, [piece.id for piece in pieces])
        known = [version for version in self._run.versions.values() if version.sha256 == prompt.sha256]
        return known[0] if known else self._run.add_version(prompt, parent=self._first.id, origin="composed")

    def _shorten(self, worths: Sequence[PieceWorth]) -> tuple[Prompt, Comparison]:
        """Leave out what is not worth its length; bring the better half back for as long as the loss is significant."""
        free = {piece.id for piece in self._free}
        out = [worth for worth in worths if worth.id in free and worth.effect.mean < LENGTH_PRICE * worth.characters / 100]
        for attempt in range(1, TRIES + 1):
            gone = {worth.id for worth in out}
            version = self._version([piece for piece in self._whole.pieces if piece.id not in gone])
            comparison = self._compare(version, attempt)
            if not _loses(comparison.difference):
                return Prompt(version.text), comparison
            out = out[len(out) // 2 + len(out) % 2 :]
        return self._whole, comparison

    def _compare(self, version: Version, attempt: int) -> Comparison:
        """The whole prompt and a shorter one afresh, on as many scenarios and repeats as this try may cost."""
        scenarios = sorted(self._run.data.records)
        affordable = int((1 - DESIGN_SHARE) / TRIES * self._max_calls / 2 / (self._run.price(scenarios) / len(scenarios)))
        drawn = self._dealer.sample(scenarios, min(affordable, len(scenarios)))
        stage, repeats = f"compare{attempt}", max(1, affordable // len(scenarios))
        whole, short = (
            Evaluation({i: self._run.data.records[i] for i in drawn}, side)
            for side in self._run.measure([self._first, version], drawn, stage=stage, repeats=repeats)
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


def _journal(folder: Path, simulator: UserSimulator, data: Material, metric: RubricMetric, options: tuple[int, int]) -> Journal:
    judge = {"model.judge": model_name(metric.judge.lm)} if metric.judge and metric.judge.lm else {}
    user = {"model.user": model_name(simulator.lm)} if simulator.lm else {}
    inputs = {
        "prompt": simulator.prompt.sha256,
        "data": digest(data),
        **user,
        **judge,
        "max_calls": options[0],
        "seed": options[1],
        "search": "ablate",
    }
    return Journal.open(folder, inputs)
