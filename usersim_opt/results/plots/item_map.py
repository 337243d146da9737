"""Every item of a rubric on a map: how often the seed passes it against people, or the best prompt.

What lies on the diagonal tells nobody apart; what lies at the upper right corner passes always.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.items.records import Advice, Item, Share
from usersim_opt.measuring.items.shown import ItemAnalysis
from usersim_opt.measuring.items.table import best_of, seed_of
from usersim_opt.results.plots.canvas import (
    BLUE,
    GREEN,
    ORANGE,
    SKY,
    VERMILLION,
    Mark,
    Place,
    empty,
    figure,
    percent,
    plain,
    quiet,
    title,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PEOPLE = "people"
_MARKS: Mapping[Advice, Mark] = {
    "keep": Mark("o", GREEN),
    "guard": Mark("s", SKY),
    "rewrite": Mark("^", ORANGE),
    "drop": Mark("X", VERMILLION),
}
_SIZE = (7.4, 6.6)
"""Width and height in inches."""
_LOW, _HIGH = -13.0, 113.0
"""The ends of both axes in percent: a corner needs room for its marks."""
_UNIT = 72 * 5.6 / (_HIGH - _LOW)
"""Typographic points of one percent of an axis, about."""
_LEAST, _MOST = 3.0, 20.0
"""Radius of a mark in typographic points: for one item, and for the most at one place."""
_USEFUL = 20.0
"""Points over the seed from which an item tells the two apart (items.yaml)."""
_NAMED = 3
"""Items with a name beside them."""
_LENGTH = 30
"""Characters of a name."""
_READING = "marks of one place stand side by side; a number counts the items"
_COUNTED = 10
"""Items at one place whose number stands there."""


@dataclass(frozen=True)
class _Bubble:
    """The items with one advice at one place, in percent."""

    place: Place
    advice: Advice
    items: int
    radius: float
    shift: Place = (0.0, 0.0)

    @property
    def middle(self) -> Place:
        """Where the mark stands, beside those of other advice at the same place."""
        return self.place[0] + self.shift[0], self.place[1] + self.shift[1]


@checks_arguments
def items(analysis: ItemAnalysis) -> "Figure":
    """A mark for the items at each place, as large as they are many; its form is the advice.

    Up: the rate of people where there are replies of people, else of the best version. Items at
    one place with different advice stand side by side. InputError for anything but an analysis.
    """
    if not isinstance(analysis, ItemAnalysis):
        raise InputError(
            f"got a {type(analysis).__name__}; expected what uso.item_analysis returns"
        )
    seed, rival = seed_of(analysis), _rival(analysis)
    placed = [(item, _place(item, seed, rival)) for item in analysis.items]
    known = [(item, place) for item, place in placed if place is not None]
    if not known:
        why = "no item was answered by two of: the seed, another version, people"
        return empty(why, height=2.2, offline=analysis.offline)
    drawn = figure(width=_SIZE[0], height=_SIZE[1], offline=analysis.offline)
    axes = drawn.subplots()
    _draw_lines(axes)
    _draw_bubbles(axes, _bubbles(known))
    _name_the_worst(axes, known)
    _label(axes, seed, rival)
    title(axes, _finding(known, rival, len(placed) - len(known)))
    return drawn


def _rival(analysis: ItemAnalysis) -> str:
    """Whose rates go up: people's, or the best version's."""
    has_people = any(item.people and item.people.scored for item in analysis.items)
    return _PEOPLE if has_people else best_of(analysis)


def _place(item: Item, seed: str, rival: str) -> Place | None:
    other = item.people if rival == _PEOPLE else item.shares.get(rival)
    x, y = _rate(item.shares.get(seed)), _rate(other)
    return None if x is None or y is None else (x, y)


def _rate(share: Share | None) -> float | None:
    return None if share is None or share.rate is None else round(percent(share.rate), 6)


# -- marks -----------------------------------------------------------------------------------------


def _bubbles(known: Sequence[tuple[Item, Place]]) -> list[_Bubble]:
    """The marks, the largest first, so that none is hidden."""
    counts = Counter((place, item.advice) for item, place in known)
    most = max(counts.values())
    groups: dict[Place, list[_Bubble]] = defaultdict(list)
    for (place, advice), number in counts.items():
        groups[place].append(_Bubble(place, advice, number, _radius(number, most)))
    bubbles = [each for group in groups.values() for each in _side_by_side(group)]
    return sorted(bubbles, key=lambda each: -each.radius)


def _radius(number: int, most: int) -> float:
    """The area above the least one grows with the number of items."""
    share = (number - 1) / (most - 1) if most > 1 else 0.0
    return math.sqrt(_LEAST**2 + share * (_MOST**2 - _LEAST**2))


def _side_by_side(group: Sequence[_Bubble]) -> list[_Bubble]:
    """The marks of one place around it: one, two beside each other, or four in a square."""
    ordered = sorted(group, key=lambda each: list(_MARKS).index(each.advice))
    if len(ordered) == 1:
        return ordered
    step = max(each.radius for each in ordered) / _UNIT
    below = -step if len(ordered) > 2 else 0.0
    shifts = [(-step, -below), (step, -below), (-step, below), (step, below)]
    return [
        _Bubble(each.place, each.advice, each.items, each.radius, shift)
        for each, shift in zip(ordered, shifts, strict=False)
    ]


def _draw_bubbles(axes: "Axes", bubbles: Sequence[_Bubble]) -> None:
    totals: Counter[Advice] = Counter()
    for each in bubbles:
        totals[each.advice] += each.items
        _draw_bubble(axes, each)
    for advice, mark in _MARKS.items():
        if totals[advice]:
            label = f"{advice} ({totals[advice]:,})"
            axes.plot([], [], mark.marker, color=mark.colour, markersize=8, label=label)
    axes.legend(
        fontsize=9, frameon=False, loc="upper left", bbox_to_anchor=(0, -0.13), ncols=4,
        handletextpad=0.3, columnspacing=1.4,
    )  # fmt: skip


def _draw_bubble(axes: "Axes", each: _Bubble) -> None:
    x, y = each.middle
    mark = _MARKS[each.advice]
    axes.plot(
        [x], [y], mark.marker, color=mark.colour, markersize=2 * each.radius, zorder=3,
        markeredgecolor="white", markeredgewidth=0.8,
    )  # fmt: skip
    if each.items >= _COUNTED:
        _count(axes, each)


def _count(axes: "Axes", each: _Bubble) -> None:
    """The number of items: inside a mark that has the room, else to the right of it."""
    inside = each.radius > 12 and _MARKS[each.advice].marker in "os"
    axes.annotate(
        f"{each.items:,}", each.middle, xytext=(0 if inside else each.radius + 1, 0),
        textcoords="offset points", ha="center" if inside else "left", va="center", fontsize=8,
        zorder=4,
    )  # fmt: skip


# -- around them -----------------------------------------------------------------------------------


def _draw_lines(axes: "Axes") -> None:
    """No difference from the seed, and what makes an item useful."""
    axes.plot([0, 100], [0, 100], color="#777777", linewidth=1, linestyle="--", zorder=1)
    axes.plot([0, 100 - _USEFUL], [_USEFUL, 100], color=BLUE, linewidth=1, linestyle=":", zorder=1)
    _along(axes, "no difference", (50, 50), colour="#555555", above=False)
    _along(axes, "20 points over the seed: useful from here up", (40, 60), colour=BLUE, above=True)


def _along(axes: "Axes", text: str, middle: Place, *, colour: str, above: bool) -> None:
    """A text along a rising line, above or below it."""
    axes.text(
        *middle, text, color=colour, fontsize=8.5, ha="center", zorder=1, rotation=45,
        va="bottom" if above else "top", rotation_mode="anchor",
    )  # fmt: skip


def _name_the_worst(axes: "Axes", known: Sequence[tuple[Item, Place]]) -> None:
    """The names of the few items that lie farthest below the diagonal, as far as they have room."""
    turned = sorted((y - x, item.name, (x, y)) for item, (x, y) in known if y < x)
    used: list[Place] = []
    for _, name, place in turned:
        if len(used) < _NAMED and all(_has_room(place, other) for other in used):
            _name(axes, name, place)
            used.append(place)


def _has_room(place: Place, other: Place) -> bool:
    """Whether two names stand on different lines: one takes half of the width."""
    return abs(place[1] - other[1]) >= 6


def _name(axes: "Axes", name: str, place: Place) -> None:
    """A name below its mark, towards the middle of the figure."""
    side = "right" if place[0] > 75 else "left" if place[0] < 25 else "center"
    axes.annotate(
        plain(_short(name)),
        place,
        xytext=(0, -14),
        textcoords="offset points",
        ha=side,
        fontsize=8,
        color="#333333",
        zorder=5,
    )


def _label(axes: "Axes", seed: str, rival: str) -> None:
    quiet(axes, grid="both")
    axes.set_xlim(_LOW, _HIGH)
    axes.set_ylim(_LOW, _HIGH)
    axes.set_xticks(range(0, 101, 20))
    axes.set_yticks(range(0, 101, 20))
    axes.set_aspect("equal")
    axes.set_xlabel(f"{plain(f'replies of {_short(seed)} that pass (%)')}\n{_READING}")
    axes.set_ylabel(plain(f"replies of {_short(rival)} that pass (%)"))


def _finding(known: Sequence[tuple[Item, Place]], rival: str, without: int) -> str:
    useful = sum(y - x >= _USEFUL for _, (x, y) in known)
    left_out = f" ({without:,} more have no place)" if without else ""
    share = f"{useful:,} of {len(known):,} items"
    return f"{_short(rival)} is 20 points or more above on {share}{left_out}"


def _short(name: str) -> str:
    """A name with the room that it has."""
    return name if len(name) <= _LENGTH else name[: _LENGTH - 1] + "…"
