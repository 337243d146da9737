"""The pass rate over the rounds of the search, and what was decided in each."""

from collections.abc import Sequence

from markupsafe import Markup

from usersim_opt.evaluation import many
from usersim_opt.report import svg
from usersim_opt.report.reading import Reading, Round, rate, scored
from usersim_opt.report.wording import name, share
from usersim_opt.schema import Outcome
from usersim_opt.statistics import Interval

HEIGHT, TOP, BOTTOM = 300, 34, 270
"""Pixels of the figure, and of the lines for 100 % and 0 % in it."""


def progress(reading: Reading) -> Markup | None:
    """The figure; None where no round has a scored reply."""
    rounds = reading.rounds
    rates = [rate(outcomes) for step in rounds for outcomes in step.measured.values()]
    seen = [r.mean for r in rates if r]
    if not seen:
        return None
    low = max(0.0, 0.1 * int(10 * (min(seen) - 0.03)))
    x, y = svg.Scale(rounds[0].number - 0.6, rounds[-1].number + 0.6), _Upwards(low, 1.0)
    marks = [*_grid(x, y), *_held(reading, x)]
    for kind in ("other", "incumbent", "seed"):
        marks += [mark for step in rounds for mark in _points(reading, step, kind, x=x, y=y)]
    marks += [_ruling(step, x) for step in rounds if step.decisions]
    label = f"Pass rate over {many(len(rounds), 'round')} of the search; the table of decisions has the figures"
    return svg.frame(marks, height=HEIGHT, label=label)


class _Upwards:
    """Pass rates as pixels from the top."""

    def __init__(self, low: float, high: float) -> None:
        self.scale = svg.Scale(low, high)

    def at(self, value: float) -> float:
        low, high = self.scale.low, self.scale.high
        return round(BOTTOM - (BOTTOM - TOP) * (value - low) / (high - low), 1)


def _grid(x: svg.Scale, y: _Upwards) -> list[Markup]:
    marks = []
    for value in y.scale.ticks():
        marks += [svg.level(y.at(value)), svg.words(share(value).replace(".0", ""), "0%", y.at(value) + 4, kind="tick before")]
    ticks = [tick for tick in x.ticks(4) if tick == int(tick) and x.low < tick < x.high]
    return [*marks, *(svg.words(f"{tick:.0f}", x.at(tick), BOTTOM + 20, kind="tick middle") for tick in ticks)]


def _held(reading: Reading, x: svg.Scale) -> list[Markup]:
    """A fine line where the incumbent changes, with the name of the new one."""
    changes = [step for step in reading.rounds if step.promoted]
    room = max(1.0, (x.high - x.low) / 14)
    marks, last = [], -room
    for step in changes:
        place = x.at(step.number + 0.5)
        marks.append(svg.upright(place, top=TOP, bottom=BOTTOM, kind="change"))
        if step.number - last >= room:
            marks.append(svg.words(name(step.promoted), place, BOTTOM - 6, kind="tick change-name"))
            last = step.number
    return marks


def _points(reading: Reading, step: Round, kind: str, *, x: svg.Scale, y: _Upwards) -> list[Markup]:
    seed = reading.seed.id if reading.seed else ""
    shapes = {"seed": svg.DOT, "incumbent": svg.DIAMOND, "other": svg.DOT}
    marks = []
    for version, outcomes in step.measured.items():
        role = "seed" if version == seed else "incumbent" if version == step.incumbent else "other"
        found = rate(outcomes)
        if role == kind and found:
            marks.append(
                svg.mark(shapes[kind], x.at(step.number), y.at(found.mean), kind=kind, title=_title(step, version, role, found=found, of=outcomes))
            )
    return marks


def _title(step: Round, version: str, role: str, *, found: Interval, of: Sequence[Outcome]) -> str:
    place = {"seed": ", the seed", "incumbent": ", the incumbent", "other": ""}[role]
    on = f"{scored(of):,} criteria in {many(len(of), 'reply')}"
    return f"round {step.number}, {name(version)}{place}: {share(found.mean)} of {on}"


def _ruling(step: Round, x: svg.Scale) -> Markup:
    title = (
        f"round {step.number}: {name(step.promoted)} accepted"
        if step.promoted
        else f"round {step.number}: {name(step.decisions[-1].candidate)} rejected"
    )
    shape, kind = (svg.TRIANGLE, "accepted") if step.promoted else (svg.CROSS, "rejected")
    return svg.mark(shape, x.at(step.number), 12, kind=kind, title=title)
