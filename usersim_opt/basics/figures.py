"""Figures as people read them: shares, gains, intervals, counts with their noun."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import overload

from usersim_opt.basics.showing import visibly

OFFLINE_NOTE = (
    "Made with offline stand-in models: the figures show that the machinery works "
    "and say nothing about real models."
)
OFFLINE_LABEL = "Made with offline stand-in models; the figures say nothing about real ones."
_TENTH = Decimal("0.1")

ByRole = dict[str, int]
"""Numbers by the role of a model: user, judge, proposer, author."""


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % interval; the bounds are None where the data cannot give one."""

    mean: float
    low: float | None
    high: float | None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Both bounds, or None where the data cannot give them."""
        if self.low is None or self.high is None:
            return None
        return self.low, self.high

    def within(self, least: float, most: float) -> "Interval":
        """The same, cut where its values end: a share ends at 0 and 1."""

        def cut(bound: float | None) -> float | None:
            return None if bound is None else min(most, max(least, bound))

        return Interval(cut(self.mean) or 0.0, cut(self.low), cut(self.high))

    @visibly
    def __str__(self) -> str:
        """In percentage points."""
        mean = f"{points(self.mean)} points"
        if self.bounds is None:
            return f"{mean} (too few for an interval)"
        low, high = map(points, self.bounds)
        return f"{mean} [{low}, {high}]"


@overload
def rounded(number: float) -> float: ...
@overload
def rounded(number: float | None) -> float | None: ...
def rounded(number: float | None) -> float | None:
    """A figure as files keep it: to six digits behind the point, alike on every machine."""
    return None if number is None else round(number, 6)


def points(share: float) -> str:
    """A difference of two shares in percentage points, with its sign: +15.3.

    Halves are rounded away from zero.

    >>> points(0.3125)
    '+31.3'
    """
    # By way of what a file keeps: it is shown as the computed figure was, and the last bits of a
    # float do not decide where one lies just between two tenths.
    tenths = (100 * Decimal(str(rounded(share)))).quantize(_TENTH, ROUND_HALF_UP)
    # Adding zero turns -0.0 into 0.0, so that no gain is printed as "-0.0".
    return f"{tenths + 0:+}"


def percent(interval: Interval | None) -> str:
    """A pass rate with its interval, in percent; a dash where there is none."""
    if interval is None:
        return share_text(None)
    mean = share_text(interval.mean)
    if interval.bounds is None:
        return mean
    low, high = interval.bounds
    return f"{mean} [{share_text(max(0.0, low))}, {share_text(min(1.0, high))}]"


def summed(numbers: Iterable[Mapping[str, int]]) -> ByRole:
    """The sums of numbers by role."""
    total: Counter[str] = Counter()
    for by_role in numbers:
        total.update(by_role)
    return dict(total)


def many(number: int, noun: str) -> str:
    """A number with its noun: 1 task, 2 tasks, 3 replies."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {_plural(noun)}"


def _plural(noun: str) -> str:
    if noun.endswith("ply"):
        return noun.removesuffix("y") + "ies"
    return noun + "s"


def share_text(share: float | None) -> str:
    """A share from 0 to 1 in percent; a dash for None."""
    return "-" if share is None else f"{100 * share:.1f} %"


def gain_text(old: float | None, new: float | None) -> str:
    """The difference of two shares in percentage points; empty where one of them is missing."""
    return "" if old is None or new is None else points(new - old)
