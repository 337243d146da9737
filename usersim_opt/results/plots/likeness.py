"""How like people a simulator is: its figures over the band of noise around people's.

Shares stand on one axis in percent; figures in words or counts have an axis each below.
"""

from collections.abc import Sequence
from textwrap import shorten
from typing import TYPE_CHECKING

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.realism.comparison import FigureRow
from usersim_opt.realism.report import Measured
from usersim_opt.realism.units import SHARES, cut
from usersim_opt.results.likeness.sides import Side, band, line_of, reach, sides_of
from usersim_opt.results.plots.canvas import (
    BLUE,
    GREEN,
    ORANGE,
    Mark,
    beside,
    dots,
    figure,
    plain,
    quiet,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARKS = (("o", ORANGE), ("D", BLUE))
_ROW = 0.34
"""Inches of a figure's row."""
_LEAST = 0.05
"""The shortest axis: where everything is zero there is still something to see."""
_LABEL = 60
_NAME = 40


@checks_arguments
def realism(measured: Measured) -> "Figure":
    """What `uso.realism.measure` found: a dot with its 95 % interval for each simulator.

    The line is people's figure, the band what 19 of 20 samples of people as large lie in; where
    people's figure is not known there is neither. InputError for what is no such finding.
    """
    if not isinstance(measured, Measured):
        raise InputError(
            f"got a {type(measured).__name__}; expected what uso.realism.measure returns"
        )
    sides = sides_of(measured)
    shares = [row.name for row in sides[0].shown if row.unit in SHARES]
    others = [row.name for row in sides[0].shown if row.unit not in SHARES]
    heights = [len(shares) + 1.0, *(1.7 for _ in others)]
    drawn = figure(width=10, height=1.6 + _ROW * sum(heights), offline=measured.offline)
    upper, *lower = drawn.subplots(len(heights), height_ratios=heights, squeeze=False)[:, 0]
    _draw(upper, sides, shares, scale=100.0)
    upper.set_xlabel("percent", loc="right")
    _legend(upper)
    for axes, name in zip(lower, others, strict=True):
        _draw(axes, sides, [name], scale=1.0)
    drawn.suptitle(plain(_finding(measured, sides)), x=0.01, ha="left", fontsize=11)
    return drawn


def _finding(measured: Measured, sides: Sequence[Side]) -> str:
    counts = [f"{shorten(side.name, _NAME)} {_within(side)}" for side in sides]
    few = f" ({measured.tasks} tasks: descriptive)" if measured.is_descriptive else ""
    return f"Figures within the noise of people: {', '.join(counts)}{few}"


def _within(side: Side) -> str:
    known = side.known
    return f"{sum(not row.differs for row in known)} of {len(known)}"


def _legend(axes: "Axes") -> None:
    """People and their noise, whether any of their figures is known or not, and simulators."""
    axes.plot([], [], color=GREEN, linewidth=2.2, label="people")
    axes.bar([0.0], [0.0], color=GREEN, alpha=0.25, label="noise: 19 of 20\nsamples of people")
    beside(axes, size=8.5)


def _draw(axes: "Axes", sides: Sequence[Side], names: Sequence[str], *, scale: float) -> None:
    """A row for each figure, a lane in it for each simulator."""
    rows = [[side.rows[name] for side in sides if name in side.rows] for name in names]
    for place, row in enumerate(rows):
        _draw_people(axes, row, -place, scale)
    for number, side in enumerate(sides):
        found = [(place, row[number]) for place, row in enumerate(rows) if number < len(row)]
        _draw_side(axes, side.name, number, found, lanes=len(sides), scale=scale)
    _name_rows(axes, names)
    most = max(_LEAST, reach([each for row in rows for each in row])) * scale
    axes.set_xlim(-0.015 * most, 1.03 * most)
    quiet(axes, grid="x")


def _name_rows(axes: "Axes", names: Sequence[str]) -> None:
    labels = [plain(shorten(line_of(name), _LABEL)) for name in names]
    axes.set_yticks([-place for place in range(len(names))], labels)
    axes.set_ylim(-len(names) + 0.4, 0.6)


def _draw_people(axes: "Axes", rows: Sequence[FigureRow], middle: float, scale: float) -> None:
    """The noise of each lane, and people's figure through all of them."""
    deep = 0.8 / len(rows)
    for lane, row in enumerate(rows):
        if (noise := band(row)) is not None:
            low, high = (scale * bound for bound in noise)
            below = middle + 0.4 - deep * (lane + 1)
            axes.barh(below, high - low, deep, low, align="edge", color=GREEN, alpha=0.25)
    if rows[0].reference is not None:
        at = [scale * rows[0].reference] * 2
        axes.plot(at, [middle - 0.4, middle + 0.4], color=GREEN, linewidth=2.2, zorder=2)


def _draw_side(
    axes: "Axes",
    name: str,
    number: int,
    rows: Sequence[tuple[int, FigureRow]],
    *,
    lanes: int,
    scale: float,
) -> None:
    """A simulator's dots with their intervals."""
    marker, colour = _MARKS[number]
    mark = Mark(marker, colour, plain(shorten(name, _NAME)))
    shift = 0.4 - 0.8 * (number + 0.5) / lanes
    for place, row in rows:
        if ends := cut(row.value, row.unit).bounds:
            line = [scale * end for end in ends]
            axes.plot(line, [shift - place] * 2, color=colour, linewidth=1.6, zorder=3)
    places = [(scale * row.value.mean, shift - place) for place, row in rows]
    dots(axes, places, mark, size=5.5, zorder=4)
