"""The dot plot of a page of realism: a line for each figure, simulators over the band of noise.

Figures of one group and one unit share a scale, which begins at zero.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from usersim_opt.realism.comparison import FigureRow
from usersim_opt.realism.units import bounds, cut, number, size
from usersim_opt.results.likeness.scale import Ruler, ruler
from usersim_opt.results.likeness.sides import GROUPS, TITLES, Side, band, line_of, reach
from usersim_opt.results.report import svg

SHAPES = ((svg.DOT, "best"), (svg.DIAMOND, "base"))
"""The mark and the colour of each simulator."""
_BAND, _HEIGHT, _TICKS = 28, 44, 40
"""Pixels of the band, of the whole plot, and down to its ticks."""
_FLAGS = {True: "differs", False: "within noise", None: ""}
_PLACES = {True: "outside", False: "in the noise", None: ""}


@dataclass(frozen=True)
class Told:
    """A simulator's figure in words."""

    value: str
    interval: str
    floor: str
    flag: str


@dataclass(frozen=True)
class Line:
    """One figure of the page."""

    name: str
    words: str
    plot: Markup
    told: Sequence[Told]
    people: str
    origin: str


@dataclass(frozen=True)
class Group:
    """The figures of a dimension."""

    name: str
    title: str
    lines: Sequence[Line]


def groups(sides: Sequence[Side], *, descriptive: bool) -> list[Group]:
    """All figures that the first simulator has, by dimension."""
    first = sides[0].rows
    found = {group: [name for name in names if name in first] for group, names in GROUPS.items()}
    return [
        Group(group, TITLES[group], list(_lines(sides, names, descriptive=descriptive)))
        for group, names in found.items()
        if names
    ]


def _lines(sides: Sequence[Side], names: Sequence[str], *, descriptive: bool) -> Iterator[Line]:
    for name in names:
        rows = [side.rows[name] for side in sides if name in side.rows]
        alike = [
            side.rows[other]
            for side in sides
            for other in names
            if other in side.rows and side.rows[other].unit == rows[0].unit
        ]
        yield _line(rows, ruler(reach(alike), rows[0].unit), sides, descriptive=descriptive)


def _line(
    rows: Sequence[FigureRow], scale: Ruler, sides: Sequence[Side], *, descriptive: bool
) -> Line:
    first = rows[0]
    known = first.reference is not None
    return Line(
        name=first.name,
        words=line_of(first.name),
        plot=_plot(rows, scale, [side.name for side in sides]),
        told=[_told(row, descriptive=descriptive) for row in rows],
        people=number(first.reference, first.unit) if known else "unknown",
        origin=first.origin if known else "",
    )


def _told(row: FigureRow, *, descriptive: bool) -> Told:
    flags = _PLACES if descriptive else _FLAGS
    return Told(
        value=number(row.value.mean, row.unit),
        interval=bounds(row.value, row.unit),
        floor="" if row.reference is None else size(row.floor, row.unit),
        flag=flags[row.differs],
    )


def _plot(rows: Sequence[FigureRow], scale: Ruler, names: Sequence[str]) -> Markup:
    """A lane for each simulator, with the noise at as many conversations as it has."""
    deep = _BAND / len(rows)
    noise = [_noise(row, scale, top=deep * lane, deep=deep) for lane, row in enumerate(rows)]
    people = _people(rows[0], scale)
    marks = [
        _simulator(row, scale, middle=deep * (lane + 0.5), lane=lane, name=names[lane])
        for lane, row in enumerate(rows)
    ]
    drawn = [*_grid(scale), *noise, people, *marks]
    return svg.frame(drawn, height=_HEIGHT, label=aloud(rows, names))


def _grid(scale: Ruler) -> Iterator[Markup]:
    for place, text in scale.ticks:
        yield svg.upright(scale.at(place), top=0, bottom=_BAND)
        yield svg.words(text, scale.at(place), _TICKS, kind="tick middle")


def _noise(row: FigureRow, scale: Ruler, *, top: float, deep: float) -> Markup:
    noise = band(row)
    return svg.band(scale.scale, *noise, top=top, height=deep) if noise else Markup()


def _people(row: FigureRow, scale: Ruler) -> Markup:
    if row.reference is None:
        return Markup()
    return svg.upright(scale.at(row.reference), top=0, bottom=_BAND, kind="people")


def _simulator(row: FigureRow, scale: Ruler, *, middle: float, lane: int, name: str) -> Markup:
    shape, kind = SHAPES[lane]
    title = f"{name}: {number(row.value.mean, row.unit)}"
    value = cut(row.value, row.unit)
    return svg.estimate(scale.scale, value, middle, shape=shape, kind=kind, title=title)


def aloud(rows: Sequence[FigureRow], names: Sequence[str]) -> str:
    """The plot in words."""
    first = rows[0]
    simulators = [_one(row, name) for row, name in zip(rows, names, strict=False)]
    people = "unknown" if first.reference is None else number(first.reference, first.unit)
    return f"{line_of(first.name)}: people {people}; {'; '.join(simulators)}"


def _one(row: FigureRow, name: str) -> str:
    value = f"{name} {number(row.value.mean, row.unit)} ({bounds(row.value, row.unit)})"
    known = row.reference is not None and row.floor is not None
    return f"{value}, noise floor {size(row.floor, row.unit)}" if known else value
