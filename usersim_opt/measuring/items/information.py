"""What a verdict tells of who replied: mutual information, in bits.

Between the verdict and the group of the reply, seed or upper group (people, or else the best
version), both groups being equally likely:

    I = H((p + q) / 2) - (H(p) + H(q)) / 2      H(p) = -p log2 p - (1 - p) log2 (1 - p)

(Shannon 1948; with two groups it is the Jensen-Shannon divergence of the two verdicts, Lin 1991.)
It is 0 where both pass equally often and 1 where one always passes and the other never. The rates
are shrunk ones: with raw rates of few verdicts every item would seem to tell something.

Not covered: what an item tells about versions in between. Two-parameter item response models would;
a dozen respondents cannot carry them.
"""

import math
from collections.abc import Iterable

from usersim_opt.scenarios.kinds import in_order


def information(upper: float, lower: float) -> float:
    """Bits that one verdict tells of the group, from the probability to pass in either."""
    # Rounding may leave a hair below zero.
    return max(0.0, _entropy((upper + lower) / 2) - (_entropy(upper) + _entropy(lower)) / 2)


def _entropy(share: float) -> float:
    return -sum(part * math.log2(part) for part in (share, 1 - share) if part > 0)


def weights(information_of: Iterable[tuple[str, float | None]]) -> dict[str, float]:
    """Each dimension's share of all information, from (dimension, bits) of each item.

    The shares sum to 1; empty where nothing has any information.
    """
    bits: dict[str, float] = {}
    for dimension, each in information_of:
        bits[dimension] = bits.get(dimension, 0.0) + (each or 0.0)
    total = sum(bits.values())
    return {name: bits[name] / total for name in in_order(bits)} if total else {}
