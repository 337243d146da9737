r"""A Bayesian additive model of verdicts: what each guidance piece adds, dimension by dimension.

A verdict on criterion c (of dimension d) under version v is modelled as

    y = mu_d + a_c + delta_v + sum over pieces p in v of (beta_p + gamma_pd) + noise

    mu_d     pass rate of the dimension with no piece in
    a_c      difficulty of the criterion, N(0, .15^2): scenarios differ, and versions were measured on different ones
    delta_v  what this set of pieces does beyond the sum of its parts, N(0, .03^2)
    beta_p   what the piece does to every dimension, N(m_p, .02^2); m_p is 0, or .02 for a piece of the first prompt
    gamma_pd what it does to this one: 0 with probability .88, else N(0, .2^2) (a spike and a slab)

Most pieces move one or two dimensions by much and the others not at all; the spike keeps eighteen dimensions of noise out
of the sum. Sampled by Gibbs (George and McCulloch 1993), one piece at a time, all dimensions at once; the chain goes on
when data come in, so a draw for Thompson sampling costs a sweep or two.

Not covered: that the verdicts on one reply hang together (where they do, intervals are too narrow), verdicts as probabilities near 0 and 1 (they are treated as numbers with variance .2), and interactions of
pieces beyond what delta_v takes up.
"""

import math
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

NOISE = 0.2
"""Variance of one verdict; that of a coin between .28 and .72."""
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
    difficulty: Array = field(default_factory=lambda: np.zeros(0))
    deviation: Array = field(default_factory=lambda: np.zeros(0))
    broad: Array = field(default_factory=lambda: np.zeros(0))
    own: Array = field(default_factory=lambda: np.zeros((0, 0)))


class PieceModel:
    """Takes verdicts and draws effects. Pieces are numbered 0, 1, ... in the order in which they are added."""

    def __init__(self, dimensions: Sequence[str], *, seed: int, broad: float = BROAD) -> None:
        self._broad = broad
        self.dimensions = {name: i for i, name in enumerate(dimensions)}
        self._random = np.random.default_rng(seed)
        self._prior_mean: list[float] = []
        self._versions: dict[Hashable, int] = {}
        self._criteria: dict[Hashable, int] = {}
        self._members: list[frozenset[int]] = []
        self._rows: list[tuple[int, int, int, float]] = []
        self._chain = _Chain(base=np.full(len(dimensions), 0.5), own=np.zeros((0, len(dimensions))))
        self._data: _Data | None = None

    @property
    def pieces(self) -> int:
        """The number of pieces."""
        return len(self._prior_mean)

    def add_piece(self, *, prior_mean: float = 0.0) -> int:
        """Take in one more piece; its number."""
        self._prior_mean.append(prior_mean)
        self._chain.broad = np.append(
            self._chain.broad, self._random.normal(prior_mean, self._broad)
        )
        self._chain.own = np.vstack([self._chain.own, np.zeros((1, len(self.dimensions)))])
        self._data = None
        return self.pieces - 1

    def add_verdicts(
        self,
        version: Hashable,
        members: Collection[int],
        verdicts: Iterable[tuple[Hashable, str, bool]],
    ) -> None:
        """Take in verdicts (criterion, dimension, passed) on a version that consists of the numbered pieces."""
        if version not in self._versions:
            self._versions[version] = len(self._members)
            self._members.append(frozenset(members))
            self._chain.deviation = np.append(self._chain.deviation, 0.0)
        v = self._versions[version]
        for criterion, dimension, passed in verdicts:
            c = self._criteria.setdefault(criterion, len(self._criteria))
            self._rows.append((v, self.dimensions[dimension], c, float(passed)))
        self._chain.difficulty = np.append(
            self._chain.difficulty, np.zeros(len(self._criteria) - len(self._chain.difficulty))
        )
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
            self._chain.broad = self._random.normal(self._prior_mean, self._broad)
            return
        self._data = data = self._data or _Data.of(
            self._rows,
            self._members,
            pieces=self.pieces,
            sizes=(len(self.dimensions), len(self._criteria)),
        )
        chain, version, dimension = self._chain, data.version, data.dimension
        moved = (data.members @ self._effects())[version, dimension]
        free = data.passed - moved - chain.base[dimension] - chain.deviation[version]
        chain.difficulty = self._normal(
            _sums(data.criterion, free, data.per_criterion.size), data.per_criterion, DIFFICULTY
        )
        free = data.passed - chain.difficulty[data.criterion]
        rest = free - moved - chain.deviation[version]
        chain.base = self._normal(
            _sums(dimension, rest, data.per_dimension.size), data.per_dimension, 1.0, mean=0.5
        )
        rest = free - moved - chain.base[dimension]
        chain.deviation = self._normal(
            _sums(version, rest, data.per_version.size), data.per_version, DEVIATION
        )
        self._sweep_pieces(data, free - chain.base[dimension] - chain.deviation[version])

    def _sweep_pieces(self, data: "_Data", free: Array) -> None:
        """Draw beta and gamma, piece by piece; `free` is what the pieces have to explain of each verdict."""
        chain, size = self._chain, self._chain.own.shape
        wanted = data.members.T @ data.by_version_and_dimension(free)
        effects = self._effects()
        normal, uniform, broad = (
            self._random.normal(size=size),
            self._random.random(size),
            self._random.normal(size=(size[0],)),
        )
        together = data.gram.diagonal().T / NOISE
        precision = together + 1 / SLAB**2
        spread: Array = 1 / np.sqrt(precision)
        odds: Array = math.log(INCLUDED / (1 - INCLUDED)) - 0.5 * np.log(precision * SLAB**2)
        threshold = np.log(uniform / (1 - uniform))
        broad_precision = together.sum(axis=1) + 1 / self._broad**2
        for p in range(size[0]):
            own = data.gram[p]
            explained = (wanted[p] - np.einsum("qd,qd->d", own, effects)) / NOISE + together[
                p
            ] * effects[p]
            mean = (
                float((explained - together[p] * chain.own[p]).sum())
                + self._prior_mean[p] / self._broad**2
            ) / broad_precision[p]
            chain.broad[p] = mean + broad[p] / math.sqrt(broad_precision[p])
            centre = (explained - together[p] * chain.broad[p]) / precision[p]
            moves = odds[p] + 0.5 * centre * centre * precision[p] > threshold[p]
            chain.own[p] = np.where(moves, centre + normal[p] * spread[p], 0.0)
            effects[p] = chain.broad[p] + chain.own[p]

    def _normal(self, total: Array, count: Array, sd: float, *, mean: float = 0.0) -> Array:
        """A draw of group means with a normal prior, given the total and number of what each group has to explain."""
        precision = count / NOISE + 1 / sd**2
        return np.asarray(
            (total / NOISE + mean / sd**2) / precision
            + self._random.normal(size=count.shape) / np.sqrt(precision)
        )


