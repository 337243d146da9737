r"""A Bayesian additive model of verdicts: what each guidance piece adds, dimension by dimension.

A verdict on criterion c (of dimension d) under version v is modelled as

    y = mu_d + a_c + delta_v + sum over pieces p in v of (beta_p + gamma_pd) + noise

    mu_d     pass rate of the dimension with no piece in
    a_c      difficulty of the criterion, N(0, .15^2): scenarios differ, and versions were measured on different ones
    delta_v  what this set of pieces does beyond the sum of its parts, N(0, .03^2)
    beta_p   what the piece does to every dimension, N(m_p, .02^2); m_p is 0, or .02 for a piece of the first prompt
    gamma_pd what it does to this one: 0 with probability .88, else N(0, .2^2) (a spike and a slab)
    noise    N(0, s_d^2), a variance for each dimension: what nearly always passes is nearly free of noise; s_d^2 is inverse
             gamma with shape 5 and scale 1

Most pieces move one or two dimensions by much and the others not at all; the spike keeps eighteen dimensions of noise out
of the sum. Sampled by Gibbs (George and McCulloch 1993), one piece at a time, all dimensions at once; the chain goes on
when data come in, so a draw for Thompson sampling costs a sweep or two.

Not covered: that no probability lies beyond 0 and 1, and interactions of pieces beyond what delta_v takes up.
"""

import math
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

NOISE_SHAPE, NOISE_SCALE = 5.0, 1.0
"""Of the inverse gamma prior of the variance of one verdict; its mode is .17, the variance of a coin of .2 or .8."""
DIFFICULTY, DEVIATION, BROAD, SLAB = 0.15, 0.03, 0.02, 0.2
"""Prior standard deviations of a, delta, beta and of a gamma that is not 0."""
INCLUDED = 0.12
"""Prior probability that a piece moves a dimension."""


@dataclass(frozen=True)
class Draws:
    """Draws of the posterior. Shapes: draws x pieces x dimensions, draws x dimensions, draws x versions."""

    effects: Array
    """beta + gamma."""
    base: Array
    """mu."""
    deviation: Array
    """delta."""

    def values(self, weights: Array) -> Array:
        """Draws x pieces: what each piece adds to the pass rate, by the weights of the dimensions (they add up to 1)."""
        return self.effects @ weights


@dataclass
class _Chain:
    """The state of the sampler."""

    base: Array
    noise: Array
    difficulty: Array = field(default_factory=lambda: np.zeros(0))
    deviation: Array = field(default_factory=lambda: np.zeros(0))
    broad: Array = field(default_factory=lambda: np.zeros(0))
    own: Array = field(default_factory=lambda: np.zeros((0, 0)))


