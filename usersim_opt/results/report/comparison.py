"""Base against finalist by family and dimension, with intervals and the scenarios that fail.

The interval of a pass rate is a t interval over tasks, as everywhere else; where a row has fewer
than three tasks, or tasks all alike, that has no width, and Wilson's interval over verdicts stands
there. It takes the verdicts of a task for independent and is too narrow for that.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from usersim_opt.measuring.by_dimension import Tally, by_dimension
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.results.reading import Reading
from usersim_opt.results.report import svg
from usersim_opt.results.report.wording import share, shares
from usersim_opt.scenarios.kinds import family_of, in_order

ALL = "all"
TICKS = (0, 25, 50, 75, 100)
HEIGHT, BASE_LINE, BEST_LINE = 26, 9, 17
"""Pixels of a row's figure, and of the two marks from its top."""
_SCALE = svg.Scale(0.0, 1.0)
_Tallies = Mapping[str, Tally]


@dataclass(frozen=True)
class ComparisonRow:
    """A family, a dimension or all criteria."""

    name: str
    base: Tally
    best: Tally
    plot: Markup

    @property
    def kind(self) -> str:
        """`all`, `family` or `dimension`: its class on the page."""
        if self.name == ALL:
            return ALL
        return "dimension" if "." in self.name else "family"

    @property
    def change(self) -> float | None:
        """Best minus base; None where one has no verdicts."""
        if self.base.pass_rate is None or self.best.pass_rate is None:
            return None
        return self.best.pass_rate - self.base.pass_rate


def comparison(reading: Reading) -> list[ComparisonRow]:
    """All criteria, then each family with its dimensions; empty where nothing was scored."""
    base = _tallies(reading, reading.base_outcomes)
    best = _tallies(reading, reading.best_outcomes)
    return [_row(name, base, best, rival=reading.rival) for name in _ordered({*base, *best})]


def axis() -> Markup:
    """The axis over the rows, in percent."""
    ticks = [svg.words(f"{tick} %", f"{tick}%", 12, kind="tick middle") for tick in TICKS]
    return svg.frame(ticks, height=16, label="percent")


def _tallies(reading: Reading, outcomes: Iterable[Outcome]) -> _Tallies:
    return by_dimension(outcomes, reading.record.scenarios, rows=_rows)


def _rows(dimension: str | None) -> tuple[str, ...]:
    """A criterion that the data do not know counts for `all` only."""
    return (ALL, family_of(dimension), dimension) if dimension else (ALL,)


def _ordered(names: set[str]) -> list[str]:
    """All criteria first, each family before its dimensions."""
    named = in_order(names - {ALL})
    return [ALL, *named] if ALL in names else named


def _row(name: str, base: _Tallies, best: _Tallies, *, rival: str) -> ComparisonRow:
    before, after = base.get(name, Tally()), best.get(name, Tally())
    label = _label({"base": before, rival: after})
    plot = svg.frame(_marks(before, after), height=HEIGHT, label=label)
    return ComparisonRow(name, before, after, plot)


def _label(sides: _Tallies) -> str:
    """The pass rates in words, by side."""
    return ", ".join(
        f"{side} {share(tally.pass_rate)}" for side, tally in sides.items() if tally.scored
    )


def _marks(base: Tally, best: Tally) -> Iterator[Markup]:
    """Both pass rates with their intervals, the base above the other."""
    for tick in TICKS:
        yield svg.upright(f"{tick}%", top=0, bottom=HEIGHT)
    yield _mark(base, BASE_LINE, shape=svg.DOT, kind="base")
    yield _mark(best, BEST_LINE, shape=svg.DIAMOND, kind="best")


def _mark(tally: Tally, y: float, *, shape: str, kind: str) -> Markup:
    """A pass rate with its interval; nothing where nothing was scored."""
    if not tally.scored:
        return Markup()
    rate = tally.interval
    title = f"{share(rate.mean)} {shares(rate)}"
    return svg.estimate(_SCALE, rate, y, shape=shape, kind=kind, title=title)
