"""What the verdicts on one reply share: a random effect per reply in the piece model.

A reply that is a little off fails several criteria at once, so five verdicts on one reply say less
about a piece than five verdicts on five replies. The model of piece_model.py has a term for it:

    y = ... + u_r + noise,    u_r ~ N(0, rho s2),    noise ~ N(0, (1 - rho) s2)

rho is the correlation of two verdicts on one reply; s2, the variance of one verdict, is what it is
without the term. rho is found by moments (Searle, Casella and McCulloch 1992, chapter 3) and shrunk
towards 0, where the model is as if there were no such term.

Where what moves one verdict moves the others, so may a piece: beta_p, small otherwise, is wide for
some pieces. Without this u would take up what such a piece does.

Pair terms, for pieces that only work together, were tried and left out: they cost .026 of the gain
in the toy world, and what they gained elsewhere was within noise.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from usersim_opt.measuring.verdict_arrays import Array, VerdictArrays, sums

LEAST_EVIDENCE = 2.0
"""Standard errors above 0 up to which a correlation counts as none."""
MOST = 0.9
"""The largest correlation that is believed; with 1 the noise would have no variance left."""
WIDE = 0.2
"""Prior standard deviation of beta_p, a difference of pass rates, for a piece that moves all."""
MOVES_ALL = 0.1
"""Prior probability that a piece does, where verdicts on one reply correlate."""


def correlation_of(left: Array, data: VerdictArrays) -> float:
    """rho, from what is left of each verdict when all terms but u_r are taken off.

    Of e_i, what is left, and all pairs i < j of verdicts on one reply:

        raw = mean of e_i e_j / mean of e_i^2,    se = 1 / sqrt(number of pairs)
        rho = raw (1 - (LEAST_EVIDENCE se / raw)^2), and 0 below LEAST_EVIDENCE se

    which is the shrinkage of James and Stein: much evidence is taken as it is, little as none.
    """
    pairs = float((data.per_reply * (data.per_reply - 1)).sum()) / 2
    squares = float(left @ left)
    if not pairs or not squares:
        return 0.0
    totals = sums(data.reply, left, data.per_reply.size)
    products = (float(totals @ totals) - squares) / 2
    raw = products / pairs / (squares / left.size)
    least = LEAST_EVIDENCE / math.sqrt(pairs)
    return 0.0 if raw <= least else min(MOST, raw * (1 - (least / raw) ** 2))


@dataclass(frozen=True)
class LevelPriors:
    """What is believed of the terms that move all dimensions alike, before any verdict."""

    means: Sequence[float]
    """m_p by piece."""
    broad: Array
    """Standard deviation of beta_p by piece."""
    deviation: float
    """Standard deviation of delta_v."""
    shared: float
    """Variance of u_r, rho s2."""


@dataclass(frozen=True)
class Levels:
    """The terms that move all dimensions alike."""

    base: float
    """What comes on top of every mu_d."""
    broad: Array
    """beta; shape: pieces."""
    deviation: Array
    """delta; shape: versions."""
    shared: Array
    """u; shape: replies."""


def spreads(
    random: np.random.Generator, broad: Array, means: Sequence[float], *, narrow: float
) -> Array:
    """The prior standard deviation of each beta_p: `narrow` or `WIDE`, drawn given beta.

    log odds(wide | beta) = log(pi / (1 - pi)) + log N(beta; m, WIDE^2) - log N(beta; m, narrow^2)
    """
    squares = (broad - np.array(means)) ** 2
    odds = math.log(MOVES_ALL / (1 - MOVES_ALL)) + math.log(narrow / WIDE)
    odds = odds + squares / 2 * (1 / narrow**2 - 1 / WIDE**2)
    uniform = random.random(broad.size)
    return np.where(odds > np.log(uniform / (1 - uniform)), WIDE, narrow)


def redrawn(
    random: np.random.Generator, levels: Array, data: VerdictArrays, *, priors: LevelPriors
) -> Levels:
    """A draw of base, beta and delta given the level of each reply, of which u takes the rest.

    The level of a reply is l_r = u_r + delta_v + sum of beta_p. Given u, the other terms can hardly
    move, since u has explained what they would. Given l they move freely, so a sweep that does both
    forgets where it began (Yu and Meng 2011). Over the replies of a version, delta integrated out:

        mean l_r ~ N(base + sum of beta_p, rho s2 / replies + deviation^2)
    """
    replies = data.replies_per_version
    means = sums(data.version_of_reply, levels, replies.size) / np.maximum(replies, 1)
    weight = replies / (priors.shared + replies * priors.deviation**2)
    by_pieces = _regressed(random, means, weight, data, priors)
    expected = by_pieces[0] + data.members @ by_pieces[1:]
    precision = replies / priors.shared + 1 / priors.deviation**2
    centre = replies / priors.shared * (means - expected) / precision
    deviation = centre + random.normal(size=replies.size) / np.sqrt(precision)
    shared = levels - (expected + deviation)[data.version_of_reply]
    return Levels(float(by_pieces[0]), by_pieces[1:], deviation, shared)


def _regressed(
    random: np.random.Generator,
    means: Array,
    weight: Array,
    data: VerdictArrays,
    priors: LevelPriors,
) -> Array:
    """A draw of base and beta from a weighted regression of the means on the pieces.

    The prior of the base is N(0, 1). With X, a column of ones beside the pieces of each version, W,
    the weights, and M and m, the precisions and means of the priors:

        (base, beta) ~ N(A^-1 (X' W means + M m), A^-1),    A = X' W X + M
    """
    design = np.column_stack([np.ones(weight.size), data.members])
    prior = np.array([1.0, *(1 / priors.broad**2)])
    wanted = design.T @ (weight * means) + prior * np.array([0.0, *priors.means])
    precision = (design.T * weight) @ design + np.diag(prior)
    lower = np.linalg.cholesky(precision)
    half = np.linalg.solve(lower, wanted) + random.normal(size=prior.size)
    return np.asarray(np.linalg.solve(lower.T, half))