class PieceModel:
    """Takes verdicts and draws effects. Pieces are numbered 0, 1, ... in the order in which they are added."""

    def __init__(self, dimensions: Sequence[str], *, seed: int) -> None:
        self.dimensions = {name: i for i, name in enumerate(dimensions)}
        self._random = np.random.default_rng(seed)
        self._prior_mean: list[float] = []
        self._versions: dict[Hashable, int] = {}
        self._criteria: dict[Hashable, int] = {}
        self._members: list[frozenset[int]] = []
        self._rows: list[tuple[int, int, int, float]] = []
        self._chain = _Chain(base=np.full(len(dimensions), 0.5), noise=np.full(len(dimensions), 0.2), own=np.zeros((0, len(dimensions))))
        self._data: _Data | None = None

    @property
    def pieces(self) -> int:
        """The number of pieces."""
        return len(self._prior_mean)

    def add_piece(self, *, prior_mean: float = 0.0) -> int:
        """Take in one more piece; its number."""
        self._prior_mean.append(prior_mean)
        self._chain.broad = np.append(self._chain.broad, self._random.normal(prior_mean, BROAD))
        self._chain.own = np.vstack([self._chain.own, np.zeros((1, len(self.dimensions)))])
        self._data = None
        return self.pieces - 1

    def add_verdicts(self, version: Hashable, members: Collection[int], verdicts: Iterable[tuple[Hashable, str, bool]]) -> None:
        """Take in verdicts (criterion, dimension, passed) on a version that consists of the numbered pieces."""
        if version not in self._versions:
            self._versions[version] = len(self._members)
            self._members.append(frozenset(members))
            self._chain.deviation = np.append(self._chain.deviation, 0.0)
        v = self._versions[version]
        for criterion, dimension, passed in verdicts:
            c = self._criteria.setdefault(criterion, len(self._criteria))
            self._rows.append((v, self.dimensions[dimension], c, float(passed)))
        self._chain.difficulty = np.append(self._chain.difficulty, np.zeros(len(self._criteria) - len(self._chain.difficulty)))
        self._data = None

    def draw(self, weights: Array, *, sweeps: int = 2) -> Array:
        """One draw of what each piece adds to the pass rate; shape: pieces."""
        for _ in range(sweeps):
            self._sweep()
        return self._effects() @ weights

    def posterior(self, *, draws: int = 150, burn_in: int = 30) -> Draws:
        """Many draws, for means and intervals."""
        for _ in range(burn_in):
            self._sweep()
        kept = []
        for _ in range(draws):
            self._sweep()
            kept.append((self._effects(), self._chain.base.copy(), self._chain.deviation.copy()))
        return Draws(*(np.array(part) for part in zip(*kept, strict=True)))

    def _effects(self) -> Array:
        return np.asarray(self._chain.broad[:, None] + self._chain.own)

    def _sweep(self) -> None:
        """Draw each block once, given the others."""
        if not self._rows:
            self._chain.broad = self._random.normal(self._prior_mean, BROAD)
            return
        self._data = data = self._data or _Data.of(self._rows, self._members, pieces=self.pieces, dimensions=len(self.dimensions))
        chain, version, dimension = self._chain, data.version, data.dimension
        weight = 1 / chain.noise[dimension]
        moved = (data.members @ self._effects())[version, dimension]
        free = data.passed - moved
        rest = free - chain.base[dimension] - chain.deviation[version]
        chain.difficulty = self._means(data.criterion, rest, weight, sd=DIFFICULTY, groups=len(self._criteria))
        free = free - chain.difficulty[data.criterion]
        chain.base = self._means(dimension, free - chain.deviation[version], weight, sd=1.0, groups=len(self.dimensions), mean=0.5)
        chain.deviation = self._means(version, free - chain.base[dimension], weight, sd=DEVIATION, groups=len(self._members))
        free = free - chain.base[dimension] - chain.deviation[version]
        self._sweep_noise(data, free)
        self._sweep_pieces(data, free + moved)

    def _sweep_noise(self, data: "_Data", error: Array) -> None:
        """Draw the variance of each dimension."""
        squares = _sums(data.dimension, error * error, len(self.dimensions))
        self._chain.noise = (NOISE_SCALE + squares / 2) / self._random.gamma(NOISE_SHAPE + data.per_dimension / 2)

    def _sweep_pieces(self, data: "_Data", free: Array) -> None:
        """Draw beta and gamma, piece by piece; `free` is what the pieces have to explain of each verdict."""
        chain, size = self._chain, self._chain.own.shape
        wanted = data.members.T @ data.by_version_and_dimension(free) / chain.noise
        effects = self._effects()
        normal, uniform, broad = self._random.normal(size=size), self._random.random(size), self._random.normal(size=(size[0],))
        gram = data.gram / chain.noise
        together = gram.diagonal().T
        precision = together + 1 / SLAB**2
        spread: Array = 1 / np.sqrt(precision)
        odds: Array = math.log(INCLUDED / (1 - INCLUDED)) - 0.5 * np.log(precision * SLAB**2)
        threshold = np.log(uniform / (1 - uniform))
        broad_precision = together.sum(axis=1) + 1 / BROAD**2
        for p in range(size[0]):
            explained = wanted[p] - np.einsum("qd,qd->d", gram[p], effects) + together[p] * effects[p]
            mean = (float((explained - together[p] * chain.own[p]).sum()) + self._prior_mean[p] / BROAD**2) / broad_precision[p]
            chain.broad[p] = mean + broad[p] / math.sqrt(broad_precision[p])
            centre = (explained - together[p] * chain.broad[p]) / precision[p]
            moves = odds[p] + 0.5 * centre * centre * precision[p] > threshold[p]
            chain.own[p] = np.where(moves, centre + normal[p] * spread[p], 0.0)
            effects[p] = chain.broad[p] + chain.own[p]

    def _means(self, group: Indices, values: Array, weight: Array, *, sd: float, groups: int, mean: float = 0.0) -> Array:
        """A draw of group means with a normal prior; `weight` is the precision of each value."""
        precision = _sums(group, weight, groups) + 1 / sd**2
        centre = (_sums(group, values * weight, groups) + mean / sd**2) / precision
        return np.asarray(centre + self._random.normal(size=groups) / np.sqrt(precision))


@dataclass(frozen=True)
class _Data:
    """The verdicts as arrays. `gram` has the shape pieces x pieces x dimensions: verdicts under both pieces."""

    version: Indices
    dimension: Indices
    criterion: Indices
    passed: Array
    members: Array
    gram: Array
    per_dimension: Array

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, int, float]], members: Sequence[frozenset[int]], *, pieces: int, dimensions: int) -> "_Data":
        """Count what was seen together."""
        version, dimension, criterion = (np.array(column, dtype=np.intp) for column in list(zip(*rows, strict=True))[:3])
        inside = np.zeros((len(members), pieces))
        for row, held in enumerate(members):
            inside[row, sorted(held)] = 1.0
        seen = np.zeros((len(members), dimensions))
        np.add.at(seen, (version, dimension), 1.0)
        gram = np.stack([inside.T @ (inside * seen[:, [d]]) for d in range(dimensions)], axis=2)
        return cls(
            version,
            dimension,
            criterion,
            passed=np.array([row[3] for row in rows]),
            members=inside,
            gram=gram,
            per_dimension=seen.sum(axis=0),
        )

    def by_version_and_dimension(self, values: Array) -> Array:
        """Sums of a value per verdict; shape: versions x dimensions."""
        shape = (len(self.members), self.per_dimension.size)
        return _sums(self.version * shape[1] + self.dimension, values, shape[0] * shape[1]).reshape(shape)


def _sums(group: Indices, values: Array, groups: int) -> Array:
    """Sums of the values by group."""
    return np.asarray(np.bincount(group, weights=values, minlength=groups), dtype=np.float64)


def interval_of(draws: Array) -> tuple[float, float, float]:
    """Mean and the 2.5 % and 97.5 % quantiles of draws."""
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(draws.mean()), float(low), float(high)


def shares(counts: Mapping[str, float], dimensions: Sequence[str]) -> Array:
    """Weights of the dimensions by how many criteria each has; they add up to 1."""
    found = np.array([counts.get(name, 0) for name in dimensions], dtype=float)
    return np.asarray(found / found.sum()) if found.sum() else found
