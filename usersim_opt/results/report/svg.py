"""Small SVG marks.

Lengths along the wide side are percent, so that a figure fits any width while its dots and words
keep their size.

Not covered: anything that moves. Figures are read, printed, and read aloud by their titles.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from usersim_opt.basics.figures import Interval
from usersim_opt.results.report.wording import gain, is_figure, tick

DOT, DIAMOND, TRIANGLE, CROSS = "dot", "diamond", "triangle", "cross"
_PATHS = {
    DIAMOND: "M0-5.5 5.5 0 0 5.5-5.5 0Z",
    TRIANGLE: "M0-5 5 4-5 4Z",
    CROSS: "M-4-4 4 4M-4 4 4-4",
}


_PARTS = (1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
"""Steps of a scale as parts of the next power of ten."""


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` as percent of a width."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """From one end to the other, in the unit of the values."""
        return self.high - self.low

    def share(self, value: float) -> float:
        """How far along the scale a value is: 0 at its low end, 1 at its high end."""
        return (value - self.low) / self.width

    def at(self, value: float) -> str:
        """The place of a value, kept within the figure."""
        return f"{100 * min(1.0, max(0.0, self.share(value))):.2f}%"

    def ticks(self, least: int = 3) -> list[float]:
        """Round values within the scale, as few as there are from `least` on."""
        for step in self._steps():
            ticks = self._multiples(step)
            if len(ticks) >= least:
                break
        return ticks

    def _steps(self) -> Iterator[float]:
        """Round steps, the widest first."""
        power = 10.0 ** math.ceil(math.log10(self.width))
        for part in _PARTS:
            yield power * part

    def _multiples(self, step: float) -> list[float]:
        """The multiples of a step within the scale; an end that is one counts."""
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [round(i * step, 10) for i in range(first, last + 1)]


def around(intervals: Iterable[Interval], *, least: float) -> Scale:
    """A scale around zero that holds differences of shares, at least `least` wide to both sides."""
    bounds = [abs(bound) for interval in intervals for bound in _bounds(interval)]
    reach = min(1.0, max([least, *bounds])) * 1.05
    return Scale(-reach, reach)


def _bounds(interval: Interval) -> list[float]:
    """Estimate and bounds, as far as they are numbers."""
    return [value for value in (interval.mean, interval.low, interval.high) if is_figure(value)]


def frame(marks: Iterable[Markup], *, height: int, label: str) -> Markup:
    """Marks as a figure of a given height in pixels; `label` says in words what it shows."""
    whole = Markup(
        '<svg class="plot" width="100%%" height="%s" role="img" aria-label="%s">%s</svg>'
    )
    return whole % (height, label, Markup("").join(marks))


def upright(x: str, *, top: float, bottom: float, kind: str = "grid") -> Markup:
    """An upright line."""
    return Markup('<line class="%s" x1="%s" x2="%s" y1="%s" y2="%s"/>') % (kind, x, x, top, bottom)


def level(y: float) -> Markup:
    """A line of the grid from side to side."""
    return Markup('<line class="grid" x1="0%%" x2="100%%" y1="%s" y2="%s"/>') % (y, y)


def line(start: tuple[str, float], end: tuple[str, float], *, kind: str) -> Markup:
    """A line between two points."""
    return Markup('<line class="%s" x1="%s" y1="%s" x2="%s" y2="%s"/>') % (kind, *start, *end)


def block(start: float, share: float, *, height: int, kind: str, title: str) -> Markup:
    """A part of a bar, from `start` on, both as shares of the width."""
    part = Markup('<rect class="part %s" x="%s%%" width="%s%%" height="%s">%s</rect>')
    return part % (kind, f"{100 * start:.2f}", f"{100 * share:.2f}", height, _hint(title))


def band(scale: Scale, low: float, high: float, *, top: float = 0, height: float) -> Markup:
    """An upright band between two values."""
    share = 100 * (scale.share(min(high, scale.high)) - scale.share(max(low, scale.low)))
    part = Markup('<rect class="band" x="%s" y="%s" width="%s%%" height="%s"/>')
    return part % (scale.at(low), top, f"{share:.2f}", height)


def words(text: str, x: str, y: float, *, kind: str) -> Markup:
    """A text at a point; its class says how it is aligned."""
    return Markup('<text class="%s" x="%s" y="%s">%s</text>') % (kind, x, y, text)


def mark(shape: str, x: str, y: float, *, kind: str, title: str = "") -> Markup:
    """A dot or another shape at a point, with a title that shows when it is pointed at."""
    hint = _hint(title)
    if shape == DOT:
        dot = Markup('<circle class="mark %s" cx="%s" cy="%s" r="4.5">%s</circle>')
        return dot % (kind, x, y, hint)
    other = Markup('<svg class="at" x="%s" y="%s"><path class="mark %s" d="%s">%s</path></svg>')
    return other % (x, y, kind, _PATHS[shape], hint)


def _hint(title: str) -> Markup:
    return Markup("<title>%s</title>") % title if title else Markup()


def estimate(
    scale: Scale, interval: Interval, y: float, *, shape: str, kind: str, title: str = ""
) -> Markup:
    """An estimate with the line of its interval; nothing for what is no number."""
    if not is_figure(interval.mean):
        return Markup()
    dot = mark(shape, scale.at(interval.mean), y, kind=kind, title=title)
    return _bar(scale, interval, y, kind=kind) + dot


def _bar(scale: Scale, interval: Interval, y: float, *, kind: str) -> Markup:
    """The line of an interval; a bound that is no number is put at the estimate."""
    low, high = (
        scale.at(bound if is_figure(bound) else interval.mean)
        for bound in (interval.low, interval.high)
    )
    return line((low, y), (high, y), kind=f"bar {kind}")


def ticks_of_points(scale: Scale, *, y: float, least: int = 3) -> list[Markup]:
    """The round values of a scale of differences, in percentage points."""
    return [
        words(tick(place), scale.at(place), y, kind="tick middle") for place in scale.ticks(least)
    ]


def axis_of_points(scale: Scale) -> Markup:
    """The axis over a column of differences."""
    return frame(ticks_of_points(scale, y=12), height=16, label="percentage points")


def difference(scale: Scale, interval: Interval, *, height: int, shape: str, kind: str) -> Markup:
    """A difference of two shares beside the line for none."""
    zero = upright(scale.at(0), top=0, bottom=height, kind="zero")
    estimated = estimate(scale, interval, height // 2, shape=shape, kind=kind)
    return frame([zero, estimated], height=height, label=gain(interval))
