"""Two simulators' coverage side by side, as a record: printed, in a notebook, as rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from usersim_opt.basics.figures import Interval, many
from usersim_opt.basics.frames import Row, frame
from usersim_opt.basics.layout import grid, note, table, text
from usersim_opt.realism.card import CARD
from usersim_opt.realism.coverage.shown import MEASURES, Coverage, number

if TYPE_CHECKING:
    import pandas as pd

_PLACES = {"one": "first", "other": "second"}
_HEADS = ("measure", "one", "other", "difference", "95 % interval", "better")


@dataclass(frozen=True, repr=False)
class CoverageComparison:
    """Two simulators side by side; a difference is the first less the second."""

    one: Coverage
    other: Coverage
    differences: Mapping[str, Interval]
    """Of the measures that can be resampled."""
    tasks: int
    notes: tuple[str, ...]

    @property
    def is_descriptive(self) -> bool:
        """Whether there are too few tasks to say that one covers more."""
        return self.tasks < CARD.thresholds.descriptive_below

    @property
    def covers_more(self) -> str:
        """`one` or `other`, by support coverage; empty where that is not proven."""
        bounds = self.differences["support_coverage"].bounds
        if self.is_descriptive or bounds is None or bounds[0] <= 0 <= bounds[1]:
            return ""
        return "one" if bounds[0] > 0 else "other"

    @property
    def rows(self) -> list[Row]:
        """A row for each measure: both values, difference, bounds."""
        return [self._row(name) for name in MEASURES]

    def _row(self, name: str) -> Row:
        one, other = self.one.measures[name], self.other.measures[name]
        interval = self.differences.get(name)
        low, high = (interval.bounds if interval else None) or (None, None)
        return {
            "measure": name,
            "one": one,
            "other": other,
            "difference": None if one is None or other is None else one - other,
            "low": low,
            "high": high,
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

    def __repr__(self) -> str:
        return f"<CoverageComparison of {self.head}>"

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
    bounds = [number(name, row[side]) for side in ("low", "high")]
    values = [number(name, row[side]) for side in ("one", "other", "difference")]
    return [name, *values, "-" if row["low"] is None else " to ".join(bounds), row["better"]]
