"""Is a difference more than noise? Paired tests and intervals, clustered as the data are.

The unit of a paired comparison is the scenario: repeats and criteria inside it are not independent. For scenario g,
D_g is the sum over repeats and criteria of (new - old), counting only criteria scored on both sides, and N_g their
number; the gain is sum D_g / sum N_g, the difference of the two pass rates.

    test      sign flips: were the prompts alike, each D_g would be as likely with the other sign. Exact for that
              null hypothesis with any number of scenarios; all 2^G patterns up to G = 12, else 10,000 random ones
              with one added to both counts (Phipson and Smyth 2010).
    interval  all gains that the two-sided test at 5 % does not reject (the test turned round).
    by task   a t interval on task totals beside it, for readers who ask about new tasks: with five tasks it is wide.

Not covered: more than one look at the same pairs; the callers confirm once, on fresh replies.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from usersim_opt.basics.figures import Interval

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

ALL_PATTERNS_UP_TO = 12
FLIPS = 10_000
_T975 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """One scenario under two prompts: D_g (`difference`) and N_g (`criteria`), summed over repeats."""

    scenario: str
    difference: float
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
        """Whether the 95 % interval of the gain lies above zero."""
        return self.gain.low is not None and self.gain.low > 0

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
        """Whether the 95 % interval of the gain lies below zero."""
        return self.gain.high is not None and self.gain.high < 0


def replication(z: float) -> float | None:
    """How many times the data would be needed to prove the gain in four of five repetitions, were it as estimated; None for z <= 0.

    ((1.960 + 0.842) / z)^2: the normal approximation for a two-sided test at 5 % with a power of 80 %.
    """
    return (2.802 / z) ** 2 if z > 0 else None


def wilson(n: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of the share n / of, each bound 0 to 1; all of it where nothing was counted."""
    if not of:
        return 0.0, 1.0
    z, share = 1.959964, n / of
    middle, half = (
        share + z * z / (2 * of),
        z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)),
    )
    return max(0.0, (middle - half) / (1 + z * z / of)), min(
        1.0, (middle + half) / (1 + z * z / of)
    )


def t975(df: int) -> float:
    """The 97.5 % quantile of Student's t; beyond 30 degrees of freedom by Cornish-Fisher (error below .001)."""
    if df < 1:
        return math.inf
    if df <= len(_T975):
        return _T975[df - 1]
    z = 1.959964
    return z + (z**3 + z) / (4 * df) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * df**2)


@dataclass(frozen=True)
class Paired:
    """Two sets of outcomes side by side: the pairs, and what only one side has."""

    pairs: tuple[Pair, ...]
    dropped: int
    """Jobs without a criterion that both sides scored."""
    lost: float
    """Share of the verdicts that only one side has, 0 to 1. Such losses are seldom random."""


def difference(paired: Paired) -> PairedDifference:
    """The gain over the pairs, tested by sign flips over scenarios, with intervals; all zero where there are no pairs."""
    pairs = paired.pairs
    d = np.array([p.difference for p in pairs], dtype=float)
    n = np.array([p.criteria for p in pairs], dtype=float)
    total = float(n.sum())
    if not total:
        nothing = Interval(0.0, None, None)
        return PairedDifference(nothing, nothing, 1.0, 1.0, 0.0, 0, 0, paired.dropped, paired.lost)
    signs = sign_patterns(len(d))
    return PairedDifference(
        gain=Interval(float(d.sum()) / total, *_inverted(d, n, signs)),
        by_task=ratio_interval(_by_task(pairs)),
        p_better=flip_p(d, signs),
        p_worse=flip_p(-d, signs),
        z=_z(d, n),
        scenarios=len(pairs),
        tasks=len({p.task for p in pairs}),
        dropped=paired.dropped,
        lost=paired.lost,
    )


def sign_patterns(n: int) -> Matrix:
    """Rows of signs: all 2^n of them up to n = 12, else 10,000 drawn ones, always the same."""
    if n <= ALL_PATTERNS_UP_TO:
        return (
            np.array(np.meshgrid(*[(1.0, -1.0)] * n, indexing="ij"), dtype=float).reshape(n, -1).T
        )
    return np.random.default_rng(20_26).choice((1.0, -1.0), size=(FLIPS, n))


def flip_p(d: Vector, signs: Matrix) -> float:
    """One-sided p of a sum at least as large as that of `d` when the signs are random."""
    hits = int((signs @ d >= d.sum() - 1e-9).sum())
    exact = len(signs) == 2 ** len(d)
    return hits / len(signs) if exact else (hits + 1) / (len(signs) + 1)


def _inverted(d: Vector, n: Vector, signs: Matrix) -> tuple[float | None, float | None]:
    """Bounds of the gains that a one-sided test at 2.5 % on each side does not reject; None if it never can."""
    if 1 / min(len(signs), 2 ** len(d)) > 0.025:
        return None, None
    gain = float(d.sum() / n.sum())

    def bound(direction: float) -> float:
        inside, outside = gain, gain + direction * 2.0
        for _ in range(40):
            middle = (inside + outside) / 2
            rejected = flip_p(direction * (middle * n - d), signs) <= 0.025
            inside, outside = (inside, middle) if rejected else (middle, outside)
        return inside

    return bound(-1.0), bound(1.0)


def _z(d: Vector, n: Vector) -> float:
    gain = d.sum() / n.sum()
    if len(d) < 2:
        return 0.0
    error = math.sqrt(len(d) / (len(d) - 1) * float(((d - gain * n) ** 2).sum())) / float(n.sum())
    if error < 1e-12:
        return math.copysign(math.inf, gain) if abs(gain) > 1e-12 else 0.0
    return float(gain) / error


def _by_task(pairs: Sequence[Pair]) -> dict[str, tuple[float, float]]:
    totals: dict[str, tuple[float, float]] = {}
    for p in pairs:
        d, n = totals.get(p.task, (0.0, 0.0))
        totals[p.task] = (d + p.difference, n + p.criteria)
    return totals


def ratio_interval(clusters: Mapping[str, tuple[float, float]]) -> Interval:
    """Sum of the first numbers / sum of the second, with a t interval over clusters (Taylor linearisation of a ratio).

    For pass rates the pairs are (passed, scored) per task; clusters with nothing in them are left out. One cluster gives no interval.
    """
    counted = [pair for pair in clusters.values() if pair[1]]
    x = np.array([pair[0] for pair in counted], dtype=float)
    n = np.array([pair[1] for pair in counted], dtype=float)
    if not counted:
        return Interval(0.0, None, None)
    mean = float(x.sum() / n.sum())
    if len(x) < 2:
        return Interval(mean, None, None)
    error = math.sqrt(len(x) / (len(x) - 1) * float(((x - mean * n) ** 2).sum())) / float(n.sum())
    half = t975(len(x) - 1) * error
    return Interval(mean, mean - half, mean + half)
