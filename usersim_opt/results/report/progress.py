"""The pass rate over the rounds of the search, and what was decided in each."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from usersim_opt.basics.figures import Interval, many
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.pairs import pass_rate
from usersim_opt.results.reading import Reading, Round, scored
from usersim_opt.results.report import svg
from usersim_opt.results.report.wording import name, share
from usersim_opt.results.versions import NO_VERSION

HEIGHT, TOP, BOTTOM = 300, 34, 270
"""Pixels of the figure, and of the lines for 100 % and the lowest rate in it."""
_SHAPES = {"seed": svg.DOT, "incumbent": svg.DIAMOND, "other": svg.DOT}


@dataclass(frozen=True)
class _Point:
    """One version in one round."""

    number: int
    version: str
    role: str
    rate: Interval
    outcomes: Sequence[Outcome]


def progress(reading: Reading) -> Markup | None:
    """The figure; None where no round has a scored reply."""
    rounds, seen = reading.rounds, _seen(reading)
    if not seen:
        return None
    low = max(0.0, 0.1 * int(10 * (min(point.rate.mean for point in seen) - 0.03)))
    x, y = svg.Scale(rounds[0].number - 0.6, rounds[-1].number + 0.6), _Upwards(low, 1.0)
    marks = [*_grid(x, y), *_held(reading, x)]
    for kind in ("other", "incumbent", "seed"):
        marks += [
            svg.mark(_SHAPES[kind], x.at(p.number), y.at(p.rate.mean), kind=kind, title=_title(p))
            for p in seen
            if p.role == kind
        ]
    marks += [_ruling(step, x) for step in rounds if step.promoted or _rejected(step)]
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
        marks += [
            svg.level(y.at(value)),
            svg.words(share(value).replace(".0", ""), "0%", y.at(value) + 4, kind="tick before"),
        ]
    ticks = [tick for tick in x.ticks(4) if tick == int(tick) and x.low < tick < x.high]
    near_the_edge = x.high - 0.03 * (x.high - x.low)
    placed = [(tick, "tick last" if tick > near_the_edge else "tick middle") for tick in ticks]
    return [
        *marks,
        *(svg.words(f"{tick:.0f}", x.at(tick), BOTTOM + 20, kind=kind) for tick, kind in placed),
    ]


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


def _seen(reading: Reading) -> list[_Point]:
    """What was measured, round by round."""
    seed = reading.seed.id if reading.seed else ""
    found = []
    for step in reading.rounds:
        for version, outcomes in step.measured.items():
            passed = pass_rate(outcomes)
            if passed:
                role = (
                    "seed"
                    if version == seed
                    else "incumbent"
                    if version == step.incumbent
                    else "other"
                )
                found.append(_Point(step.number, version, role, passed, outcomes))
    return found


def _title(point: _Point) -> str:
    place = {"seed": ", the seed", "incumbent": ", the incumbent", "other": ""}[point.role]
    on = f"{scored(point.outcomes):,} criteria in {many(len(point.outcomes), 'reply')}"
    return f"round {point.number}, {name(point.version)}{place}: {share(point.rate.mean)} of {on}"


def _rejected(step: Round) -> list[str]:
    """The versions that were turned down in a round; a proposal that is no version yet is none."""
    return [
        decision.candidate
        for decision in step.decisions
        if not decision.accepted and decision.candidate != NO_VERSION
    ]


def _ruling(step: Round, x: svg.Scale) -> Markup:
    what = (
        f"{name(step.promoted)} accepted"
        if step.promoted
        else f"{name(_rejected(step)[-1])} rejected"
    )
    title = f"round {step.number}: {what}"
    shape, kind = (svg.TRIANGLE, "accepted") if step.promoted else (svg.CROSS, "rejected")
    return svg.mark(shape, x.at(step.number), 12, kind=kind, title=title)
