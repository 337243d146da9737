"""Whose figures a page or a plot of realism shows: one simulator, or two beside each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from usersim_opt.realism.comparison import SUCCESS, FigureRow
from usersim_opt.realism.report import Measured
from usersim_opt.realism.table import DIMENSIONS, FEATURES
from usersim_opt.realism.units import SHARES

TITLES = {
    "D1_conv": "How it talks",
    "D2_info": "How much it tells",
    "D3_clarif": "How sure it is, and what it asks",
    "D4_react": "How it reacts",
    "outcome": "What comes of it",
}
"""The groups of figures, in words."""
GROUPS: Mapping[str, Sequence[str]] = {**DIMENSIONS, "outcome": (SUCCESS,)}
"""The figures of each group, in order."""


@dataclass(frozen=True)
class Side:
    """One simulator with its figures by name."""

    name: str
    rows: Mapping[str, FigureRow]

    @classmethod
    def of(cls, name: str, rows: Sequence[FigureRow]) -> "Side":
        """The figures of a simulator."""
        return cls(name, {row.name: row for row in rows})

    @property
    def shown(self) -> list[FigureRow]:
        """The figures in the order of the groups; corrected ones stand apart."""
        names = [name for group in GROUPS.values() for name in group]
        return [self.rows[name] for name in names if name in self.rows]

    @property
    def known(self) -> list[FigureRow]:
        """Those of `shown` beside which people's value is known."""
        return [row for row in self.shown if row.differs is not None]


def sides_of(measured: Measured) -> list[Side]:
    """The simulator, and the other one where there is one."""
    sides = [Side.of(measured.name, measured.rows)]
    if measured.others:
        sides.append(Side.of(measured.against, measured.others))
    return sides


def line_of(name: str) -> str:
    """What a figure counts, in words."""
    return FEATURES[name].line if name in FEATURES else "conversations in which the agent succeeds"


def reach(rows: Sequence[FigureRow]) -> float:
    """The largest value that any of the figures takes with interval, people and floor."""
    return max(value for row in rows for value in _values(row))


def _values(row: FigureRow) -> list[float]:
    people = [] if row.reference is None else [row.reference + (row.floor or 0.0)]
    values = [row.value.mean, *(row.value.bounds or ()), *people]
    return [min(1.0, value) for value in values] if row.unit in SHARES else values


def band(row: FigureRow) -> tuple[float, float] | None:
    """Where noise alone may put a simulator like people; None where people are not known."""
    if row.reference is None or row.floor is None:
        return None
    high = row.reference + row.floor
    return max(0.0, row.reference - row.floor), min(1.0, high) if row.unit in SHARES else high
