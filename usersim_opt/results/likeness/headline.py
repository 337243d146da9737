"""The first lines of a page of realism: what is near people, what is not, on how much."""

from collections.abc import Iterator

from usersim_opt.basics.figures import many
from usersim_opt.realism.card import CARD
from usersim_opt.realism.comparison import FigureRow
from usersim_opt.realism.report import Measured
from usersim_opt.realism.units import SHARES, number
from usersim_opt.results.likeness.sides import Side, line_of, sides_of

_MOST = 5
"""Figures that a sentence names."""
_TINY = 1e-9
_Fact = tuple[str, str, str]
"""What it is, the figure, and what to know of it."""


def sentences(measured: Measured) -> Iterator[str]:
    """The finding in words: each simulator, then what it is worth."""
    for side in sides_of(measured):
        yield _finding(side)
        yield from _unseen(side)
    if measured.is_descriptive:
        least = CARD.thresholds.descriptive_below
        yield (
            f"{many(measured.tasks, 'task')} are too few to prove any of this ({least} are "
            "needed): it describes these conversations."
        )


def _finding(side: Side) -> str:
    known = side.known
    if not known:
        return f"{side.name}: no figure of people is known to set beside it."
    near = [row for row in known if not row.differs]
    far = sorted((row for row in known if row.differs), key=_floors_apart, reverse=True)
    counted = f"{side.name} is within the noise of people in {len(near)} of {len(known)} figures"
    parts = [counted + (f": {_named(near)}" if near else "")]
    if far:
        parts.append("farther off in " + "; ".join([*map(_apart, far[:_MOST]), *_more(far)]))
    return ". It is ".join(parts) + "."


def _floors_apart(row: FigureRow) -> float:
    """How many noise floors a figure lies from people's."""
    return abs(row.difference or 0.0) / (row.floor or _TINY)


def _named(rows: list[FigureRow]) -> str:
    return "; ".join([*(line_of(row.name) for row in rows[:_MOST]), *_more(rows)])


def _more(rows: list[FigureRow]) -> list[str]:
    return [f"and {len(rows) - _MOST} more"] if len(rows) > _MOST else []


def _unseen(side: Side) -> Iterator[str]:
    """Figures that a simulator never shows, which so few conversations cannot tell from people."""
    rows = [row for row in side.known if not row.differs and not row.value.mean and row.reference]
    if rows:
        yield (
            f"Of these {side.name} never has {_named(rows)}. With so few conversations the noise "
            "reaches down to zero, so that this does not count as a difference."
        )


def _apart(row: FigureRow) -> str:
    people = number(row.reference, row.unit)
    return f"{line_of(row.name)} ({number(row.value.mean, row.unit)}, people {people})"


def facts(measured: Measured) -> Iterator[_Fact]:
    """The figures under the head."""
    yield _index(measured)
    yield (
        "Conversations",
        f"{measured.conversations:,}",
        f"{many(measured.tasks, 'task')}, {many(measured.runs, 'run')}",
    )
    side, *_ = sides_of(measured)
    of = "people's conversations" if measured.score else "published means"
    yield "Figures of people", f"{len(side.known)} of {len(side.shown)}", f"known from {of}"
    yield "Noise floor", *_floor(side)


def _index(measured: Measured) -> _Fact:
    if measured.score is None:
        return "User-Sim Index", "none", "needs people's conversations"
    value, people = measured.score.model["usi"], measured.score.human["usi"]
    label = measured.score.label
    if value is None:
        return label, "none", "the agent's success or its difficulty is missing"
    beside = "" if people is None else f"people: {measured.score.human_label} {people[0]:.1f}"
    return label, f"{value[0]:.1f}", beside


def _floor(side: Side) -> tuple[str, str]:
    """The floors of the shares that can be compared, in points."""
    floors = [100 * row.floor for row in side.known if row.unit in SHARES and row.floor is not None]
    if not floors:
        return "unknown", "no share of people is known"
    low, high = f"{min(floors):.0f}", f"{max(floors):.0f}"
    return low if low == high else f"{low} to {high}", "points, for shares; less says nothing"
