"""Which criteria of a scenario say the same: one implies the other, or two are twins.

A implies B where every reply that passes A passes B. That is said only where enough replies fail B:
were the two independent, the chance that none of the f replies that fail B is among the a that pass
A, out of n, would be C(n - f, a) / C(n, a) (Fisher's exact test, the one table without exceptions).
B then says nothing where A is known to pass.

Twins are two criteria whose verdicts have a phi (Pearson's correlation of two binary variables) of
.9 or more.

Not covered: implications with exceptions, as an erring judge makes them. Twins allow for some.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, permutations

from usersim_opt.measuring.items.correlation import correlation
from usersim_opt.measuring.items.responses import Response
from usersim_opt.measuring.items.thresholds import THRESHOLDS

Pairs = list[tuple[bool, bool]]
"""The verdicts on two criteria of the replies that have both."""


@dataclass(frozen=True)
class Ties:
    """How the criteria of one scenario hang together, by criterion."""

    implies: dict[str, list[str]] = field(default_factory=dict)
    implied_by: dict[str, list[str]] = field(default_factory=dict)
    twins: dict[str, list[str]] = field(default_factory=dict)


def ties(criteria: Sequence[str], replies: Sequence[Response]) -> Ties:
    """Implications and twins among the criteria of one scenario, over its replies."""
    found = Ties()
    for one, other in _implications(criteria, replies):
        found.implies.setdefault(one, []).append(other)
        found.implied_by.setdefault(other, []).append(one)
    for one, other in combinations(criteria, 2):
        if are_twins(_pairs(one, other, replies)):
            found.twins.setdefault(one, []).append(other)
            found.twins.setdefault(other, []).append(one)
    return found


def _implications(
    criteria: Sequence[str], replies: Sequence[Response]
) -> Iterator[tuple[str, str]]:
    for one, other in permutations(criteria, 2):
        if implies(_pairs(one, other, replies)):
            yield one, other


def _pairs(one: str, other: str, replies: Sequence[Response]) -> Pairs:
    both = [each.passed for each in replies if one in each.passed and other in each.passed]
    return [(passed[one], passed[other]) for passed in both]


def implies(pairs: Pairs) -> bool:
    """Whether a pass of the first comes with a pass of the second, and not by chance."""
    if any(one and not other for one, other in pairs):
        return False
    passing = sum(one for one, _ in pairs)
    failing = sum(not other for _, other in pairs)
    chance = math.comb(len(pairs) - failing, passing) / math.comb(len(pairs), passing)
    return chance <= THRESHOLDS.implication.chance


def are_twins(pairs: Pairs) -> bool:
    """Whether two criteria have enough verdicts of either kind and a phi of .9 or more."""
    limits = THRESHOLDS.twins
    if len(pairs) < limits.replies:
        return False
    for column in zip(*pairs, strict=True):
        if min(sum(column), len(column) - sum(column)) < limits.fails:
            return False
    phi = correlation([float(one) for one, _ in pairs], [float(other) for _, other in pairs])
    return phi is not None and phi >= limits.phi - 1e-12
