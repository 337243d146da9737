"""Figures as the page writes them: basics/figures.py with en dashes and true minus signs.

Every length that the page gives to a text from outside is here, too.
"""

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeGuard

from usersim_opt.basics.figures import Interval, points, share_text

DASH = "\u2013"
"""Stands where there is no figure."""
MINUS = "\u2212"
REASON, EVIDENCE, REPLY, TURN, STORY, NAME, OPTION = 600, 300, 1_500, 3_000, 6_000, 40, 400
"""The most characters of a text that are shown."""


def clip(text: str, most: int) -> str:
    """The text, or its beginning with the number of characters that are left out."""
    if len(text) <= most:
        return text
    return f"{text[:most]} … (and {len(text) - most:,} more characters)"


def is_figure(value: float | None) -> TypeGuard[float]:
    """Whether there is a number: a log may hold NaN and infinity."""
    return value is not None and math.isfinite(value)


def share(value: float | None) -> str:
    """A share as percent."""
    return share_text(value) if is_figure(value) else DASH


def bare_share(value: float | None) -> str:
    """A share in percent where the column says so."""
    return share(value).removesuffix(" %")


def shares(interval: Interval) -> str:
    """The bounds of a pass rate as percent, in brackets; empty where there are none."""
    cut = interval.within(0.0, 1.0)
    return _bounds(cut.low, cut.high, bare_share)


def change(value: float | None) -> str:
    """A difference of two shares in percentage points, with its sign."""
    return points(value).replace("-", MINUS) if is_figure(value) else DASH


def changes(low: float | None, high: float | None) -> str:
    """The bounds of a difference in percentage points, in brackets; empty where there are none."""
    return _bounds(low, high, change)


def _bounds(low: float | None, high: float | None, text: Callable[[float], str]) -> str:
    if low is None or high is None:
        return ""
    return f"[{text(low)}, {text(high)}]"


def gain(interval: Interval) -> str:
    """A difference with its bounds, as figures are read aloud."""
    return f"{change(interval.mean)} points {changes(interval.low, interval.high)}"


def tick(value: float) -> str:
    """A place on an axis of differences, in percentage points."""
    return change(value).removesuffix(".0") if value else "0"


def count(value: float) -> str:
    """A number with its thousands set off."""
    return f"{value:,}"


def moment(time: str) -> str:
    """A time of the log as day and minute (UTC); what is no time as it stands."""
    try:
        return f"{datetime.fromisoformat(time):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return clip(time, NAME) or DASH


def option(value: Any) -> str:
    """An option of the run as text."""
    return DASH if value is None else clip(str(value), OPTION)


def name(text: str) -> str:
    """An id for a table."""
    return clip(text, NAME)
