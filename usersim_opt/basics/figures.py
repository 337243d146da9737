"""Figures as people read them: shares, gains, intervals, counts with their noun."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % interval; the bounds are None where the data cannot give one."""

    mean: float
    low: float | None
    high: float | None

    def within(self, least: float, most: float) -> "Interval":
        """The same, cut where its values end: a share ends at 0 and 1."""
        mean, low, high = (
            None if value is None else min(most, max(least, value))
            for value in (self.mean, self.low, self.high)
        )
        return Interval(mean or 0.0, low, high)

    def __str__(self) -> str:
        """In percentage points."""
        if self.low is None or self.high is None:
            return f"{points(self.mean)} points (too few for an interval)"
        return f"{points(self.mean)} points [{points(self.low)}, {points(self.high)}]"


def points(share: float) -> str:
    """A difference of two shares in percentage points, with its sign: +15.3."""
    return f"{round(100 * share, 1) + 0.0:+.1f}"


def percent(interval: Interval | None) -> str:
    """A pass rate with its interval, in percent; a dash where there is none."""
    if interval is None or interval.low is None or interval.high is None:
        return share_text(interval.mean if interval else None)
    return f"{share_text(interval.mean)} [{share_text(max(0.0, interval.low))}, {share_text(min(1.0, interval.high))}]"


def many(number: int, noun: str) -> str:
    """A number with its noun: 1 task, 2 tasks, 3 replies."""
    plural = noun[:-1] + "ies" if noun.endswith("ply") else noun + "s"
    return f"{number:,} {noun if number == 1 else plural}"


def share_text(share: float | None) -> str:
    """A share from 0 to 1 in percent; a dash for None."""
    return "-" if share is None else f"{100 * share:.1f} %"


OFFLINE_NOTE = "Made with offline stand-in models: the figures show that the machinery works and say nothing about real models."


OFFLINE_LABEL = "Made with offline stand-in models; the figures say nothing about real ones."


def gain_text(old: float | None, new: float | None) -> str:
    """The difference of two shares in percentage points; empty where one of them is missing."""
    return "" if old is None or new is None else points(new - old)
