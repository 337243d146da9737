"""Figures as words, the same everywhere on the page; every length that the page gives to a text from outside is here, too."""

import math
from datetime import datetime
from typing import Any

from usersim_opt.basics.figures import Interval, points

DASH = "\u2013"
MINUS = "\u2212"
REASON, EVIDENCE, REPLY, TURN, STORY, NAME, OPTION = 600, 300, 1_500, 3_000, 6_000, 40, 400
"""The most characters of a text that are shown."""
_CONTROL = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"} | {0x7F: 0x2421}
_HALVES = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], 0xFFFD)


def visible(text: str) -> str:
    """The text with control characters, halves of characters and marks that turn the direction of writing made visible."""
    return text.translate(_CONTROL | _HALVES | _TURNS)


def clip(text: str, most: int) -> str:
    """The text, or its beginning with the number of characters that are left out."""
    return (
        text if len(text) <= most else f"{text[:most]} … (and {len(text) - most:,} more characters)"
    )


def share(value: float | None) -> str:
    """A share as percent."""
    return DASH if value is None or not math.isfinite(value) else f"{100 * value:.1f} %"


def shares(interval: Interval | None) -> str:
    """The bounds of a pass rate as percent, in brackets; empty where there are none."""
    if interval is None or interval.low is None or interval.high is None:
        return ""
    return f"[{100 * max(0.0, interval.low):.1f}, {100 * min(1.0, interval.high):.1f}]"


def change(value: float | None) -> str:
    """A difference of two shares in percentage points, with its sign."""
    return DASH if value is None or not math.isfinite(value) else points(value).replace("-", MINUS)


def changes(low: float | None, high: float | None) -> str:
    """The bounds of a difference in percentage points, in brackets."""
    return "" if low is None or high is None else f"[{change(low)}, {change(high)}]"


def tick(value: float) -> str:
    """A place on an axis of differences, in percentage points."""
    return change(value).replace(".0", "") if value else "0"


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
