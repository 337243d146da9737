"""What each guidance piece is worth, as rows with an interval drawn beside the words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from usersim_opt.basics.figures import Interval
from usersim_opt.results.attribution import Attribution, PieceWorth
from usersim_opt.results.reading import Reading
from usersim_opt.results.report import svg
from usersim_opt.results.report.wording import change, changes, tick
from usersim_opt.scenarios.kinds import in_order

MOST_PIECES = 150


@dataclass(frozen=True)
class PieceRow:
    """One piece with its worth drawn; `inside` are the words for the prompts that it is in."""

    worth: PieceWorth
    plot: Markup
    families: Mapping[str, Markup]
    inside: str

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out zero."""
        return sure(self.worth.effect)


@dataclass(frozen=True)
class PieceTable:
    """The pieces, the worthiest first; `left_out` is the number of those that are not shown."""

    rows: Sequence[PieceRow]
    axis: Markup
    families: Sequence[str]
    left_out: int
    never: Sequence[str]
    """The words of pieces that no measured prompt had."""
    always: Sequence[str]
    """The words of pieces that every measured prompt had. Nothing was found out about either."""

    @property
    def shown(self) -> list[PieceRow]:
        """The rows of pieces that the seed or the winner has, or whose interval leaves out zero."""
        return [row for row in self.rows if row.inside != "tried" or row.sure]

    @property
    def folded(self) -> list[PieceRow]:
        """The other rows, which open on a click."""
        return [row for row in self.rows if row.inside == "tried" and not row.sure]


def piece_table(reading: Reading, model: Attribution | None) -> PieceTable | None:
    """The table; None without a model or without pieces."""
    if model is None or not model.pieces:
        return None
    compared = [worth for worth in model.pieces if worth.replies_with and worth.replies_without]
    shown = compared[:MOST_PIECES]
    families = in_order({family for worth in shown for family in worth.by_family})
    scale = svg.around([worth.effect for worth in shown], least=0.05)
    small = svg.around(
        [worth.by_family[f] for worth in shown for f in families if f in worth.by_family],
        least=0.05,
    )
    return PieceTable(
        rows=[_row(reading, worth, scale=scale, small=small) for worth in shown],
        axis=_axis(scale),
        families=families,
        left_out=len(compared) - len(shown),
        never=[worth.words for worth in model.pieces if not worth.replies_with],
        always=[
            worth.words
            for worth in model.pieces
            if worth.replies_with and not worth.replies_without
        ],
    )


def sure(interval: Interval) -> bool:
    """Whether the interval leaves out zero."""
    return (
        interval.low is not None
        and interval.high is not None
        and (interval.low > 0 or interval.high < 0)
    )


def _row(reading: Reading, worth: PieceWorth, *, scale: svg.Scale, small: svg.Scale) -> PieceRow:
    kind = "sure" if sure(worth.effect) else "unsure"
    marks = [
        svg.upright(scale.at(0), top=0, bottom=26, kind="zero"),
        svg.estimate(scale, worth.effect, 13, shape=svg.DOT, kind=kind),
    ]
    plot = svg.frame(marks, height=26, label=_told(worth.effect))
    families = {family: _small(interval, small) for family, interval in worth.by_family.items()}
    return PieceRow(worth, plot, families, _inside(reading, worth.id))


def _small(interval: Interval, scale: svg.Scale) -> Markup:
    kind = "sure" if sure(interval) else "unsure"
    marks = [
        svg.upright(scale.at(0), top=0, bottom=12, kind="zero"),
        svg.estimate(scale, interval, 6, shape=svg.DOT, kind=f"{kind} small"),
    ]
    return svg.frame(marks, height=12, label=_told(interval))


def _axis(scale: svg.Scale) -> Markup:
    marks = [
        svg.words(tick(place), scale.at(place), 12, kind="tick middle") for place in scale.ticks()
    ]
    return svg.frame(marks, height=16, label="percentage points")


def _told(interval: Interval) -> str:
    return f"{change(interval.mean)} points {changes(interval.low, interval.high)}"


def _inside(reading: Reading, piece: str) -> str:
    """In the seed, in the best version, in both, or in neither."""
    within = [
        version is not None and piece in reading.pieces_of[version.id]
        for version in (reading.seed, reading.finalist)
    ]
    if not reading.found_better:
        return "kept" if within[0] else "tried"
    return {
        (True, True): "kept",
        (True, False): "dropped",
        (False, True): "added",
        (False, False): "tried",
    }[(within[0], within[1])]
