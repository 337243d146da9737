"""Small SVG marks. Lengths along the wide side are percent, so that a figure fits any width while its dots and words keep their size.

Not covered: anything that moves. Figures are read, printed, and read aloud by their titles.
"""

import math
from dataclasses import dataclass

from markupsafe import Markup

from usersim_opt.basics.figures import Interval

DOT, DIAMOND, TRIANGLE, CROSS = "dot", "diamond", "triangle", "cross"
_PATHS = {
    DIAMOND: "M0-5.5 5.5 0 0 5.5-5.5 0Z",
    TRIANGLE: "M0-5 5 4-5 4Z",
    CROSS: "M-4-4 4 4M-4 4 4-4",
}


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` as percent of a width."""

    low: float
    high: float

    def at(self, value: float) -> str:
        """The place of a value, kept within the figure."""
        share = (value - self.low) / (self.high - self.low)
        return f"{100 * min(1.0, max(0.0, share)):.2f}%"

    def ticks(self, least: int = 3) -> list[float]:
        """Round values within the scale, as few as there are from `least` on."""
        power = 10.0 ** math.ceil(math.log10(self.high - self.low))
        for step in (power * m for m in (1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)):
            first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
            if last - first + 1 >= least:
                break
        return [round(i * step, 10) for i in range(first, last + 1)]


def around(intervals: list[Interval], *, least: float) -> Scale:
    """A scale around zero that holds the intervals of differences of shares, at least `least` wide to both sides."""
    bounds = [
        abs(bound)
        for i in intervals
        for bound in (i.mean, i.low, i.high)
        if bound is not None and math.isfinite(bound)
    ]
    reach = min(1.0, max([least, *bounds])) * 1.05
    return Scale(-reach, reach)


def frame(marks: list[Markup], *, height: int, label: str) -> Markup:
    """Marks as a figure of a given height in pixels; `label` says in words what it shows."""
    head = Markup('<svg class="plot" width="100%%" height="%s" role="img" aria-label="%s">') % (
        height,
        label,
    )
    return head + Markup("").join(marks) + Markup("</svg>")


def upright(x: str, *, top: float, bottom: float, kind: str = "grid") -> Markup:
    """An upright line."""
    return Markup('<line class="%s" x1="%s" x2="%s" y1="%s" y2="%s"/>') % (kind, x, x, top, bottom)


def level(y: float, *, kind: str = "grid") -> Markup:
    """A line from side to side."""
    return Markup('<line class="%s" x1="0%%" x2="100%%" y1="%s" y2="%s"/>') % (kind, y, y)


def line(start: tuple[str, float], end: tuple[str, float], *, kind: str) -> Markup:
    """A line between two points."""
    return Markup('<line class="%s" x1="%s" y1="%s" x2="%s" y2="%s"/>') % (kind, *start, *end)


def words(text: str, x: str, y: float, *, kind: str = "tick") -> Markup:
    """A text at a point; its class says how it is aligned."""
    return Markup('<text class="%s" x="%s" y="%s">%s</text>') % (kind, x, y, text)


def mark(shape: str, x: str, y: float, *, kind: str, title: str = "") -> Markup:
    """A dot or another shape at a point, with a title that shows when it is pointed at."""
    told = Markup("<title>%s</title>") % title if title else Markup()
    if shape == DOT:
        return Markup('<circle class="mark %s" cx="%s" cy="%s" r="4.5">%s</circle>') % (
            kind,
            x,
            y,
            told,
        )
    return Markup('<svg class="at" x="%s" y="%s"><path class="mark %s" d="%s">%s</path></svg>') % (
        x,
        y,
        kind,
        _PATHS[shape],
        told,
    )


def estimate(
    scale: Scale, interval: Interval, y: float, *, shape: str, kind: str, title: str = ""
) -> Markup:
    """An estimate with the line of its interval."""
    if not math.isfinite(interval.mean):
        return Markup()
    bounds = (interval.low, interval.high)
    low, high = (
        bound if bound is not None and math.isfinite(bound) else interval.mean for bound in bounds
    )
    return line((scale.at(low), y), (scale.at(high), y), kind=f"bar {kind}") + mark(
        shape, scale.at(interval.mean), y, kind=kind, title=title
    )
