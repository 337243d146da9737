"""What all plots share: a figure without state, the Okabe-Ito colours, points with intervals, and the label of stand-ins."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import Interval
from usersim_opt.basics.text import visible
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
LABEL_WIDTH = 56


def record_of(source: RunRecord | OptimizationResult) -> RunRecord:
    """The record behind a result or record; InputError for anything else."""
    if isinstance(source, OptimizationResult):
        return source.record
    if isinstance(source, RunRecord):
        return source
    raise InputError(
        f"got a {type(source).__name__}; expected an OptimizationResult, or what read_record returns"
    )


def figure(*, width: float, height: float, offline: bool) -> "Figure":
    """An empty figure, inches; `offline` puts the label of the stand-ins at its foot. InputError where matplotlib is missing."""
    drawn: Figure = _figure_class()(
        figsize=(width, height), dpi=110, layout="constrained", facecolor="white"
    )
    if offline:
        drawn.supxlabel(
            OFFLINE, x=0.995, ha="right", fontsize=8, color=VERMILLION, fontstyle="italic"
        )
    return drawn


@lru_cache(maxsize=1)
def _figure_class() -> type[Any]:
    """Matplotlib's Figure, shown by notebooks that never heard of pyplot."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - an extra, loaded when it is used
        from matplotlib.figure import Figure  # noqa: PLC0415 - as above
    except ImportError as error:
        raise InputError(
            "plots need matplotlib, which is not installed; pip install -e .[plots]"
        ) from error
    from io import BytesIO  # noqa: PLC0415 - only the class below needs it

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


def title(axes: "Axes", says: str) -> None:
    """The finding over the axes, on the left."""
    axes.set_title(plain(says), loc="left", fontsize=11)


def plain(said: str) -> str:
    """A text that matplotlib takes as it is, on one line: nothing unseen, no mathematics."""
    return " ".join(visible(said).split()).replace("$", r"\$")


def quiet(axes: "Axes", *, grid: str) -> None:
    """Few lines: no box, a light grid along one axis."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis=grid, color="#DDDDDD", linewidth=0.7)  # type: ignore[arg-type]
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=9)


def below(axes: "Axes", *, columns: int) -> None:
    """The legend under the axes, where it hides nothing."""
    axes.legend(
        fontsize=8.5,
        frameon=False,
        loc="upper left",
        bbox_to_anchor=(0.0, -0.13),
        ncols=columns,
        handletextpad=0.4,
    )


def by_round(axes: "Axes") -> None:
    """Whole rounds along the lower axis."""
    axes.set_xlabel("round", loc="right")
    axes.locator_params(axis="x", integer=True, nbins=12)


def nothing(axes: "Axes", says: str) -> None:
    """Say in empty axes why they are empty."""
    axes.axis("off")
    axes.text(
        0.5, 0.5, plain(says), ha="center", va="center", fontsize=11, transform=axes.transAxes
    )


def across(
    axes: "Axes",
    rows: Sequence[float],
    values: Sequence[Interval | None],
    *,
    label: str = "",
    **style: Any,
) -> None:
    """Points with lying intervals in percent, one per row; None leaves a row out."""
    held = [(row, value) for row, value in zip(rows, values, strict=True) if value is not None]
    for row, value in held:
        if value.low is not None and value.high is not None:
            axes.plot(
                [100 * value.low, 100 * value.high],
                [row, row],
                color=style["color"],
                linewidth=1.6,
                zorder=2,
            )
    axes.plot(
        [100 * value.mean for _, value in held],
        [row for row, _ in held],
        linestyle="none",
        label=label or "_",
        zorder=3,
        **style,
    )
