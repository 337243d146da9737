"""Base against finalist by family and dimension, with intervals and the scenarios that fail.

The interval of a pass rate is a t interval over tasks, as everywhere else; where a row has fewer
than three tasks, or all tasks alike, that has no width, and Wilson's interval over verdicts stands
there. It takes the verdicts of a task for independent and is too narrow for that.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from usersim_opt.measuring.by_dimension import Tally, by_dimension
from usersim_opt.results.reading import Reading
from usersim_opt.results.report import svg
from usersim_opt.results.report.wording import share, shares
from usersim_opt.scenarios.kinds import family_of, in_order

ALL = "all"
TICKS = (0, 25, 50, 75, 100)
HEIGHT, BASE_LINE, BEST_LINE = 26, 9, 17
"""Pixels of a row's figure, and of the two marks from its top."""


@dataclass(frozen=True)
class ComparisonRow:
    """A family, a dimension or all criteria; `kind` is which of them."""

    name: str
    kind: str
    base: Tally
    best: Tally
    plot: Markup

    @property
    def change(self) -> float | None:
        """Best minus base; None where one has no verdicts."""
        if self.base.pass_rate is None or self.best.pass_rate is None:
            return None
        return self.best.pass_rate - self.base.pass_rate


def comparison(reading: Reading) -> list[ComparisonRow]:
    """All criteria, then each family with its dimensions; empty where nothing was scored."""
    base, best = (
        by_dimension(outcomes, reading.record.scenarios, rows=_rows)
        for outcomes in (reading.base_outcomes, reading.best_outcomes)
    )
    return [
        _row(name, base.get(name, Tally()), best.get(name, Tally()), rival=reading.rival)
        for name in _ordered({*base, *best})
    ]


def axis() -> Markup:
    """The axis over the rows, in percent."""
    ticks = [svg.words(f"{tick} %", f"{tick}%", 12, kind="tick middle") for tick in TICKS]
    return svg.frame(ticks, height=16, label="percent")


def _rows(dimension: str | None) -> tuple[str, ...]:
    """A criterion that the data do not know counts for `all` only."""
    return (ALL, family_of(dimension), dimension) if dimension else (ALL,)


def _ordered(names: Iterable[str]) -> list[str]:
    """All criteria first, each family before its dimensions."""
    named = set(names)
    return [ALL] * (ALL in named) + in_order(named - {ALL})


def _row(name: str, base: Tally, best: Tally, *, rival: str) -> ComparisonRow:
    kind = "dimension" if "." in name else ALL if name == ALL else "family"
    return ComparisonRow(name, kind, base, best, _plot({"base": base, rival: best}))


def _plot(tallies: Mapping[str, Tally]) -> Markup:
    """Both pass rates with their intervals, the base above the other."""
    scale = svg.Scale(0.0, 1.0)
    marks = [svg.upright(f"{tick}%", top=0, bottom=HEIGHT) for tick in TICKS]
    styles = ((BASE_LINE, svg.DOT, "base"), (BEST_LINE, svg.DIAMOND, "best"))
    scored = []
    for (name, tally), (y, shape, kind) in zip(tallies.items(), styles, strict=True):
        if tally.scored:
            rate = tally.interval
            title = f"{share(rate.mean)} {shares(rate)}"
            marks.append(svg.estimate(scale, rate, y, shape=shape, kind=kind, title=title))
            scored.append(f"{name} {share(rate.mean)}")
    return svg.frame(marks, height=HEIGHT, label=", ".join(scored))
