r"""A Bayesian additive model of verdicts: what each guidance piece adds, dimension by dimension.

A verdict on criterion c (of dimension d) under version v is modelled as

    y = mu_d + a_c + delta_v + u_r + sum over pieces p in v of (beta_p + gamma_pd) + noise

    mu_d      pass rate of the dimension with no piece in
    a_c       difficulty of the criterion, N(0, .15^2): scenarios differ, and versions were
              measured on different ones
    delta_v   what this set of pieces does beyond the sum of its parts, N(0, .03^2)
    beta_p    what the piece does to every dimension, N(m_p, .02^2); m_p is 0, or .02 for a piece
              of the first prompt; some are wider where replies matter (reply_effects.py)
    gamma_pd  what it does to this one: 0 with probability .88, else N(0, .2^2) (a spike and a slab)
    u_r       what the verdicts on reply r share (reply_effects.py)
    noise     u_r and the noise together have a variance of .2

Most pieces move one or two dimensions by much and the others not at all; the spike keeps eighteen
dimensions of noise out of the sum. Sampled by Gibbs (George and McCulloch 1993), one piece at a
time, all dimensions at once; the chain goes on when data come in, so a draw for Thompson sampling
costs a sweep or two.

Not covered: verdicts as probabilities near 0 and 1 (they are treated as numbers with variance .2),
and interactions of pieces beyond what delta_v takes up.
"""

import math
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from usersim_opt.basics.one_thread import one_thread
from usersim_opt.measuring.piece_chain import NOISE, Chain
from usersim_opt.measuring.reply_effects import LevelPriors, correlation_of, redrawn, spreads
from usersim_opt.measuring.verdict_arrays import Array, Indices, VerdictArrays, VerdictRow, sums
from usersim_opt.measuring.verdict_table import VerdictTable

DIFFICULTY, DEVIATION, BROAD, SLAB = 0.15, 0.03, 0.02, 0.2
"""Prior standard deviations of a, delta, beta and of a gamma that is not 0."""
INCLUDED = 0.12
"""Prior probability that a piece moves a dimension."""
SWEEPS = 2
"""Sweeps between two draws for Thompson sampling: what came in since the last draw gets through."""


@dataclass(frozen=True)
class Draws:
    """Draws of the posterior."""

    effects: Array
    """beta + gamma; shape: draws x pieces x dimensions."""
    base: Array
    """mu; shape: draws x dimensions."""
    deviation: Array
    """delta; shape: draws x versions."""

    def values(self, weights: Array) -> Array:
        """What each piece adds to the pass rate; shape: draws x pieces.

        `weights` are those of the dimensions; they add up to 1.
        """
        return self.effects @ weights


