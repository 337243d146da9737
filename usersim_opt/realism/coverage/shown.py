"""What coverage came to, as a record: printed, in a notebook, as rows."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from usersim_opt.basics.figures import many
from usersim_opt.basics.frames import Row, frame
from usersim_opt.basics.layout import grid, note, table, text
from usersim_opt.basics.showing import visibly

if TYPE_CHECKING:
    import pandas as pd

MEASURES: Mapping[str, tuple[str, str]] = {
    "support_coverage": ("higher", "share of the cube within the radius of a point"),
    "dispersion": ("lower", "largest empty ball"),
    "hull_volume": ("higher", "volume of the convex hull"),
    "mean_distance": ("higher", "mean distance of two points"),
    "least_distance": ("higher", "least distance of two points"),
    "divergence": ("lower", "from even populations, nats per dimension"),
    "chamfer": ("higher", "how near points and reference lie, 0 to 1"),
    "chamfer_by_task": ("higher", "the same within tasks, mean over tasks"),
}
"""By measure, which side is better, and what it is."""
HEADS = ("measure", "value", "better", "what it is")


@dataclass(frozen=True, repr=False)
class Coverage:
    """The measures of one set of points; None where the data or the installation cannot say."""

    name: str
    points: int
    dimensions: int
    support_coverage: float
    dispersion: float
    hull_volume: float | None
    mean_distance: float | None
    least_distance: float | None
    divergence: float
    chamfer: float | None
    chamfer_by_task: float | None
    radius: float
    """What counts as near: it covers 99 % of the cube for even populations of as many points."""
    sequence: str
    """What those populations are of: scrambled Sobol, or shifted R without scipy."""
    samples: int
    references: int
    notes: tuple[str, ...]

    @property
    def measures(self) -> dict[str, float | None]:
        """The measures by name."""
        return {name: getattr(self, name) for name in MEASURES}

    @property
    def fields(self) -> dict[str, Any]:
        """Everything as plain data."""
        return asdict(self) | {"notes": list(self.notes)}

    @property
    def rows(self) -> list[Row]:
        """A row for each measure: name, value, better, meaning."""
        return [
            {
                "measure": name,
                "value": value,
                "better": MEASURES[name][0],
                "what": MEASURES[name][1],
            }
            for name, value in self.measures.items()
        ]

    def to_pandas(self) -> "pd.DataFrame":
        """The rows as a DataFrame; InputError where pandas is missing."""
        return frame(self.rows, ["measure", "value", "better", "what"])

    @property
    def head(self) -> str:
        """What was measured."""
        size = f"{many(self.points, 'point')} in {many(self.dimensions, 'dimension')}"
        return f"{self.name}: {size}; radius {self.radius:.3f} ({self.sequence} populations)"

    @visibly
    def __repr__(self) -> str:
        return f"<Coverage of {self.head}>"

    @visibly
    def __str__(self) -> str:
        notes = [f"note: {each}" for each in self.notes]
        return "\n".join([self.head, grid(HEADS, self._cells), *notes])

    def _repr_html_(self) -> str:
        rows = [[text(cell) for cell in row] for row in self._cells]
        return (
            f"<p><b>{text(self.head)}</b></p>{table(HEADS, rows)}{''.join(map(note, self.notes))}"
        )

    @property
    def _cells(self) -> list[list[str]]:
        return [
            [name, number(name, value), *MEASURES[name]] for name, value in self.measures.items()
        ]


def number(name: str, value: float | None) -> str:
    """A measure as it is read: coverage in percent, volumes to three digits, a dash for None."""
    if value is None:
        return "-"
    if name == "support_coverage":
        return f"{100 * value:.1f} %"
    return f"{value:.3g}" if name == "hull_volume" else f"{value:.3f}"
