"""Does an item go with what else is known of a reply? Correlations of a verdict with a number.

    rest        the point-biserial correlation with the share of the same reply's *other* criteria
                that pass (the corrected item-total correlation, without the item itself; Lord and
                Novick 1968, Statistical Theories of Mental Test Scores, section 15.3)
    preference  the same with a preference or score that somebody gave the reply

A point-biserial correlation is Pearson's where one of the two is 0 or 1.

Not covered: criteria that hold different virtues of one reply need not go together; a low `rest` is
a question, and an answer only beside other columns.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from usersim_opt.measuring.items.responses import Response

_Z95 = 1.644854
"""The 95 % quantile of the normal distribution."""


def correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Pearson's correlation, -1 to 1; None where one of the two has no variance."""
    x, y = np.array(one, dtype=float), np.array(other, dtype=float)
    if x.size < 2:
        return None
    x, y = x - x.mean(), y - y.mean()
    size = math.sqrt(float(x @ x) * float(y @ y))
    return float(x @ y) / size if size > 1e-12 else None


def upper_bound(r: float, n: int) -> float:
    """The one-sided upper 95 % bound of a correlation over n pairs, by Fisher's z (1921)."""
    if n <= 3 or r >= 1:
        return 1.0
    return math.tanh(math.atanh(max(r, -1 + 1e-12)) + _Z95 / math.sqrt(n - 3))


def with_rest(criterion: str, replies: Sequence[Response]) -> tuple[float | None, int]:
    """The correlation of an item with the rest of its rubric, and over how many replies.

    Replies without a verdict on it, or without one on any other criterion, do not count.
    """
    own, rest = [], []
    for response in replies:
        others = [holds for name, holds in response.passed.items() if name != criterion]
        if criterion in response.passed and others:
            own.append(float(response.passed[criterion]))
            rest.append(sum(others) / len(others))
    return correlation(own, rest), len(own)


def with_values(
    criterion: str, replies: Sequence[Response], values: Mapping[tuple[str, str], float]
) -> tuple[float | None, int]:
    """The correlation of an item with a number by (respondent, reply), and over how many."""
    pairs = [
        (float(response.passed[criterion]), values[response.respondent, response.reply])
        for response in replies
        if criterion in response.passed and (response.respondent, response.reply) in values
    ]
    return correlation([own for own, _ in pairs], [value for _, value in pairs]), len(pairs)