class PieceModel:
    """Takes verdicts and draws effects.

    Pieces are numbered 0, 1, ... in the order in which they are added.
    """

    def __init__(self, dimensions: Sequence[str], *, seed: int, broad: float = BROAD) -> None:
        self._broad = broad
        self.dimensions = {name: i for i, name in enumerate(dimensions)}
        self._random = np.random.default_rng(seed)
        self._prior_mean: list[float] = []
        self._versions: dict[Hashable, int] = {}
        self._criteria: dict[Hashable, int] = {}
        size = len(dimensions)
        self._chain = Chain(base=np.full(size, 0.5), own=np.zeros((0, size)))
        self._table = VerdictTable(size)
        self._data: VerdictArrays | None = None

    @property
    def pieces(self) -> int:
        """The number of pieces."""
        return len(self._prior_mean)

    def add_piece(self, *, prior_mean: float = 0.0) -> int:
        """Take in one more piece; its number."""
        self._prior_mean.append(prior_mean)
        self._table.add_piece()
        # The chain begins where the prior says: broad by a draw, every dimension in the spike.
        broad = self._random.normal(prior_mean, self._broad)
        self._chain.add_piece(broad, spread=self._broad)
        self._data = None
        return self.pieces - 1

    def add_verdicts(
        self,
        version: Hashable,
        members: Collection[int],
        verdicts: Iterable[tuple[Hashable, str, bool]],
    ) -> None:
        """Take in one reply: verdicts (criterion, dimension, passed) on it, and its version.

        The version is made of numbered pieces. A reply without verdicts says nothing.
        """
        number, reply = self._version(version, members), self._table.replies
        before = len(self._criteria)
        rows = [
            VerdictRow(number, reply, self.dimensions[name], self._criterion(criterion), passed)
            for criterion, name, passed in verdicts
        ]
        if rows:
            self._table.add_reply(number, rows, criteria=len(self._criteria))
            self._chain.add_reply(new_criteria=len(self._criteria) - before)
        self._data = None

    def _criterion(self, criterion: Hashable) -> int:
        """The number of a criterion, which gets the next one when it is new."""
        return self._criteria.setdefault(criterion, len(self._criteria))

    def _version(self, version: Hashable, members: Collection[int]) -> int:
        """The number of a version, which is taken in when it is new."""
        if version not in self._versions:
            self._versions[version] = len(self._versions)
            self._table.add_version(frozenset(members))
            self._chain.add_version()
        return self._versions[version]

    def draw(self, weights: Array) -> Array:
        """One draw of what each piece adds to the pass rate; shape: pieces."""
        with one_thread():
            for _ in range(SWEEPS):
                self._sweep()
            return self._chain.effects @ weights

    def posterior(self, *, draws: int = 150, burn_in: int = 30) -> Draws:
        """Many draws, for means and intervals."""
        with one_thread():
            return self._posterior(draws, burn_in)

    def _posterior(self, draws: int, burn_in: int) -> Draws:
        # The first sweeps still depend on where the chain stood, so they are thrown away.
        for _ in range(burn_in):
            self._sweep()
        chain = self._chain
        effects, base, deviation = [], [], []
        for _ in range(draws):
            self._sweep()
            effects.append(chain.effects)
            base.append(chain.base.copy())
            deviation.append(chain.deviation.copy())
        return Draws(np.array(effects), np.array(base), np.array(deviation))

    def _arrays(self) -> VerdictArrays:
        """The verdicts as arrays, asked for anew only after something came in."""
        if self._data is None:
            self._data = self._table.arrays()
        return self._data

    def _sweep(self) -> None:
        """One Gibbs sweep: each block of unknowns is drawn once, given the latest of the others.

        All conditionals are conjugate. A sweep leaves the joint posterior as it is, so a long
        chain of sweeps visits everything as often as the posterior says.
        """
        chain = self._chain
        if self._table.is_empty:
            # Without verdicts the posterior is the prior.
            chain.broad = self._random.normal(self._prior_mean, self._broad)
            return
        data = self._arrays()
        by_pieces = self._by_pieces(data)
        passed = data.passed - chain.shared[data.reply]
        self._draw_difficulty(data, passed - by_pieces)
        fair = passed - chain.difficulty[data.criterion]
        self._draw_base(data, fair - by_pieces)
        self._draw_deviation(data, fair - by_pieces)
        bare = fair - chain.base[data.dimension] - chain.deviation[data.version]
        self._draw_pieces(data, bare)
        self._draw_shared(data, bare + chain.shared[data.reply] - self._by_pieces(data))

    def _by_pieces(self, data: VerdictArrays) -> Array:
        """What the pieces add to each verdict."""
        effects = data.members @ self._chain.effects
        return np.asarray(effects[data.version, data.dimension])

    def _draw_difficulty(self, data: VerdictArrays, left: Array) -> None:
        """Draw a_c given the rest; `left` is y - effects, by verdict."""
        chain = self._chain
        left = left - chain.base[data.dimension] - chain.deviation[data.version]
        chain.difficulty = self._group_means(
            data.criterion, left, data.per_criterion, deviation=DIFFICULTY
        )

    def _draw_base(self, data: VerdictArrays, left: Array) -> None:
        """Draw mu_d given the rest, with a prior of N(.5, 1); `left` is y - a - effects."""
        chain = self._chain
        left = left - chain.deviation[data.version]
        chain.base = self._group_means(
            data.dimension, left, data.per_dimension, deviation=1.0, mean=0.5
        )

    def _draw_deviation(self, data: VerdictArrays, left: Array) -> None:
        """Draw delta_v given the rest; `left` is y - a - effects."""
        chain = self._chain
        left = left - chain.base[data.dimension]
        chain.deviation = self._group_means(
            data.version, left, data.per_version, deviation=DEVIATION
        )

    def _draw_shared(self, data: VerdictArrays, left: Array) -> None:
        """Draw u_r given the rest; `left` is y less all other terms."""
        chain = self._chain
        chain.correlation = correlation_of(left, data)
        if not chain.correlation:
            chain.shared = np.zeros_like(chain.shared)
            chain.spread = np.full(self.pieces, self._broad)
            return
        variance = NOISE * chain.correlation
        shared = self._group_means(data.reply, left, data.per_reply, deviation=math.sqrt(variance))
        of_versions = chain.deviation + data.members @ chain.broad
        level = shared + of_versions[data.version_of_reply]
        chain.spread = spreads(self._random, chain.broad, self._prior_mean, narrow=self._broad)
        priors = LevelPriors(self._prior_mean, chain.spread, DEVIATION, variance)
        levels = redrawn(self._random, level, data, priors=priors)
        chain.base = chain.base + levels.base
        chain.broad, chain.deviation = levels.broad, levels.deviation
        chain.shared = levels.shared

    def _group_means(
        self, group: Indices, left: Array, count: Array, *, deviation: float, mean: float = 0.0
    ) -> Array:
        """A draw of the mean of each group; the prior is N(mean, deviation^2).

        With n verdicts in a group, of which r is left to explain in all, and noise variance s2:

            mean | rest ~ N((r / s2 + m / sd^2) / k, 1 / k)    with k = n / s2 + 1 / sd^2
        """
        total = sums(group, left, count.size)
        noise = self._chain.noise
        precision = count / noise + 1 / deviation**2
        centre = (total / noise + mean / deviation**2) / precision
        return np.asarray(centre + self._random.normal(size=count.shape) / np.sqrt(precision))

    def _draw_pieces(self, data: VerdictArrays, left: Array) -> None:
        """Draw beta and gamma given the rest, piece by piece; `left` is y - a - mu - delta.

        One piece at a time, because versions share pieces: what one piece explains, its
        neighbours need not.
        """
        chain = self._chain
        wanted = data.members.T @ data.by_version_and_dimension(left)
        effects = chain.effects
        chances = _Chances.draw(self._random, chain.own.shape)
        counted = data.gram.diagonal().T / chain.noise
        conditionals = _Conditionals.of(counted, self._prior_mean, deviation=chain.spread)
        for p in range(self.pieces):
            # e_d = r_d / s2: r_d is what the verdicts under p leave when all other pieces are
            # taken off. All pieces are taken off at once, then p itself is given back.
            n = conditionals.counted[p]
            by_all = np.einsum("qd,qd->d", data.gram[p], effects)
            evidence = (wanted[p] - by_all) / chain.noise + n * effects[p]
            chain.broad[p] = conditionals.broad(p, evidence - n * chain.own[p], chances)
            chain.own[p] = conditionals.own(p, evidence - n * chain.broad[p], chances)
            effects[p] = chain.broad[p] + chain.own[p]


