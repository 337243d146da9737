"""What each guidance piece is worth, as rows with an interval drawn beside the words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from usersim_opt.basics.figures import Interval
from usersim_opt.results.attribution import Attribution, PieceWorth
from usersim_opt.results.reading import Reading
from usersim_opt.results.report import svg
from usersim_opt.results.versions import Version
from usersim_opt.scenarios.kinds import in_order

MOST_PIECES = 150
_Worths = Sequence[PieceWorth]
_LEAST = 0.05
"""Least reach of the axes, as a share: below it noise would fill the width."""
_PLACE = {
    (True, True): "kept",
    (True, False): "dropped",
    (False, True): "added",
    (False, False): "tried",
}
"""The class of a piece by whether the seed and the finalist have it."""


@dataclass(frozen=True)
class PieceRow:
    """One piece with its worth drawn; `inside` is the class for the prompts that it is in."""

    worth: PieceWorth
    plot: Markup
    families: Mapping[str, Markup]
    inside: str

    @property
    def telling(self) -> bool:
        """Whether seed or finalist have the piece, or its interval leaves out zero."""
        return self.inside != "tried" or sure(self.worth.effect)


@dataclass(frozen=True)
class PieceTable:
    """The pieces, the worthiest first; `left_out` is the number of those without a row."""

    rows: Sequence[PieceRow]
    axis: Markup
    families: Sequence[str]
    left_out: int
    never: Sequence[str]
    """The words of pieces that no measured prompt had."""
    always: Sequence[str]
    """The words of pieces that every measured prompt had: nothing says what either is worth."""

    @property
    def telling(self) -> list[PieceRow]:
        """The rows that stand open."""
        return [row for row in self.rows if row.telling]

    @property
    def folded(self) -> list[PieceRow]:
        """The other rows, which open on a click."""
        return [row for row in self.rows if not row.telling]


@dataclass(frozen=True)
class _Scales:
    """The axes of the worth on all criteria, and of the worths by family."""

    all: svg.Scale
    family: svg.Scale

    @classmethod
    def of(cls, worths: _Worths) -> "_Scales":
        effects = [worth.effect for worth in worths]
        by_family = [interval for worth in worths for interval in worth.by_family.values()]
        return cls(svg.around(effects, least=_LEAST), svg.around(by_family, least=_LEAST))


def piece_table(reading: Reading) -> PieceTable | None:
    """The table; None where nothing can be read off the replies, or there are no pieces."""
    model = reading.worths
    if model is None or not model.pieces:
        return None
    compared = _compared(model)
    first = compared[:MOST_PIECES]
    scales = _Scales.of(first)
    return PieceTable(
        rows=[_row(reading, worth, scales) for worth in first],
        axis=svg.axis_of_points(scales.all),
        families=_families(first),
        left_out=len(compared) - len(first),
        never=_words_never_in(model),
        always=_words_always_in(model),
    )


def _compared(model: Attribution) -> _Worths:
    """The pieces that some measured prompts had and others had not."""
    return [worth for worth in model.pieces if worth.replies_with and worth.replies_without]


def _families(worths: _Worths) -> list[str]:
    return in_order({family for worth in worths for family in worth.by_family})


def _words_never_in(model: Attribution) -> list[str]:
    return [worth.words for worth in model.pieces if not worth.replies_with]


def _words_always_in(model: Attribution) -> list[str]:
    measured = [worth for worth in model.pieces if worth.replies_with]
    return [worth.words for worth in measured if not worth.replies_without]


def sure(interval: Interval) -> bool:
    """Whether the interval leaves out zero."""
    low, high = interval.low, interval.high
    if low is None or high is None:
        return False
    return low > 0 or high < 0


def _row(reading: Reading, worth: PieceWorth, scales: _Scales) -> PieceRow:
    families = {
        family: _small_plot(effect, scales.family) for family, effect in worth.by_family.items()
    }
    plot = _plot(worth.effect, scales.all)
    return PieceRow(worth, plot, families, _inside(reading, worth.id))


def _plot(effect: Interval, scale: svg.Scale) -> Markup:
    return svg.difference(scale, effect, height=26, shape=svg.DOT, kind=_kind(effect))


def _small_plot(effect: Interval, scale: svg.Scale) -> Markup:
    kind = f"{_kind(effect)} small"
    return svg.difference(scale, effect, height=12, shape=svg.DOT, kind=kind)


def _kind(interval: Interval) -> str:
    """The class of the marks."""
    return "sure" if sure(interval) else "unsure"


def _inside(reading: Reading, piece: str) -> str:
    """In the seed, in the finalist, in both, or in neither."""
    in_seed = _has(reading, reading.seed, piece)
    return _PLACE[in_seed, _has(reading, reading.finalist, piece)]


def _has(reading: Reading, version: Version | None, piece: str) -> bool:
    return version is not None and piece in reading.pieces_of[version.id]
