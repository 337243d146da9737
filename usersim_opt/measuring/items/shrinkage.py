"""How likely is a pass? The shares of single items, drawn towards those of their dimension.

With one reply per scenario an item has one verdict, which says next to nothing of it; the other
items of its dimension say what to expect. The model has three levels (a hierarchical beta-binomial:
Gelman et al. 2013, Bayesian Data Analysis, section 5.3, with one level more):

    all         dimension d passes with m_d, drawn from Beta(M S, (1 - M) S)
    dimension   item i of d passes with p_i, drawn from Beta(m_d K, (1 - m_d) K)
    item        x_i of its n_i verdicts are passes, binomial

The means M and m lie on a grid in logits, the strengths S and K on a grid of powers of two from 2
to 128, equally likely in their logarithm; M has Jeffreys' prior. All of them are summed over, none
is fixed at an estimate: few verdicts cannot tell items that are all alike from items of which some
always fail, and the intervals must not pretend that they could. M and S are learnt from the totals
of the dimensions, m and K from the items of the dimension.

A distribution of p is held as weights on a grid in logits, since near 1 its density has no bound.

Not covered: verdicts of one reply hang together, and so do scenarios of one task; the items of a
dimension mostly come from different replies.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from usersim_opt.measuring.items.records import Share

Array = NDArray[np.float64]
Counts = tuple[int, int]
"""Passed and scored verdicts."""

_END = 14.0
_LOGITS = np.linspace(-_END, _END, 281)
_LOG_P, _LOG_Q = -np.logaddexp(0, -_LOGITS), -np.logaddexp(0, _LOGITS)
CHANCES: Array = np.exp(_LOG_P)
"""The grid of p on which a distribution has its weights."""
_MEANS = 1 / (1 + np.exp(-np.arange(-4.0, 8.01, 0.25)))
_STRENGTHS = 2.0 ** np.arange(1, 8)
_PASSES = np.outer(_MEANS, _STRENGTHS).ravel()
_FAILS = np.outer(1 - _MEANS, _STRENGTHS).ravel()
"""The two parameters of the Beta distribution for each pair of a mean and a strength."""
_LEAST = 1e-300
"""What stands for a weight too small for a float."""
_TAIL = 0.05
"""What lies beyond each bound of the 90 % interval."""


@dataclass(frozen=True, eq=False)
class Chance:
    """What is known of the probability of a pass: weights on the grid, which sum to 1."""

    weights: Array

    @property
    def mean(self) -> float:
        """The posterior mean."""
        return float(self.weights @ CHANCES)

    def below(self, bound: float) -> float:
        """How likely the probability lies below a bound."""
        return float(np.interp(_logit(bound), _LOGITS, self._sums))

    def quantile(self, level: float) -> float:
        """The probability that lies above with 1 - level."""
        return float(1 / (1 + np.exp(-np.interp(level, self._sums, _LOGITS))))

    def share(self, passed: int, scored: int) -> Share:
        """The counts with mean and 90 % interval."""
        low, high = self.quantile(_TAIL), self.quantile(1 - _TAIL)
        return Share(passed, scored, self.mean, low, high)

    @cached_property
    def _sums(self) -> Array:
        # The weight of a point is spread evenly around it, so half of it lies below the point.
        return np.asarray(np.cumsum(self.weights) - self.weights / 2)


def _logit(share: float) -> float:
    return float(np.log(share / (1 - share)))


class Shrinkage:
    """The model of one respondent, learnt from the counts of all its items by dimension."""

    def __init__(self, counts: Mapping[str, Sequence[Counts]]) -> None:
        """`counts` holds passed and scored verdicts, a pair for each item, by dimension."""
        self._top = _means_of_dimensions([_total(pairs) for pairs in counts.values()])
        self._counts = counts
        self._levels: dict[str, Array] = {}
        self._chances: dict[Hashable, Chance] = {}

    def chance(self, dimension: str, passed: int, scored: int) -> Chance:
        """The probability that an item of the dimension with these verdicts passes."""
        key = (dimension, passed, scored)
        if key not in self._chances:
            # The item's own verdicts are among those that the dimension was learnt from.
            weights = _normal(self._level(dimension))
            self._chances[key] = Chance(weights @ _betas(passed, scored - passed))
        return self._chances[key]

    def share(self, dimension: str, passed: int, scored: int) -> Share:
        """The counts with the posterior mean and its 90 % interval."""
        return self.chance(dimension, passed, scored).share(passed, scored)

    def _level(self, dimension: str) -> Array:
        """Log weight of each pair of a mean and a strength in the dimension."""
        if dimension not in self._levels:
            each = Counter(self._counts.get(dimension, ()))
            prior = np.repeat(np.log(np.maximum(self._top, _LEAST)), len(_STRENGTHS))
            items = [times * _log_odds(*pair) for pair, times in each.items()]
            self._levels[dimension] = np.sum([prior, *items], axis=0)
        return self._levels[dimension]


def _total(pairs: Sequence[Counts]) -> Counts:
    return sum(passed for passed, _ in pairs), sum(scored for _, scored in pairs)


def _means_of_dimensions(totals: Sequence[Counts]) -> Array:
    """The prior of a dimension's mean, on the grid of means."""
    jeffreys = np.repeat(0.5 * np.log(_MEANS * (1 - _MEANS)), len(_STRENGTHS))
    logs = np.sum([jeffreys, *(_log_odds(*total) for total in totals)], axis=0)
    weights = _normal(logs) @ _densities()
    return _normal(np.log(np.maximum(weights, _LEAST)))


@cache
def _densities() -> Array:
    """The Beta density of each pair of a mean and a strength, in logits, on the grid of means."""
    logs = np.outer(_PASSES, np.log(_MEANS)) + np.outer(_FAILS, np.log1p(-_MEANS))
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _normal(logs: Array) -> Array:
    """Weights that sum to 1, from their logarithms."""
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())


@lru_cache(maxsize=4_096)
def _log_odds(passed: int, scored: int) -> Array:
    """Log of the beta-binomial probability of one sequence of verdicts, for each pair."""
    rises = _rise(_PASSES, passed) + _rise(_FAILS, scored - passed)
    return rises - _rise(_PASSES + _FAILS, scored)


def _rise(start: Array, steps: int) -> Array:
    """Log of start (start + 1) ... (start + steps - 1)."""
    return np.asarray(np.log(start[:, None] + np.arange(steps)).sum(axis=1))


@lru_cache(maxsize=64)
def _betas(passed: int, failed: int) -> Array:
    """The Beta distribution after these verdicts for each pair; shape: pairs x grid of p.

    It is most of the work, and takes .8 MB; few counts are frequent.
    """
    a, b = (_PASSES + passed)[:, None], (_FAILS + failed)[:, None]
    # In logits the density is p^a (1 - p)^b up to a factor; at its peak p is a / (a + b).
    peak = a * np.log(a / (a + b)) + b * np.log(b / (a + b))
    weights = np.exp(a * _LOG_P + b * _LOG_Q - peak) * (_LOGITS[1] - _LOGITS[0])
    # Beyond the grid it falls off as exp(-b t), and as exp(a t) on the other side.
    weights[:, -1:] += np.exp(-b * _END - peak) / b
    weights[:, :1] += np.exp(-a * _END - peak) / a
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
