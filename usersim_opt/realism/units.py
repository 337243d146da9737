"""Figures as they are read: shares in percent, words to a tenth, all else to a hundredth."""

from usersim_opt.basics.figures import Interval

SHARES = ("share", "conversation")
"""The units that are read in percent."""


def number(value: float | None, unit: str) -> str:
    """A figure in its unit; a dash for None."""
    if value is None:
        return "-"
    if unit in SHARES:
        return f"{100 * value:.1f} %"
    return f"{value:.1f}" if unit == "words" else f"{value:.2f}"


def size(value: float | None, unit: str) -> str:
    """A distance of two figures: shares in percentage points."""
    return number(value, unit).replace("%", "points")


def signed(value: float | None, unit: str) -> str:
    """A difference with its sign; a dash for None."""
    if value is None:
        return "-"
    return f"{'-' if value < 0 else '+'}{size(abs(value), unit)}"


def cut(value: Interval, unit: str) -> Interval:
    """The same, cut where figures of the unit end: none is below zero, no share above one."""
    return value.within(0.0, 1.0 if unit in SHARES else float("inf"))


def bounds(value: Interval, unit: str) -> str:
    """Both ends of an interval, or that there are too few tasks for one."""
    if value.bounds is None:
        return "too few tasks"
    low, high = (number(bound, unit) for bound in cut(value, unit).bounds or ())
    return f"{low} to {high}"