@dataclass(frozen=True)
class _Data:
    """The verdicts as arrays. `gram` has the shape pieces x pieces x dimensions: verdicts under both pieces."""

    version: Indices
    dimension: Indices
    criterion: Indices
    passed: Array
    members: Array
    gram: Array
    per_version: Array
    per_dimension: Array
    per_criterion: Array

    @classmethod
    def of(
        cls,
        rows: Sequence[tuple[int, int, int, float]],
        members: Sequence[frozenset[int]],
        *,
        pieces: int,
        sizes: tuple[int, int],
    ) -> "_Data":
        version, dimension, criterion = (
            np.array(column, dtype=np.intp) for column in list(zip(*rows, strict=True))[:3]
        )
        inside = np.zeros((len(members), pieces))
        for row, held in enumerate(members):
            inside[row, sorted(held)] = 1.0
        seen = np.zeros((len(members), sizes[0]))
        np.add.at(seen, (version, dimension), 1.0)
        gram = np.stack([inside.T @ (inside * seen[:, [d]]) for d in range(sizes[0])], axis=2)
        return cls(
            version,
            dimension,
            criterion,
            passed=np.array([row[3] for row in rows]),
            members=inside,
            gram=gram,
            per_version=seen.sum(axis=1),
            per_dimension=seen.sum(axis=0),
            per_criterion=np.bincount(criterion, minlength=sizes[1]).astype(float),
        )

    def by_version_and_dimension(self, values: Array) -> Array:
        """Sums of a value per verdict; shape: versions x dimensions."""
        shape = (self.per_version.size, self.per_dimension.size)
        return _sums(self.version * shape[1] + self.dimension, values, shape[0] * shape[1]).reshape(
            shape
        )


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
