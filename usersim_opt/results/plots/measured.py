"""What was measured: two prompts by dimension, the worth of pieces, and the unbeaten versions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from textwrap import wrap
from typing import TYPE_CHECKING

from usersim_opt.basics.arguments import Count, checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import Interval
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.pairs import paired_difference
from usersim_opt.results.attribution import PieceWorth
from usersim_opt.results.plots.canvas import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    VERMILLION,
    Mark,
    Place,
    Row,
    Run,
    across,
    beside,
    dots,
    empty,
    figure,
    percent,
    plain,
    quiet,
    reading_of,
    title,
)
from usersim_opt.results.reading import Reading
from usersim_opt.results.standings import Standings, common_families

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_Worths = Sequence[PieceWorth]
_SHIFT = 0.13
"""How far from the middle of a row the points of the two prompts stand."""
_LABEL_WIDTH = 56
"""Characters of a piece on one line."""
_EMPTY_HEIGHT = 2.2
"""Inches of a figure that only says why it is empty."""
_NO_WORTH = "no reply has been scored yet, so no piece has a worth"
_NO_RATE = "no reply has been scored yet, so no version has a rate"
_HELPS = Mark("o", GREEN, "helps:\ninterval above 0")
_OPEN = Mark("s", GREY, "not decided")
_HARMS = Mark("X", VERMILLION, "harms:\ninterval below 0")
_UNBEATEN = Mark("D", GREEN)
_BEATEN = Mark("o", ORANGE)
_TICK = Mark("|", GREY)
_MOST_VERSIONS, _FEWEST_VERSIONS = 9, 4


# -- two prompts by dimension ----------------------------------------------------------------------


@dataclass(frozen=True)
class _Compared:
    """A dimension that was scored under both prompts, on a row of the figure."""

    name: str
    row: float
    old: Interval
    new: Interval

    @property
    def band(self) -> list[float]:
        """The old and the new rate in percent."""
        return [percent(self.old.mean), percent(self.new.mean)]


@checks_arguments
def dimensions(
    old: Evaluation, new: Evaluation, *, names: tuple[str, str] = ("old", "new")
) -> "Figure":
    """Pass rate by dimension of two prompts, with intervals over tasks.

    InputError where no dimension was scored under both.
    """
    _check_evaluations(old, new)
    compared = _compared(old, new)
    height = 1.4 + 0.3 * len(compared)
    drawn = figure(width=8.5, height=height, offline=old.offline or new.offline)
    axes = drawn.subplots()
    _draw_compared(axes, compared, names)
    _percent_of_dimensions(axes, compared)
    gain = paired_difference(old.outcomes, new.outcomes).gain
    title(axes, f"{names[1]} against {names[0]}: {gain}")
    return drawn


def _check_evaluations(*sides: Evaluation) -> None:
    for side in sides:
        if not isinstance(side, Evaluation):
            raise InputError(
                f"got a {type(side).__name__}; expected two Evaluations, such as "
                "result.base_smoke and result.best_smoke"
            )


def _compared(old: Evaluation, new: Evaluation) -> list[_Compared]:
    """The dimensions that both have, from top to bottom; InputError where there is none."""
    before, after = old.by_dimension, new.by_dimension
    shared = [name for name in before if name in after]
    if not shared:
        raise InputError(
            "no dimension was scored in both evaluations; expected two evaluations on the same "
            "scenarios"
        )
    return [
        _Compared(name, float(-place), before[name].interval, after[name].interval)
        for place, name in enumerate(shared)
    ]


def _draw_compared(axes: "Axes", compared: Sequence[_Compared], names: tuple[str, str]) -> None:
    """A band from the old rate to the new one, and both rates with their intervals."""
    for one in compared:
        _draw_band(axes, one)
    before = [(one.row + _SHIFT, one.old) for one in compared]
    after = [(one.row - _SHIFT, one.new) for one in compared]
    across(axes, before, Mark("s", ORANGE, plain(names[0])), size=5.5)
    across(axes, after, Mark("o", BLUE, plain(names[1])), size=5.5)


def _draw_band(axes: "Axes", one: _Compared) -> None:
    ends, row = one.band, [one.row, one.row]
    axes.plot(ends, row, color="#CCCCCC", linewidth=3, zorder=1, solid_capstyle="butt")


def _percent_of_dimensions(axes: "Axes", compared: Sequence[_Compared]) -> None:
    """The axes of the rows and of the pass rates, with the legend."""
    axes.set_yticks([one.row for one in compared], [one.name for one in compared])
    axes.set_xlabel("criteria passed (%)")
    axes.set_xlim(-2, 102)
    axes.set_ylim(compared[-1].row - 0.6, 0.6)
    quiet(axes, grid="x")
    beside(axes, size=9)


# -- the worth of pieces ---------------------------------------------------------------------------


@checks_arguments
def pieces(source: Run, *, most: Count = 16) -> "Figure":
    """What each guidance piece adds to the pass rate, with 95 % credible intervals.

    Of more than `most` pieces those that count most, either way.
    """
    reading = reading_of(source)
    offline = reading.record.offline
    worths = reading.worths.pieces if reading.worths else ()
    if not worths:
        return empty(_NO_WORTH, height=_EMPTY_HEIGHT, offline=offline)
    strongest = _strongest(worths, max(1, most))
    drawn = figure(height=1.5 + 0.36 * len(strongest), offline=offline)
    axes = drawn.subplots()
    _draw_worths(axes, strongest)
    beside(axes, size=8)
    title(axes, f"{_tally(worths)}; {len(strongest)} shown")
    return drawn


def _strongest(worths: _Worths, most: int) -> list[PieceWorth]:
    """The pieces whose effect is largest, whatever its sign, in the order given."""
    by_size = sorted(worths, key=_size, reverse=True)
    chosen = {worth.id for worth in by_size[:most]}
    return [worth for worth in worths if worth.id in chosen]


def _size(worth: PieceWorth) -> float:
    return abs(worth.effect.mean)


def _draw_worths(axes: "Axes", worths: _Worths) -> None:
    """A row for each piece, marked by what its interval says."""
    for mark in (_HELPS, _OPEN, _HARMS):
        rows = _rows_of(mark, worths)
        if rows:
            across(axes, rows, mark, size=6)
    axes.axvline(0, color="#444444", linewidth=1)
    axes.set_xlabel("worth of the piece (points of pass rate)")
    _name_pieces(axes, worths)
    quiet(axes, grid="x")


def _rows_of(mark: Mark, worths: _Worths) -> list[Row]:
    """The effects of the pieces with a mark, on the rows of all pieces."""
    return [
        (float(-place), worth.effect)
        for place, worth in enumerate(worths)
        if _mark_of(worth) == mark
    ]


def _name_pieces(axes: "Axes", worths: _Worths) -> None:
    rows = [float(-place) for place in range(len(worths))]
    axes.set_yticks(rows, [_wrapped(worth.words) for worth in worths], fontsize=8)


def _mark_of(worth: PieceWorth) -> Mark:
    """By what the interval says of the piece."""
    # A bound that is missing decides nothing.
    if (worth.effect.low or 0) > 0:
        return _HELPS
    return _HARMS if (worth.effect.high or 0) < 0 else _OPEN


def _tally(worths: _Worths) -> str:
    """How many of all pieces help and how many harm."""
    marks = [_mark_of(worth) for worth in worths]
    helping, harming = marks.count(_HELPS), marks.count(_HARMS)
    return f"{helping} of {len(worths)} pieces help, {harming} harm"


def _wrapped(words: str) -> str:
    """A piece in two lines at most."""
    return "\n".join(wrap(plain(words), _LABEL_WIDTH, max_lines=2, placeholder=" \u2026"))


# -- the unbeaten versions -------------------------------------------------------------------------


@checks_arguments
def pareto(source: Run) -> "Figure":
    """Expected pass rate by family of the versions that no other beats in all families.

    The beaten versions are ticks at the foot. Rates are the additive model's on all scenarios alike
    (standings.py), so versions measured on other scenarios compare.
    """
    field = _Field.of(reading_of(source))
    offline = field.reading.record.offline
    if not field.families:
        return empty(_NO_RATE, height=_EMPTY_HEIGHT, offline=offline)
    width = 2.6 + 1.9 * len(field.families)
    height = 1.7 + 0.32 * (len(field.rows) + 1)
    drawn = figure(width=width, height=height, offline=offline)
    _draw_field(drawn, field)
    drawn.suptitle(plain(field.finding), fontsize=11, x=0.01, ha="left")
    return drawn


@dataclass(frozen=True)
class _Field:
    """The versions of a run, those that no other beats and the rest."""

    reading: Reading
    standings: Standings
    families: Sequence[str]
    """The families in which every version has a rate."""

    @classmethod
    def of(cls, reading: Reading) -> "_Field":
        # The replies of versions and scenarios that the folder no longer knows cannot be fitted.
        standings = Standings.of(replace(reading.record, outcomes=reading.readable))
        return cls(reading, standings, common_families(standings.rates))

    @cached_property
    def unbeaten(self) -> list[str]:
        """The ids of the versions on the front, the best first."""
        return self._best_first([version.id for version in self.standings.front])

    @cached_property
    def beaten(self) -> list[str]:
        """The ids of the others, the best first."""
        rates = self.standings.rates
        return self._best_first([name for name in rates if name not in self.unbeaten])

    def _best_first(self, versions: Sequence[str]) -> list[str]:
        return sorted(versions, key=self._total, reverse=True)

    def _total(self, version: str) -> float:
        """The sum of the rates over the families: what orders the rows, and nothing else."""
        rates = self.standings.rates[version]
        return sum(rates[family] for family in self.families)

    @cached_property
    def rows(self) -> list[str]:
        """The versions with a row: as much of the front as there is room for, then seed and last.

        A short front is filled up with the best of the beaten ones, so that it can be compared.
        """
        front = self.unbeaten[:_MOST_VERSIONS]
        fill = self.beaten[: max(0, _FEWEST_VERSIONS - len(self.unbeaten))]
        before_the_ends = [version for version in fill if version not in self._ends]
        return list(dict.fromkeys([*front, *before_the_ends, *self._ends]))

    @property
    def _ends(self) -> list[str]:
        """The last incumbent and the seed, as far as they have rates."""
        promoted = [promotion.version for promotion in self.reading.promotions]
        ends = dict.fromkeys([*promoted[-1:], *promoted[:1]])
        return [version for version in ends if version in self.standings.rates]

    def points(self, family: str, *, beaten: bool) -> list[Row]:
        """The rates in one family on their rows: of the beaten versions, or of the others."""
        rates = self.standings.families
        return [
            (float(-place), rates[version][family].within(0.0, 1.0))
            for place, version in enumerate(self.rows)
            if (version in self.beaten) == beaten
        ]

    def foot(self, family: str) -> list[Place]:
        """The rates of all beaten versions in one family, on one line under the rows."""
        rates = [self.standings.rates[version][family] for version in self.beaten]
        return [(percent(min(1.0, rate)), -len(self.rows)) for rate in rates]

    def label(self, version: str) -> str:
        """The id, and what the version is to the run."""
        beaten = "" if version in self.unbeaten else " (beaten)"
        return plain(f"{version}{self._role(version)}{beaten}")

    def _role(self, version: str) -> str:
        promotions = self.reading.promotions
        if version == promotions[0].version:
            return ", the seed"
        if version == promotions[-1].version:
            return ", the last incumbent"
        return ""

    @property
    def finding(self) -> str:
        """How many versions no other beats."""
        front = len(self.unbeaten)
        more = f", {_MOST_VERSIONS} of them shown" if front > _MOST_VERSIONS else ""
        of = f"{front} of {len(self.standings.rates)} versions"
        return f"{of} are beaten by no other in all families (diamonds{more})"


def _draw_field(drawn: "Figure", field: _Field) -> None:
    """A panel for each family; all have the same rows."""
    panels = _panels(drawn, len(field.families))
    for family, axes in zip(field.families, panels, strict=True):
        _draw_family(axes, field, family)
    _name_rows(panels[0], field)


def _panels(drawn: "Figure", number: int) -> Sequence["Axes"]:
    """Axes beside each other with one axis of rows."""
    panels: Sequence[Axes] = drawn.subplots(1, number, sharey=True, squeeze=False)[0]
    return panels


def _draw_family(axes: "Axes", field: _Field, family: str) -> None:
    """The rates in one family: a row for each version, and the beaten ones at the foot."""
    across(axes, field.points(family, beaten=False), _UNBEATEN, size=5.5)
    across(axes, field.points(family, beaten=True), _BEATEN, size=5.5)
    dots(axes, field.foot(family), _TICK, size=9, zorder=2)
    axes.set_title(family.replace("_", " "), fontsize=9)
    axes.set_xlabel("passed (%)", fontsize=9)
    quiet(axes, grid="x")


def _name_rows(axes: "Axes", field: _Field) -> None:
    """The versions on the axis of the first panel, which all share."""
    labels = [field.label(version) for version in field.rows]
    foot = f"{len(field.beaten)} beaten"
    axes.set_yticks([-place for place in range(len(labels) + 1)], [*labels, foot])
    axes.set_ylim(-len(labels) - 0.6, 0.6)
