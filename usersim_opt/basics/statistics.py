"""Is a difference more than noise? Paired tests and intervals, clustered as the data are.

The unit of a paired comparison is the scenario: repeats and criteria inside it are not independent.
For scenario g, D_g is the sum over repeats and criteria of (new - old), counting only criteria
scored on both sides, and N_g their number; the gain is sum D_g / sum N_g, the difference of the two
pass rates.

    test      sign flips: were the prompts alike, each D_g would be as likely with the other sign.
              The p value is exact for any number of scenarios (sign_flips.py); it alone decides.
    interval  all gains that the two-sided test at 5 % does not reject (the test inverted), over all
              2^G patterns up to G = 12, else 10,000 random ones with one added to both counts
              (Phipson and Smyth 2010). Whether it holds zero is what the exact p value says.
    by task   a t interval on task totals beside it, for readers who ask about new tasks: with five
              tasks it is wide.

Not covered: more than one look at the same pairs; the callers confirm once, on fresh replies.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from usersim_opt.basics.figures import Interval
from usersim_opt.basics.sign_flips import exact_p

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

ALL_PATTERNS_UP_TO = 12
FLIPS = 10_000
ONE_SIDE = 0.025
"""The level of the test on each side of a 95 % interval."""
Z975 = 1.959964
"""The 97.5 % quantile of the normal distribution."""
_T975 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
"""The 97.5 % quantiles of Student's t for 1 to 30 degrees of freedom."""
_SIGNS = (1.0, -1.0)
_ROUNDING = 1e-9
"""Sums that differ by less are equal: adding fractions in another order shifts the last digits."""
_BISECTIONS = 40
LEAST_BOUND = 1e-6
"""Where a bound stands that the exact test puts off zero and the inversion on it."""


@dataclass(frozen=True)
class Pair:
    """One scenario under two prompts: `difference` is D_g, `criteria` is N_g, over all repeats."""

    scenario: str
    difference: int
    criteria: int

    @property
    def task(self) -> str:
        """The cluster that the scenario belongs to."""
        return self.scenario.partition(".")[0]


@dataclass(frozen=True)
class PairedDifference:
    """The gain of new over old, -1 to 1, with its evidence."""

    gain: Interval
    """Interval by sign flips over scenarios."""
    by_task: Interval
    """The same gain with a t interval over tasks."""
    p_better: float
    """One-sided: how often a gain at least as large comes from two equal prompts."""
    p_worse: float
    """One-sided, the other way round."""
    z: float
    """Gain / standard error over scenarios; 0 where there is no spread and no gain."""
    scenarios: int
    tasks: int
    dropped: int
    """Jobs that one side lacks (an error, nothing scored); they are left out of both sides."""
    lost: float
    """Share of the verdicts that only one side has, 0 to 1; they are left out, too."""

    @property
    def proven(self) -> bool:
        """Whether the gain is above zero by the exact test at 2.5 %, and so is its interval."""
        return self.gain.mean > 0 and self.p_better <= ONE_SIDE

    @property
    def worth(self) -> str:
        """What the interval says of the gain, in words."""
        if self.proven:
            return "Better: the 95 % interval lies above zero"
        if self.worse:
            return "Worse: the 95 % interval lies below zero"
        if self.gain.low is None:
            return "Not proven: too few scenarios"
        return "Not proven: the 95 % interval reaches zero"

    @property
    def worse(self) -> bool:
        """Whether the gain is below zero by the exact test at 2.5 %, and so is its interval."""
        return self.gain.mean < 0 and self.p_worse <= ONE_SIDE


def replication(z: float) -> float | None:
    """How many times as much data would prove a gain of this size in four of five repetitions.

    ((1.960 + 0.842) / z)^2, the normal approximation for a two-sided test at 5 % with a power of
    80 % (Cohen 1988, Statistical Power Analysis for the Behavioral Sciences). None for z <= 0.
    """
    return (2.802 / z) ** 2 if z > 0 else None


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


def t975(df: int) -> float:
    """The 97.5 % quantile of Student's t with `df` degrees of freedom; infinite for none.

    Beyond 30 it is the Cornish-Fisher expansion in 1 / df (Abramowitz and Stegun 1964, 26.7.5, its
    first two terms), with an error below .001.
    """
    if df < 1:
        return math.inf
    if df <= len(_T975):
        return _T975[df - 1]
    z = Z975
    first = (z**3 + z) / (4 * df)
    second = (5 * z**5 + 16 * z**3 + 3 * z) / (96 * df**2)
    return z + first + second


@dataclass(frozen=True)
class Paired:
    """Two sets of outcomes side by side: the pairs, and what only one side has."""

    pairs: tuple[Pair, ...]
    dropped: int
    """Jobs without a criterion that both sides scored."""
    lost: float
    """Share of the verdicts that only one side has, 0 to 1. Such losses are seldom random."""


def difference(paired: Paired) -> PairedDifference:
    """The gain over the pairs, tested by sign flips over scenarios, with its intervals.

    Everything is zero where there are no pairs.
    """
    pairs = paired.pairs
    d = np.array([pair.difference for pair in pairs], dtype=float)
    n = np.array([pair.criteria for pair in pairs], dtype=float)
    total = float(n.sum())
    if not total:
        return _no_difference(paired)
    p_better = exact_p([pair.difference for pair in pairs])
    p_worse = exact_p([-pair.difference for pair in pairs])
    return PairedDifference(
        gain=_agreed(_inverted(d, n), p_better, p_worse),
        by_task=ratio_interval(_by_task(pairs)),
        p_better=p_better,
        p_worse=p_worse,
        z=_z(d, n),
        scenarios=len(pairs),
        tasks=len({pair.task for pair in pairs}),
        dropped=paired.dropped,
        lost=paired.lost,
    )


