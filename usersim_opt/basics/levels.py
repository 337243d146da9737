"""Levels of tests, the quantiles that they ask for, and how they are told.

    LEVEL             of a test that is made once: 5 %, half of it on each side
    level_of_use(k)   of the k-th test on the same held-out data: all of them together call an equal
                      prompt better in at most 5 %, however many there are

Were equal prompts tried one after the other at 5 % each, some would seem better in the end. So the
level is spent: use k gets 2 * LEVEL / (k (k + 1)), which is .05, .0167, .0083 and so on. Only the
upper half of a two-sided level can ship anything; the halves add up to LEVEL over all k, because
1 / (k (k + 1)) = 1/k - 1/(k + 1). The probability of any false proof is at most that sum
(Bonferroni's inequality), also where it hangs on earlier uses which prompt is tried next and
whether one is.

Source: a level that is spent over a stream of tests (Foster and Stine 2008, alpha-investing,
Journal of the Royal Statistical Society B 70:429, section 1).

Not covered: winning level back by proven gains; a prompt that was written for the held-out data.
"""

import math
from functools import lru_cache
from statistics import NormalDist

LEVEL = 0.05
"""The two-sided level of a test that is made once."""
Z975 = 1.959964
"""The 97.5 % quantile of the normal distribution."""
_T975 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
"""The 97.5 % quantiles of Student's t for 1 to 30 degrees of freedom."""
_HALVINGS = 60
_WORDS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip


def level_of_use(number: int) -> float:
    """The two-sided level of the use of this number, from 1 on."""
    return 2 * LEVEL / (number * (number + 1))


def least_units(level: float) -> int:
    """Units below which signs prove nothing: even if all agree, 1 / 2^n is above half the level.

    >>> least_units(0.05), least_units(0.025)
    (6, 7)
    """
    return math.ceil(math.log2(2 / level))


def normal_quantile(level: float) -> float:
    """The normal quantile of a two-sided level: 1.96 at 5 %."""
    return Z975 if level == LEVEL else NormalDist().inv_cdf(1 - level / 2)


def t_quantile(level: float, df: int) -> float:
    """Student's quantile of a two-sided level with `df` degrees of freedom; infinite for none."""
    if df < 1:
        return math.inf
    return t975(df) if level == LEVEL else _t_solved(level, df)


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


@lru_cache(maxsize=256)
def _t_solved(level: float, df: int) -> float:
    """The quantile by halving the angle whose tangent is t / sqrt(df)."""
    low, high = 0.0, math.pi / 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _within(middle, df) < 1 - level:
            low = middle
        else:
            high = middle
    return math.sqrt(df) * math.tan(high)


def _within(angle: float, df: int) -> float:
    """The probability that Student's t lies within plus and minus sqrt(df) tan(angle).

    The finite sums for whole degrees of freedom (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4).
    """
    is_odd = df % 2
    term = math.cos(angle) if is_odd else 1.0
    total = 0.0
    for k in range(2 if is_odd else 1, df, 2):
        total += term
        term *= k / (k + 1) * math.cos(angle) ** 2
    if not is_odd:
        return math.sin(angle) * total
    return 2 / math.pi * (angle + math.sin(angle) * total)


# -- in words ------------------------------------------------------------------------------------


def confidence(level: float) -> str:
    """What an interval of a two-sided level is called: `95 %`, `97.5 %`, `99.17 %`."""
    digits = 1 + math.ceil(-math.log10(level))
    return f"{100 * (1 - level):.{digits}g} %"


def level_text(level: float) -> str:
    """A level to two digits, as it is written beside p values: `.05`, `.0083`."""
    digits = 1 - math.floor(math.log10(level))
    return f"{level:.{digits}f}".rstrip("0").removeprefix("0")


def use_text(number: int) -> str:
    """The number of a use in words: `second use`; from the eleventh on `use 11`."""
    return f"{_WORDS[number - 1]} use" if number <= len(_WORDS) else f"use {number}"
