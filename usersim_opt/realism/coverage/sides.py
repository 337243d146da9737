"""Two simulators' coverage side by side, as a record: printed, in a notebook, as rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from usersim_opt.basics.figures import many
from usersim_opt.basics.frames import Row, frame
from usersim_opt.basics.layout import grid, note, table, text
from usersim_opt.basics.showing import visibly
from usersim_opt.realism.card import CARD
from usersim_opt.realism.coverage.shown import MEASURES, Coverage, number

if TYPE_CHECKING:
    import pandas as pd

_PLACES = {"one": "first", "other": "second"}
_HEADS = ("measure", "one", "other", "difference", "floor", "p", "better")


_LEVEL = 0.05


@dataclass(frozen=True)
class Difference:
    """A measure of the first less that of the second."""

    value: float
    p: float
    """Share of swaps that reach it, two-sided."""
    floor: float
    """Swaps alone make no larger difference, 19 times out of 20."""


@dataclass(frozen=True, repr=False)
class CoverageComparison:
    """Two simulators side by side; a difference is the first less the second."""

    one: Coverage
    other: Coverage
    differences: Mapping[str, Difference]
    """By measure; of hull volume, divergence and Chamfer by task there is none."""
    tasks: int
    notes: tuple[str, ...]

    @property
    def is_descriptive(self) -> bool:
        """Whether there are too few tasks to say that one covers more."""
        return self.tasks < CARD.thresholds.descriptive_below

    @property
    def covers_more(self) -> str:
        """`one` or `other`, by support coverage; empty where that is not proven."""
        found = self.differences["support_coverage"]
        if self.is_descriptive or found.p > _LEVEL:
            return ""
        return "one" if found.value > 0 else "other"

    @property
    def rows(self) -> list[Row]:
        """A row for each measure: both values, difference, floor of noise, p."""
        return [self._row(name) for name in MEASURES]

    def _row(self, name: str) -> Row:
        one, other = self.one.measures[name], self.other.measures[name]
        found = self.differences.get(name)
        return {
            "measure": name,
            "one": one,
            "other": other,
            "difference": None if one is None or other is None else one - other,
            "floor": found.floor if found else None,
            "p": found.p if found else None,
            "better": MEASURES[name][0],
        }

    @property
    def fields(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "one": self.one.fields,
            "other": self.other.fields,
            "measures": self.rows,
            "tasks": self.tasks,
            "descriptive_only": self.is_descriptive,
            "covers_more": self.covers_more,
            "notes": list(self.notes),
        }

    def to_pandas(self) -> "pd.DataFrame":
        """The rows as a DataFrame; InputError where pandas is missing."""
        return frame(self.rows, list(self.rows[0]))

    @property
    def head(self) -> str:
        """What was compared."""
        return f"{self.one.name} and {self.other.name} in {many(self.tasks, 'common task')}"

    @property
    def verdict(self) -> str:
        """Which one covers more, in words."""
        if self.is_descriptive:
            least = CARD.thresholds.descriptive_below
            return f"Fewer than {least} tasks: descriptive only, nothing is said to differ."
        if not self.covers_more:
            return "Not proven that one of them covers more."
        name = getattr(self, self.covers_more).name
        return f"More is covered by the {_PLACES[self.covers_more]}, {name}."

    @visibly
    def __repr__(self) -> str:
        return f"<CoverageComparison of {self.head}>"

    @visibly
    def __str__(self) -> str:
        notes = [f"note: {each}" for each in self.notes]
        return "\n".join([self.head, grid(_HEADS, self._cells), self.verdict, *notes])

    def _repr_html_(self) -> str:
        rows = [[text(cell) for cell in row] for row in self._cells]
        notes = "".join(map(note, self.notes))
        return f"<p><b>{text(self.head)}</b></p>{table(_HEADS, rows)}{note(self.verdict)}{notes}"

    @property
    def _cells(self) -> list[list[str]]:
        return [_cells(row) for row in self.rows]


def _cells(row: Row) -> list[str]:
    name = row["measure"]
    values = [number(name, row[side]) for side in ("one", "other", "difference", "floor")]
    return [name, *values, number("p", row["p"]), row["better"]]
