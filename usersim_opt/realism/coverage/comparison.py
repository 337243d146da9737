"""Which of two simulators covers more: a paired bootstrap over tasks.

Both are taken in the tasks that both have. Tasks are drawn with replacement, with all conversations
of both simulators; the percentiles are moved until their mean is the observed difference, because a
drawn set has fewer different points than the observed one. The interval is over tasks, with the
reference as it is.

Not covered: intervals of dispersion, least distance and hull volume. They are extremes, for which
resampling gives wrong ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import Interval, many
from usersim_opt.basics.frames import Row, frame
from usersim_opt.basics.layout import grid, note, some, table, text
from usersim_opt.realism.card import CARD
from usersim_opt.realism.coverage.distances import between, pairwise
from usersim_opt.realism.coverage.measured import measured_population
from usersim_opt.realism.coverage.measures import scored, z_scored
from usersim_opt.realism.coverage.population import Bounds, Population, population_of
from usersim_opt.realism.coverage.quasi_random import REFERENCES, SAMPLES, radius, uniform
from usersim_opt.realism.coverage.shown import MEASURES, Coverage, number
from usersim_opt.realism.resampling import LEAST_TASKS, task_weights
from usersim_opt.realism.rows import Array

if TYPE_CHECKING:
    import pandas as pd

DRAWS = 400
_BOUNDS = (2.5, 97.5)
RESAMPLED = ("support_coverage", "mean_distance", "chamfer")
"""The measures whose difference has an interval."""
_HEADS = ("measure", "one", "other", "difference", "95 % interval", "better")


@dataclass(frozen=True, repr=False)
class CoverageComparison:
    """Two simulators side by side; a difference is the first less the second."""

    one: Coverage
    other: Coverage
    differences: dict[str, Interval]
    """Of the measures that can be resampled."""
    tasks: int
    notes: tuple[str, ...]

    @property
    def is_descriptive(self) -> bool:
        """Whether there are too few tasks to say that one covers more."""
        return self.tasks < CARD.thresholds.descriptive_below

    @property
    def covers_more(self) -> str:
        """The name of the one with the larger support coverage; empty where that is not proven."""
        bounds = self.differences["support_coverage"].bounds
        if self.is_descriptive or bounds is None or bounds[0] <= 0 <= bounds[1]:
            return ""
        return self.one.name if bounds[0] > 0 else self.other.name

    @property
    def rows(self) -> list[Row]:
        """A row for each measure: both values, difference, bounds."""
        return [self._row(name) for name in MEASURES]

    def _row(self, name: str) -> Row:
        values = self.one.measures[name], self.other.measures[name]
        difference = None if None in values else float(np.subtract(*values))
        interval = self.differences.get(name)
        low, high = (interval.bounds if interval else None) or (None, None)
        row = {"measure": name, "one": values[0], "other": values[1], "difference": difference}
        return row | {"low": low, "high": high, "better": MEASURES[name][0]}

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
        more = self.covers_more
        return f"{more} covers more." if more else "Not proven that one of them covers more."

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


def compare_coverage(
    one: Any,
    other: Any,
    *,
    reference: Any = None,
    features: str | Sequence[str] = "published",
    bounds: Bounds | None = None,
    reference_source: str = "llm",
    samples: int = SAMPLES,
    references: int = REFERENCES,
) -> CoverageComparison:
    """Two simulators' conversations side by side, in the tasks that both have.

    Arguments as for `coverage_of`. Both are held to the radius of the larger set. InputError where
    no task is common.
    """
    first = population_of(one, features=features, bounds=bounds, name="one")
    second = population_of(other, features=features, bounds=bounds, name="other")
    tasks = sorted(set(first.tasks) & set(second.tasks))
    if not tasks:
        raise InputError(
            f"no task is common: one has {some(sorted(set(first.tasks)))}, the other "
            f"{some(sorted(set(second.tasks)))}; expected conversations about the same tasks"
        )
    people = None
    if reference is not None:
        people = population_of(
            reference, features=features, bounds=bounds, source=reference_source, name="reference"
        )
    sides = first.of_tasks(tasks), second.of_tasks(tasks)
    measured = [
        measured_population(side, people, samples=samples, references=references) for side in sides
    ]
    counts = [len(side.tasks) for side in sides]
    reach = radius(max(counts), first.values.shape[1], samples=samples, references=references)
    drawn = [_drawn(side, people, tasks, reach, samples) for side in sides]
    return CoverageComparison(
        *measured,
        differences={name: _interval(drawn[0][name] - drawn[1][name]) for name in drawn[0]},
        tasks=len(tasks),
        notes=tuple(_notes(counts)),
    )


def _notes(counts: Sequence[int]) -> list[str]:
    if counts[0] == counts[1]:
        return []
    return [
        f"{counts[0]} conversations beside {counts[1]}: more points cover more by themselves; the "
        "interval of support coverage has both at the radius of the larger set"
    ]


def _drawn(
    side: Population, people: Population | None, tasks: Sequence[str], reach: float, samples: int
) -> dict[str, Array]:
    """The measures of a side: first as they are, then with tasks drawn."""
    weights = task_weights(tasks, draws=DRAWS).values
    members = [[n for n, task in enumerate(side.tasks) if task == each] for each in tasks]
    drawn = {
        "support_coverage": _support(side.unit, members, weights, reach=reach, samples=samples),
        "mean_distance": _mean_distance(side.unit, members, weights),
    }
    if people is not None:
        drawn["chamfer"] = _chamfer(side.values, people.values, members, weights)
    return drawn


Members = Sequence[Sequence[int]]
"""The rows of each task."""


def _support(
    points: Array, members: Members, weights: Array, *, reach: float, samples: int
) -> Array:
    asked = uniform(samples, points.shape[1])
    near = [(between(points[rows], asked) <= reach).any(axis=0) for rows in members]
    covered = np.array(near, dtype=np.float32)
    shares = [(np.float32(line > 0) @ covered > 0).mean() for line in weights]
    return np.array(shares)


def _mean_distance(points: Array, members: Members, weights: Array) -> Array:
    """The mean over pairs of two conversations; one that is drawn twice is a pair at 0."""
    sums = between(points, points)
    by_task = np.array([[sums[np.ix_(a, b)].sum() for b in members] for a in members])
    counts = weights @ np.array([len(rows) for rows in members])
    total = np.einsum("dt,ts,ds->d", weights, by_task, weights)
    means: Array = total / np.maximum(counts * (counts - 1), 1)
    return means


def _chamfer(points: Array, people: Array, members: Members, weights: Array) -> Array:
    scaled = z_scored(people, people)
    gaps = between(z_scored(points, people), scaled)
    spread = float(pairwise(scaled).mean()) if len(people) > 1 else 0.0
    to_people = np.array([gaps[rows].min(axis=1).sum() for rows in members])
    counts = np.array([len(rows) for rows in members])
    to_points = np.array([gaps[rows].min(axis=0) for rows in members])
    errors = weights @ to_people / (weights @ counts)
    errors += [to_points[line > 0].min(axis=0).mean() for line in weights]
    return np.array([scored(float(error), spread) for error in errors])


def _interval(values: Array) -> Interval:
    """The 95 % interval of a difference whose first value is the observed one."""
    observed, resampled = float(values[0]), values[1:]
    if len(resampled) < LEAST_TASKS:
        return Interval(observed, None, None)
    low, high = np.percentile(resampled, _BOUNDS) - resampled.mean() + observed
    return Interval(observed, float(low), float(high))