def _no_difference(paired: Paired) -> PairedDifference:
    nothing = Interval(0.0, None, None)
    return PairedDifference(nothing, nothing, 1.0, 1.0, 0.0, 0, 0, paired.dropped, paired.lost)


def sign_patterns(n: int) -> Matrix:
    """Rows of signs: all 2^n of them up to n = 12, else 10,000 random ones, always the same."""
    if n <= ALL_PATTERNS_UP_TO:
        return _all_patterns(n)
    return np.random.default_rng(20_26).choice(_SIGNS, size=(FLIPS, n))


def _all_patterns(n: int) -> Matrix:
    axes = np.meshgrid(*[_SIGNS] * n, indexing="ij")
    return np.array(axes, dtype=float).reshape(n, -1).T


def flip_p(d: Vector, signs: Matrix) -> float:
    """One-sided p of a sum at least as large as that of `d` when the signs are random."""
    hits = int((signs @ d >= d.sum() - _ROUNDING).sum())
    if len(signs) == 2 ** len(d):
        return hits / len(signs)
    # Among random patterns the observed one counts as one more draw: an estimate that could be
    # zero would claim more than 10,000 draws can show (Phipson and Smyth 2010).
    return (hits + 1) / (len(signs) + 1)


def _inverted(d: Vector, n: Vector) -> Interval:
    """The gain with the gains that a one-sided test at 2.5 % on each side does not reject.

    No bounds where no gain could ever be rejected: with five scenarios the least p is 1 / 32.
    """
    signs = sign_patterns(len(d))
    gain = _ratio(d, n)
    least_p = 1 / min(len(signs), 2 ** len(d))
    if least_p > ONE_SIDE:
        return Interval(gain, None, None)
    low, high = (_bound(d, n, signs, direction=direction) for direction in (-1.0, 1.0))
    return Interval(gain, low, high)


def _agreed(gain: Interval, p_better: float, p_worse: float) -> Interval:
    """The interval with zero on the side on which the exact test has it.

    Bounds come from halving and, with many scenarios, from random patterns; both can put a bound
    that is exactly zero a hair on the wrong side, and nothing may be decided by a hair.
    """
    if gain.bounds is None:
        return gain
    low, high = gain.bounds
    low = max(low, LEAST_BOUND) if p_better <= ONE_SIDE else min(low, 0.0)
    high = min(high, -LEAST_BOUND) if p_worse <= ONE_SIDE else max(high, 0.0)
    return Interval(gain.mean, low, high)


def _bound(d: Vector, n: Vector, signs: Matrix, *, direction: float) -> float:
    # Were the gain `middle`, the differences less middle * n would have random signs; the further
    # out it lies, the smaller its p. So we halve the stretch between a gain that the test cannot
    # reject (the estimate) and one beyond all gains (they lie from -1 to 1).
    inside = _ratio(d, n)
    outside = inside + direction * 2.0
    for _ in range(_BISECTIONS):
        middle = (inside + outside) / 2
        if flip_p(direction * (middle * n - d), signs) <= ONE_SIDE:
            outside = middle
        else:
            inside = middle
    return inside


def _z(d: Vector, n: Vector) -> float:
    if len(d) < 2:
        return 0.0
    gain, error = _ratio(d, n), _ratio_error(d, n)
    if error < 1e-12:
        return math.copysign(math.inf, gain) if abs(gain) > 1e-12 else 0.0
    return gain / error


def _by_task(pairs: Sequence[Pair]) -> dict[str, tuple[float, float]]:
    totals: dict[str, tuple[float, float]] = {}
    for pair in pairs:
        d, n = totals.get(pair.task, (0.0, 0.0))
        totals[pair.task] = (d + pair.difference, n + pair.criteria)
    return totals


def ratio_interval(clusters: Mapping[str, tuple[float, float]]) -> Interval:
    """Sum of the first numbers / sum of the second, with a t interval over clusters.

    For pass rates the pairs are (passed, scored) per task. Clusters with nothing in them are left
    out; one cluster gives no interval.
    """
    filled = [pair for pair in clusters.values() if pair[1]]
    if not filled:
        return Interval(0.0, None, None)
    x = np.array([pair[0] for pair in filled], dtype=float)
    n = np.array([pair[1] for pair in filled], dtype=float)
    mean = _ratio(x, n)
    if len(x) < 2:
        return Interval(mean, None, None)
    half = t975(len(x) - 1) * _ratio_error(x, n)
    return Interval(mean, mean - half, mean + half)


def _ratio(x: Vector, n: Vector) -> float:
    return float(x.sum() / n.sum())


def _ratio_error(x: Vector, n: Vector) -> float:
    """Standard error of sum x / sum n over two or more clusters, by linearisation.

    Taylor's linearisation of a ratio (Cochran 1977, Sampling Techniques, chapter 6).
    """
    squares = float(((x - _ratio(x, n) * n) ** 2).sum())
    clusters = len(x)
    return math.sqrt(clusters / (clusters - 1) * squares) / float(n.sum())
