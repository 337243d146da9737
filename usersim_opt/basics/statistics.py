"""Is a difference more than noise? Paired tests and intervals, clustered as the data are.

The unit of a paired comparison is the scenario: repeats and criteria inside it are not independent.
For scenario g, D_g is the sum over repeats and criteria of (new - old), counting only criteria
scored on both sides, and N_g their number; the gain is sum D_g / sum N_g, the difference of the two
pass rates.

    decision  sign flips over scenarios and a rule over tasks, both exact or nearly so, and both
              once more with all lost verdicts counted against the claim (proof.py, paired.py)
    interval  all gains that the two-sided test over scenarios does not reject (the test inverted),
              over all 2^G patterns up to G = 12, else 10,000 random ones or, at a strict level, up
              to 200,000, with one added to both counts (Phipson and Smyth 2010). Whether it holds
              zero is what the exact p value says.
    by task   the same over task totals, or with too few tasks for signs a t interval on them.
              Whether it holds zero is what the rule over tasks says.

The level is 5 % two-sided unless another one is given; intervals are of the same level.

Not covered: more than one look at the same pairs; the callers confirm once, on fresh replies, and
spend the level where the same scenarios were used before (levels.py).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from usersim_opt.basics.figures import Interval
from usersim_opt.basics.levels import (
    LEVEL,
    Z975,
    confidence,
    least_units,
    normal_quantile,
)
from usersim_opt.basics.paired import Pair, Paired
from usersim_opt.basics.proof import Finding, by_task, finding
from usersim_opt.basics.ratios import Vector, ratio, ratio_error, ratio_interval
from usersim_opt.basics.winners_curse import conditional_gain

Matrix = NDArray[np.float64]

ALL_PATTERNS_UP_TO = 12
FLIPS, MOST_FLIPS = 10_000, 200_000
_BEYOND = 100
"""Random patterns that are to lie beyond a bound, if so many are drawn."""
_SIGNS = (1.0, -1.0)
_LAST_BAR = normal_quantile(LEVEL)
"""Standard errors of a gain that is just proven at the last look."""
_ROUNDING = 1e-9
"""Sums that differ by less are equal: adding fractions in another order shifts the last digits."""
_BISECTIONS = 40
BOTH = "over scenarios and over tasks"
LEAST_BOUND = 1e-6
"""Where a bound stands that the exact test puts off zero and the inversion on it."""


@dataclass(frozen=True)
class PairedDifference:
    """The gain of new over old, -1 to 1, with its evidence."""

    gain: Interval
    """Interval by sign flips over scenarios."""
    by_task: Interval
    """The same gain with the interval over tasks: by sign flips, with few tasks a t interval."""
    found: Finding
    """What the rules of proof say of the pairs."""
    at_worst: Finding
    """What they say with all lost verdicts counted against the new prompt."""
    at_best: Finding
    """What they say with all lost verdicts counted against the old one."""
    z: float
    """Gain / standard error over scenarios; 0 where there is no spread and no gain."""
    error: float
    """Standard error of the gain over scenarios; 0 where there are fewer than two."""
    scenarios: int
    tasks: int
    dropped: int
    """Jobs that one side lacks (an error, nothing scored); they are left out of both sides."""
    lost: float
    """Share of the verdicts that only one side has, 0 to 1; they are left out, too."""
    missing: int
    """Verdicts that are missing on one side or on both."""
    criteria: int
    """Pairs of verdicts, which is how many both sides have."""

    @property
    def level(self) -> float:
        """The two-sided level of the rules and of both intervals."""
        return self.found.level

    @property
    def confidence(self) -> str:
        """What both intervals are called: `95 %`."""
        return confidence(self.level)

    @property
    def p_better(self) -> float:
        """One-sided, over scenarios: how often so large a gain comes from two equal prompts."""
        return self.found.p_better

    @property
    def p_worse(self) -> float:
        """One-sided, the other way round."""
        return self.found.p_worse

    @property
    def proven(self) -> bool:
        """Whether the gain is above zero over scenarios and over tasks, whatever was lost."""
        return self.found.better and self.at_worst.better

    @property
    def expected(self) -> float:
        """The gain, -1 to 1, less the luck that helps to be proven (winners_curse.py).

        A gain that is not proven was not chosen for its luck and stays as it is.
        """
        if not self.proven or self.gain.low is None or self.by_task.low is None:
            return self.gain.mean
        low = min(self.gain.low, self.by_task.low)
        z = normal_quantile(self.level)
        # An early look has a higher bar than the last one, but who fails it is measured further:
        # what selects is the bar at the end.
        return conditional_gain(self.gain.mean, low, z=z, threshold=min(z, _LAST_BAR))

    @property
    def worse(self) -> bool:
        """Whether the gain is below zero over scenarios and over tasks, whatever was lost."""
        return self.found.worse and self.at_best.worse

    @property
    def worth(self) -> str:
        """What can be said of the gain, in words, and else which rule says no."""
        if self.proven or self.worse:
            side, place = ("Better", "above") if self.proven else ("Worse", "below")
            return f"{side}: the {self.confidence} interval lies {place} zero, {BOTH}"
        found = self.found
        if found.better or found.worse:
            side = "better" if found.better else "worse"
            return f"Not proven: {side} only if {self.missing:,} missing verdicts are left out"
        if found.better_by_scenario or found.worse_by_scenario:
            side = "Better" if found.better_by_scenario else "Worse"
            return f"{side} on these scenarios, not proven for new tasks"
        if self.gain.low is None:
            return "Not proven: too few scenarios"
        return f"Not proven: the {self.confidence} interval reaches zero"

    @property
    def task_method(self) -> str:
        """How the interval over tasks is made, in words."""
        if self.tasks >= least_units(self.level):
            return "sign flips over tasks"
        return "t interval over tasks"


def replication(z: float, *, level: float = LEVEL) -> float | None:
    """How many times as much data would prove a gain of this size in four of five repetitions.

    At a level of 5 % it is ((1.960 + 0.842) / z)^2, the normal approximation for a two-sided test
    with a power of 80 % (Cohen 1988, Statistical Power Analysis for the Behavioral Sciences). None
    for z <= 0.
    """
    return ((round(normal_quantile(level), 3) + 0.842) / z) ** 2 if z > 0 else None


def wilson(n: float, of: float) -> tuple[float, float]:
    """Wilson's 95 % interval of the share n / of, each bound 0 to 1 (Wilson 1927).

    It is the whole range where nothing was counted.
    """
    if not of:
        return 0.0, 1.0
    z, share = Z975, n / of
    center = share + z * z / (2 * of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    return max(0.0, (center - half) / scale), min(1.0, (center + half) / scale)


def difference(paired: Paired, *, level: float = LEVEL) -> PairedDifference:
    """The gain over the pairs, tested over scenarios and over tasks, with its intervals.

    Everything is zero where there are no pairs. The level is two-sided, 0 to 1.
    """
    pairs = paired.common
    found = finding(pairs, level=level)
    tasks = list(by_task(pairs).values())
    return PairedDifference(
        gain=_by_scenario(pairs, found),
        by_task=_over_tasks(tasks, found),
        found=found,
        at_worst=finding(paired.at_worst.common, level=level) if paired.missing else found,
        at_best=finding(paired.at_best.common, level=level) if paired.missing else found,
        z=_z(pairs),
        error=_error(pairs),
        scenarios=len(pairs),
        tasks=len(tasks),
        dropped=paired.dropped,
        lost=paired.lost,
        missing=paired.missing,
        criteria=sum(pair.criteria for pair in pairs),
    )


def _by_scenario(pairs: Sequence[Pair], found: Finding) -> Interval:
    """The gain with its interval over scenarios, zero on the side where the exact test has it."""
    return _agreed(
        _inverted(pairs, found.level),
        is_better=found.better_by_scenario,
        is_worse=found.worse_by_scenario,
    )


def _over_tasks(tasks: Sequence[Pair], found: Finding) -> Interval:
    """The gain with its interval over tasks, zero on the side where the rule has it."""
    if len(tasks) >= least_units(found.level):
        return _agreed(
            _inverted(tasks, found.level),
            is_better=found.better_by_task,
            is_worse=found.worse_by_task,
        )
    totals = {each.task: (float(each.difference), float(each.criteria)) for each in tasks}
    return ratio_interval(totals, level=found.level)


def sign_patterns(n: int, *, level: float = LEVEL) -> Matrix:
    """Rows of signs: all 2^n of them up to n = 12, else random ones, always the same.

    Those are 10,000, or so many that 100 lie beyond a bound of the level, 200,000 at the most.
    """
    if n <= ALL_PATTERNS_UP_TO:
        return _all_patterns(n)
    flips = min(MOST_FLIPS, max(FLIPS, math.ceil(2 * _BEYOND / level)))
    return np.random.default_rng(20_26).choice(_SIGNS, size=(flips, n))


def _all_patterns(n: int) -> Matrix:
    axes = np.meshgrid(*[_SIGNS] * n, indexing="ij")
    return np.array(axes, dtype=float).reshape(n, -1).T


def flip_p(d: Vector, signs: Matrix) -> float:
    """One-sided p of a sum at least as large as that of `d` when the signs are random."""
    return _beyond(signs @ d, float(d.sum()), is_all=len(signs) == 2 ** len(d))


def _beyond(sums: Vector, observed: float, *, is_all: bool) -> float:
    """The share of the sums, those of all patterns of signs or of some, that reach one."""
    hits = int((sums >= observed - _ROUNDING).sum())
    if is_all:
        return hits / len(sums)
    # Among random patterns the observed one counts as one more draw: an estimate that could be
    # zero would claim more than 10,000 draws can show (Phipson and Smyth 2010).
    return (hits + 1) / (len(sums) + 1)


def _inverted(pairs: Sequence[Pair], level: float) -> Interval:
    """The gain with the gains that a one-sided test at half the level on each side does not reject.

    No bounds where no gain could ever be rejected: with five units the least p is 1 / 32.
    """
    if not pairs:
        return Interval(0.0, None, None)
    d, n = _vectors(pairs)
    signs = sign_patterns(len(d), level=level)
    gain = ratio(d, n)
    least_p = 1 / min(len(signs), 2 ** len(d))
    if least_p > level / 2:
        return Interval(gain, None, None)
    low, high = (_bound(d, n, signs, direction=sign, level=level) for sign in (-1.0, 1.0))
    return Interval(gain, low, high)


def _vectors(pairs: Sequence[Pair]) -> tuple[Vector, Vector]:
    """The differences of the pairs and their numbers of criteria."""
    differences = np.array([pair.difference for pair in pairs], dtype=float)
    return differences, np.array([pair.criteria for pair in pairs], dtype=float)


def _agreed(gain: Interval, *, is_better: bool, is_worse: bool) -> Interval:
    """The interval with zero on the side on which the decision has it.

    Bounds come from halving and, with many units, from random patterns; both can put a bound
    that is exactly zero a hair on the wrong side, and nothing may be decided by a hair.
    """
    if gain.bounds is None:
        return gain
    low, high = gain.bounds
    low = max(low, LEAST_BOUND) if is_better else min(low, 0.0)
    high = min(high, -LEAST_BOUND) if is_worse else max(high, 0.0)
    return Interval(gain.mean, low, high)


def _bound(d: Vector, n: Vector, signs: Matrix, *, direction: float, level: float) -> float:
    # Were the gain `middle`, the differences less middle * n would have random signs; the further
    # out it lies, the smaller its p. So we halve the stretch between a gain that the test cannot
    # reject (the estimate) and one beyond all gains (they lie from -1 to 1). What the signs do to
    # middle * n - d follows from what they do to n and to d, which is added up once.
    sums, of_n, is_all = signs @ d, signs @ n, len(signs) == 2 ** len(d)
    inside = ratio(d, n)
    outside = inside + direction * 2.0
    for _ in range(_BISECTIONS):
        middle = (inside + outside) / 2
        observed = direction * float(middle * n.sum() - d.sum())
        if _beyond(direction * (middle * of_n - sums), observed, is_all=is_all) <= level / 2:
            outside = middle
        else:
            inside = middle
    return inside


def _z(pairs: Sequence[Pair]) -> float:
    if len(pairs) < 2:
        return 0.0
    gain, error = ratio(*_vectors(pairs)), _error(pairs)
    if error < 1e-12:
        return math.copysign(math.inf, gain) if abs(gain) > 1e-12 else 0.0
    return gain / error


def _error(pairs: Sequence[Pair]) -> float:
    return ratio_error(*_vectors(pairs)) if len(pairs) > 1 else 0.0
