"""How large must a gain be to be proven? The decision, simulated on a layout.

A layout says what a comparison will be made of: scenarios in tasks, criteria with the rates at
which the old prompt passes them, replies per scenario. Replies of an old and of a new prompt are
drawn by a logistic model with random effects,

    logit P(pass) = criterion + shift + task + scenario + reply

where `shift` is 0 for the old prompt and the same for all criteria of the new one, and the effects
are normal: one per task and one per scenario, which both prompts share, and one per reply, by which
the verdicts of a reply hang together. The criterion's term is such that its rate over all effects
is the one that the layout gives. Every simulated comparison is decided as a real one is: by both
rules of proof.py, over scenarios and over tasks.

Source of the interpretation: power by simulation (Gelman and Hill 2007, Data Analysis Using
Regression and Multilevel Models, chapter 20).

Not covered: gains that differ from task to task, prompts that mend some criteria and break others
(both need larger gains, the first by the rule over tasks), lost verdicts, a judge's errors.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from usersim_opt.basics.levels import LEVEL, least_units, normal_quantile, t_quantile
from usersim_opt.basics.sign_flips import exact_ps

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

POWER = 0.8
"""Share of the comparisons that are to prove a gain."""
_NORMAL_FROM = 40
"""Units that differ from which the exact p and its normal approximation are as good as one."""
_FEWEST, _MOST = 200, 600
"""Simulated comparisons. With 600 the gain is known to a thirtieth of itself."""
_NUMBERS = 1_500_000
"""Verdicts of one side in all simulated comparisons, about; large layouts get fewer of them."""
_HALVINGS, _FINE_HALVINGS = 11, 30
_RATES = (1e-6, 1 - 1e-9)
"""Rates of 0 and 1 have no logit."""
_SEED = 20_27


@dataclass(frozen=True)
class Spreads:
    """Standard deviations of the random effects, in logits."""

    task: float = 0.3
    scenario: float = 0.3
    reply: float = 0.8

    @property
    def total(self) -> float:
        """Standard deviation of all effects together."""
        return math.hypot(self.task, self.scenario, self.reply)


@dataclass(frozen=True)
class Layout:
    """What a comparison of two prompts will be made of."""

    rates: tuple[tuple[float, ...], ...]
    """For each scenario the rates, 0 to 1, at which the old prompt passes its criteria."""
    tasks: tuple[int, ...]
    """For each scenario the number of its task."""
    replies: int
    """Per scenario and prompt."""
    spreads: Spreads = Spreads()
    level: float = LEVEL
    """At which the comparison is decided, two-sided."""

    @property
    def left(self) -> float:
        """The largest gain there can be: 1 - the mean rate."""
        flat = [rate for rates in self.rates for rate in rates]
        return 1 - sum(flat) / len(flat) if flat else 0.0

    def times(self, number: int) -> "Layout":
        """The same with so many times the tasks."""
        width = max(self.tasks, default=-1) + 1
        tasks = [task + copy * width for copy in range(number) for task in self.tasks]
        return replace(self, rates=self.rates * number, tasks=tuple(tasks))

    def with_replies(self, replies: int) -> "Layout":
        """The same with another number of replies."""
        return replace(self, replies=replies)


@lru_cache(maxsize=256)
def smallest_gain(layout: Layout, power: float = POWER) -> float | None:
    """The smallest gain, 0 to 1, that so many comparisons of the layout prove.

    It is the expected gain over all criteria. None where not even a prompt without a fault is
    proven so often. Equal layouts give equal figures on every machine: the draws are seeded.
    """
    if not layout.left:
        return None
    simulated = _Simulated(layout)
    if simulated.share_proven(math.inf) < power:
        return None
    shift = _least_shift(lambda shift: simulated.share_proven(shift) >= power, _HALVINGS)
    return simulated.gain(shift)


@lru_cache(maxsize=256)
def share_proven(layout: Layout, gain: float) -> float:
    """The share of comparisons of the layout that prove a gain, both from 0 to 1.

    A gain of all that is left, or more, is that of a prompt without a fault.
    """
    if not layout.left:
        return 0.0
    simulated = _Simulated(layout)
    shift = _least_shift(lambda shift: simulated.gain(shift) >= gain, _FINE_HALVINGS)
    return simulated.share_proven(shift)


def _least_shift(is_enough: Callable[[float], bool], halvings: int) -> float:
    """The least shift that is enough, infinite where no smaller one is."""
    # A shift from 0 to infinity is t / (1 - t) of a t from 0 to 1.
    low, high = 0.0, 1.0
    for _ in range(halvings):
        middle = (low + high) / 2
        if is_enough(middle / (1 - middle)):
            high = middle
        else:
            low = middle
    return high / (1 - high) if high < 1 else math.inf


class _Simulated:
    """Comparisons of a layout, drawn once; every shift is looked at on the same draws."""

    def __init__(self, layout: Layout) -> None:
        flat = np.array([rate for rates in layout.rates for rate in rates])
        sizes = [len(rates) for rates in layout.rates if rates]
        tasks = [task for task, rates in zip(layout.tasks, layout.rates, strict=True) if rates]
        self._spreads, self._replies, self._level = layout.spreads, layout.replies, layout.level
        self._scenarios = np.repeat(np.arange(len(sizes)), sizes)
        self._tasks = np.array(tasks, dtype=int)
        self._starts = np.cumsum([0, *sizes[:-1]])
        self._criteria = logit_of(flat, layout.spreads.total)
        self._verdicts = layout.replies * np.array(sizes, dtype=int)
        self._draw(np.random.default_rng(_SEED))

    def _draw(self, rng: np.random.Generator) -> None:
        verdicts = max(1, self._criteria.size * self._replies)
        simulations = int(min(_MOST, max(_FEWEST, _NUMBERS // verdicts)))
        scenarios = self._tasks.size
        of_tasks = rng.normal(0, self._spreads.task, (simulations, int(self._tasks.max()) + 1))
        of_scenarios = rng.normal(0, self._spreads.scenario, (simulations, scenarios))
        shared = of_tasks[:, self._tasks] + of_scenarios
        self._old = self._passed(self._needed(rng, shared), 0.0)
        self._needed_by_new = self._needed(rng, shared)

    def _needed(self, rng: np.random.Generator, shared: Floats) -> Floats:
        """The shift that makes each verdict a pass, by simulation, criterion and reply."""
        simulations, scenarios = shared.shape
        size = (simulations, scenarios, self._replies)
        effects = shared[:, :, None] + rng.normal(0, self._spreads.reply, size)
        uniform = rng.random((simulations, self._criteria.size, self._replies))
        threshold = np.log(uniform / (1 - uniform))
        needed: Floats = threshold - effects[:, self._scenarios, :]
        needed -= self._criteria[:, None]
        return needed

    def _passed(self, needed: Floats, shift: float) -> Counts:
        """Verdicts of pass at a shift, by simulation and scenario."""
        by_criterion = (needed < shift).sum(axis=2)
        passed: Counts = np.add.reduceat(by_criterion, self._starts, axis=1)
        return passed

    def share_proven(self, shift: float) -> float:
        """Share of the comparisons that prove the gain of a shift."""
        differences = self._passed(self._needed_by_new, shift) - self._old
        found = proven(differences, self._verdicts, self._tasks, level=self._level)
        return float(np.mean(found))

    def gain(self, shift: float) -> float:
        """The expected gain of a shift over all criteria, effects averaged out."""
        spread = self._spreads.total
        new = mean_rate(self._criteria + shift, spread)
        return float((new - mean_rate(self._criteria, spread)).mean())


def proven(differences: Counts, verdicts: Counts, tasks: Counts, *, level: float = LEVEL) -> Flags:
    """Whether each row, the differences of one comparison's scenarios, proves a gain.

    `verdicts` are the numbers of pairs of verdicts of the scenarios, `tasks` the numbers of their
    tasks. It is what both rules of proof.py say, over scenarios and over tasks.
    """
    found = above_zero(differences, level=level)
    rows = np.flatnonzero(found)
    of_tasks = np.unique(tasks)[:, None] == tasks
    found[rows] = _by_task(differences[rows] @ of_tasks.T, of_tasks @ verdicts, level)
    return found


def _by_task(differences: Counts, verdicts: Counts, level: float) -> Flags:
    """The rule over tasks on rows of their differences."""
    number = verdicts.size
    if number >= least_units(level):
        return above_zero(differences, level=level)
    if number < 2:
        return np.zeros(len(differences), dtype=bool)
    gains = differences.sum(axis=1) / verdicts.sum()
    squares = ((differences - np.outer(gains, verdicts)) ** 2).sum(axis=1)
    errors = np.sqrt(number / (number - 1) * squares) / verdicts.sum()
    is_above: Flags = gains - t_quantile(level, number - 1) * errors > 0
    return is_above


def above_zero(differences: Counts, *, level: float = LEVEL) -> Flags:
    """Whether each row, the differences of scenarios or of tasks, is above zero.

    That is what the exact sign-flip test at half the level says. With 40 units that differ, or
    more, its normal approximation with a correction for whole numbers stands in for it where it is
    close.
    """
    sums = differences.sum(axis=1)
    units = (differences != 0).sum(axis=1)
    size = np.sqrt((differences.astype(float) ** 2).sum(axis=1))
    z = sums / np.maximum(size, 1)
    # A sum of random signs passes z standard deviations with at most exp(-z^2 / 2) (Hoeffding
    # 1963), so from this z on the exact p is small enough and need not be computed.
    found: Flags = z >= math.sqrt(2 * math.log(2 / level))
    is_many = units >= _NORMAL_FROM
    # Sums go in steps of two, so half a step is one.
    found |= is_many & ((sums - 1) / np.maximum(size, 1) >= normal_quantile(level))
    is_open = (sums > 0) & (units >= least_units(level)) & ~found & ~is_many
    found[is_open] = exact_ps(differences[is_open]) <= level / 2
    return found


# -- rates and logits ----------------------------------------------------------------------------

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(31)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
_GRID = np.linspace(-30, 30, 6_001)


def mean_rate(logits: Floats, spread: float) -> Floats:
    """The mean of 1 / (1 + exp(-x)) over a normal x of each mean and one standard deviation.

    By Gauss-Hermite quadrature (Abramowitz and Stegun 1964, 25.4.46).
    """
    rates: Floats = _logistic(np.add.outer(logits, spread * _NODES)) @ _WEIGHTS
    return rates


def logit_of(rates: Floats, spread: float) -> Floats:
    """The means, in logits, at which effects of a spread give these rates: mean_rate inverted."""
    return np.interp(np.clip(rates, *_RATES), mean_rate(_GRID, spread), _GRID)


def correlation(rate: float, spread: float) -> float:
    """The correlation of two verdicts that share effects of a spread, both passed at a rate."""
    if not 0 < rate < 1 or spread <= 0:
        return 0.0
    logit = float(logit_of(np.array([rate]), spread)[0])
    chances = _logistic(logit + spread * _NODES)
    variance = float((chances**2) @ _WEIGHTS) - rate**2
    return max(0.0, variance / (rate * (1 - rate)))


def _logistic(x: Floats) -> Floats:
    # An infinite shift is a rate of 1; exp of a large number would warn before it says so.
    logistic: Floats = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
    return logistic
