"""What all plots share: a figure without state, the Okabe-Ito colours, points with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import Interval
from usersim_opt.basics.text import visible
from usersim_opt.results.reading import Reading
from usersim_opt.results.record import RunRecord
from usersim_opt.results.result import OptimizationResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ORANGE, SKY, GREEN, BLUE, VERMILLION, PURPLE = (
    "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7",
)  # fmt: skip
GREY = "#8C8C8C"
COLOURS = {
    "orange": ORANGE,
    "sky": SKY,
    "green": GREEN,
    "blue": BLUE,
    "vermillion": VERMILLION,
    "purple": PURPLE,
    "grey": GREY,
}
"""The colours by the names that rules.yaml uses."""
OFFLINE = "offline stand-in models"
WIDTH = 9.5
"""Inches of a figure."""
Place = tuple[float, float]
"""A point in the units of the axes."""
Row = tuple[float, Interval]
"""The place of a row, and what was estimated there."""
Run = OptimizationResult | RunRecord
"""What the plots of a run take."""


@dataclass(frozen=True)
class Mark:
    """What one kind of point looks like, and what the legend calls it."""

    marker: str
    colour: str
    legend: str = ""
    """Empty for a kind that has no entry."""


def reading_of(source: Run) -> Reading:
    """The reading of a result or record; InputError for anything else."""
    if isinstance(source, OptimizationResult):
        return source.reading
    if isinstance(source, RunRecord):
        return Reading(source)
    raise InputError(
        f"got a {type(source).__name__}; expected an OptimizationResult, "
        "or what read_record returns"
    )


def figure(*, width: float = WIDTH, height: float, offline: bool) -> "Figure":
    """An empty figure, in inches; `offline` puts the label of the stand-ins at its foot.

    InputError where matplotlib is missing.
    """
    figure_class = _figure_class()
    drawn: Figure = figure_class(
        figsize=(width, height), dpi=110, layout="constrained", facecolor="white"
    )
    if offline:
        _label_stand_ins(drawn)
    return drawn


def _label_stand_ins(drawn: "Figure") -> None:
    drawn.supxlabel(OFFLINE, x=0.995, ha="right", fontsize=8, color=VERMILLION, fontstyle="italic")


@lru_cache(maxsize=1)
def _figure_class() -> type[Any]:
    """A Figure that a notebook shows although pyplot, which keeps state, is never loaded."""
    try:
        # An extra, loaded when it is used.
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
        from matplotlib.figure import Figure  # noqa: PLC0415 - as above
    except ImportError as error:
        raise InputError(
            "plots need matplotlib, which is not installed; pip install matplotlib"
        ) from error

    class ShownFigure(Figure):
        """A figure on an Agg canvas that gives itself as PNG."""

        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            FigureCanvasAgg(self)

        def _repr_png_(self) -> bytes:
            file = BytesIO()
            self.savefig(file, format="png")
            return file.getvalue()

    return ShownFigure


def empty(why: str, *, height: float, offline: bool) -> "Figure":
    """A figure that says in words why it shows nothing."""
    drawn = figure(height=height, offline=offline)
    axes = drawn.subplots()
    axes.axis("off")
    axes.text(0.5, 0.5, plain(why), ha="center", va="center", fontsize=11, transform=axes.transAxes)
    return drawn


def title(axes: "Axes", text: str) -> None:
    """The finding over the axes, on the left."""
    axes.set_title(plain(text), loc="left", fontsize=11)


def plain(text: str) -> str:
    """A text that matplotlib takes as it is, on one line: nothing unseen, no mathematics."""
    return " ".join(visible(text).split()).replace("$", r"\$")


def quiet(axes: "Axes", *, grid: str) -> None:
    """Few lines: no box, a light grid along one axis."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis=grid, color="#DDDDDD", linewidth=0.7)  # type: ignore[arg-type]
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=9)


def beside(axes: "Axes", *, size: float) -> None:
    """The legend to the right of the axes."""
    axes.legend(fontsize=size, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def by_round(axes: "Axes", *, label: str) -> None:
    """Whole rounds along the lower axis, `label` at the other one, and the legend under both."""
    quiet(axes, grid="y")
    axes.set_xlabel("round", loc="right")
    axes.locator_params(axis="x", integer=True, nbins=12)
    axes.set_ylabel(label)
    _legend_below(axes)


def _legend_below(axes: "Axes") -> None:
    """The legend under the axes, where it hides nothing."""
    axes.legend(
        fontsize=8.5,
        frameon=False,
        loc="upper left",
        bbox_to_anchor=(0.0, -0.13),
        ncols=3,
        handletextpad=0.4,
    )


def percent(share: float) -> float:
    """A share in the unit of the axes."""
    return 100 * share


def bounds(value: Interval) -> list[float] | None:
    """Both ends of an interval in percent; None where there are none."""
    if value.low is None or value.high is None:
        return None
    return [percent(value.low), percent(value.high)]


def upright(axes: "Axes", place: float, share: Interval, **line: Any) -> None:
    """The interval of a share as an upright line, cut at 0 and 100 %."""
    ends = bounds(share.within(0.0, 1.0))
    if ends:
        axes.plot([place, place], ends, **line)


def across(axes: "Axes", rows: Sequence[Row], mark: Mark, *, size: float) -> None:
    """Points with lying intervals in percent."""
    for row, value in rows:
        _line_across(axes, row, value, colour=mark.colour)
    dots(axes, [(percent(value.mean), row) for row, value in rows], mark, size=size)


def _line_across(axes: "Axes", row: float, value: Interval, *, colour: str) -> None:
    ends = bounds(value)
    if ends:
        axes.plot(ends, [row, row], color=colour, linewidth=1.6, zorder=2)


def dots(
    axes: "Axes", places: Sequence[Place], mark: Mark, *, size: float, zorder: float = 3
) -> None:
    """Points of one kind, without a line between them."""
    axes.plot(
        [x for x, _ in places],
        [y for _, y in places],
        mark.marker,
        color=mark.colour,
        markersize=size,
        label=mark.legend or "_",
        zorder=zorder,
    )