@dataclass(frozen=True)
class _Chances:
    """The random numbers of one sweep over the pieces, drawn at once since numpy draws in bulk."""

    own: Array
    """Standard normal; shape: pieces x dimensions."""
    logit: Array
    """Log odds of uniform numbers; shape: pieces x dimensions."""
    broad: Array
    """Standard normal; shape: pieces."""

    @classmethod
    def draw(cls, random: np.random.Generator, shape: tuple[int, ...]) -> "_Chances":
        """The numbers for pieces x dimensions; a seed means these three draws in this order."""
        own = random.normal(size=shape)
        uniform = random.random(shape)
        broad = random.normal(size=shape[:1])
        return cls(own=own, logit=np.log(uniform / (1 - uniform)), broad=broad)


@dataclass(frozen=True)
class _Conditionals:
    """The conditionals of beta and gamma, with the parts of them that hold for a whole sweep.

    s2 is the noise variance, sd the prior standard deviation of beta. Shapes are pieces x
    dimensions; those of `prior` and `precision` are pieces.
    """

    counted: Array
    """n_pd: verdicts of the dimension under the piece / s2."""
    prior: Array
    """m_p / sd^2, what the prior adds to the evidence on beta."""
    precision: Array
    """The precision of beta: sum_d n_pd + 1 / sd^2."""
    slab: Array
    """k_pd = n_pd + 1 / SLAB^2: the precision of a gamma_pd that is not 0."""
    spread: Array
    """Its standard deviation, 1 / sqrt(k_pd)."""
    odds: Array
    """Log odds of the slab before the evidence: the prior's, and what the slab's width costs."""

    @classmethod
    def of(
        cls, counted: Array, prior_mean: Sequence[float], *, deviation: Array
    ) -> "_Conditionals":
        """From the counts of the verdicts / s2 and the prior of beta."""
        slab = counted + 1 / SLAB**2
        prior_odds = math.log(INCLUDED / (1 - INCLUDED))
        return cls(
            counted=counted,
            prior=np.array(prior_mean) / deviation**2,
            precision=counted.sum(axis=1) + 1 / deviation**2,
            slab=slab,
            spread=1 / np.sqrt(slab),
            odds=prior_odds - 0.5 * np.log(slab * SLAB**2),
        )

    def broad(self, p: int, evidence: Array, chances: _Chances) -> float:
        """A draw of beta_p. `evidence` is e_d - n_d gamma_pd, what is left for beta_p to explain.

        beta_p | rest ~ N((sum_d (e_d - n_d gamma_pd) + m_p / sd^2) / k, 1 / k)
            with k = sum_d n_d + 1 / sd^2
        """
        precision = self.precision[p]
        centre = (evidence.sum() + self.prior[p]) / precision
        return float(centre + chances.broad[p] / np.sqrt(precision))

    def own(self, p: int, evidence: Array, chances: _Chances) -> Array:
        """A draw of gamma_p. `evidence` is e_d - n_d beta_p, what is left for gamma_pd to explain.

        With c_d = (e_d - n_d beta_p) / k_d, and gamma integrated out of the odds:

            log odds(slab | rest) = log(pi / (1 - pi)) - log(k_d SLAB^2) / 2 + c_d^2 k_d / 2
            gamma_pd | slab, rest ~ N(c_d, 1 / k_d),   gamma_pd | spike = 0
        """
        centre = evidence / self.slab[p]
        odds = self.odds[p] + 0.5 * centre * centre * self.slab[p]
        # A uniform number lies below the probability of the slab as often as its log odds say.
        moves = odds > chances.logit[p]
        return np.where(moves, centre + chances.own[p] * self.spread[p], 0.0)


def interval_of(draws: Array) -> tuple[float, float, float]:
    """Mean and the 2.5 % and 97.5 % quantiles of draws."""
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(draws.mean()), float(low), float(high)


def shares(counts: Mapping[str, float], dimensions: Sequence[str]) -> Array:
    """Weights of the dimensions by how many criteria each has; they add up to 1."""
    numbers = np.array([counts.get(name, 0) for name in dimensions], dtype=float)
    total = numbers.sum()
    return np.asarray(numbers / total) if total else numbers
