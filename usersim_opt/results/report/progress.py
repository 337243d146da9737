"""The pass rate over the rounds of the search, and what was decided in each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from usersim_opt.basics.figures import Interval, many
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.pairs import pass_rate
from usersim_opt.results.reading import Reading, Round, scored
from usersim_opt.results.report import svg
from usersim_opt.results.report.rulings import SHAPES
from usersim_opt.results.report.wording import bare_share, name, share
from usersim_opt.results.versions import NO_VERSION

HEIGHT, TOP, BOTTOM = 300, 34, 270
"""Pixels of the figure, and of the lines for 100 % and the lowest rate in it."""
_LAYERS = {"other": svg.DOT, "incumbent": svg.DIAMOND, "seed": svg.DOT}
"""Shapes by role; the later ones lie over the earlier ones."""
_Marks = Iterator[Markup]
_SAID = {"other": "", "incumbent": ", the incumbent", "seed": ", the seed"}


@dataclass(frozen=True)
class _Point:
    """One version in one round."""

    number: int
    version: str
    role: str
    rate: Interval
    outcomes: Sequence[Outcome]

    @property
    def title(self) -> str:
        """What the mark stands for, in words."""
        who = f"{name(self.version)}{_SAID[self.role]}"
        return f"round {self.number}, {who}: {share(self.rate.mean)} of {self._criteria}"

    @property
    def _criteria(self) -> str:
        """What the pass rate is of."""
        replies = many(len(self.outcomes), "reply")
        return f"{scored(self.outcomes):,} criteria in {replies}"


@dataclass(frozen=True)
class _Axes:
    """Rounds from left to right, pass rates upwards."""

    rounds: svg.Scale
    rates: svg.Scale

    def x(self, number: float) -> str:
        """The place of a round."""
        return self.rounds.at(number)

    def y(self, rate: float) -> float:
        """The place of a pass rate in pixels from the top."""
        return round(BOTTOM - (BOTTOM - TOP) * self.rates.share(rate), 1)


def progress(reading: Reading) -> Markup | None:
    """The figure; None where no round has a scored reply."""
    points = list(_points(reading))
    if not points:
        return None
    axes = _axes(reading.rounds, points)
    marks = [
        *_levels(axes),
        *_numbers(axes),
        *_changes(reading.rounds, axes),
        *_dots(points, axes),
        *_rulings(reading.rounds, axes),
    ]
    rounds = many(len(reading.rounds), "round")
    label = f"Pass rate over {rounds} of the search; the table of decisions has the figures"
    return svg.frame(marks, height=HEIGHT, label=label)


def _points(reading: Reading) -> Iterator[_Point]:
    """What was measured, round by round."""
    for step in reading.rounds:
        for version, outcomes in step.measured.items():
            rate = pass_rate(outcomes)
            if rate:
                role = _role(reading, step, version)
                yield _Point(step.number, version, role, rate, outcomes)


def _role(reading: Reading, step: Round, version: str) -> str:
    """What a version was in a round."""
    if reading.seed is not None and version == reading.seed.id:
        return "seed"
    return "incumbent" if version == step.incumbent else "other"


def _axes(rounds: Sequence[Round], points: Sequence[_Point]) -> _Axes:
    """Rates begin at a full ten percent below the lowest mark."""
    lowest = min(point.rate.mean for point in points)
    floor = max(0.0, 0.1 * int(10 * (lowest - 0.03)))
    return _Axes(_scale_of(rounds), svg.Scale(floor, 1.0))


def _scale_of(rounds: Sequence[Round]) -> svg.Scale:
    """With room for half a mark before the first round and behind the last."""
    return svg.Scale(rounds[0].number - 0.6, rounds[-1].number + 0.6)


def _levels(axes: _Axes) -> _Marks:
    """Lines from side to side with the pass rate before them."""
    for rate in axes.rates.ticks():
        y = axes.y(rate)
        yield svg.level(y)
        yield svg.words(_percent(rate), "0%", y + 4, kind="tick before")


def _percent(rate: float) -> str:
    return f"{bare_share(rate).removesuffix('.0')} %"


def _numbers(axes: _Axes) -> _Marks:
    """The numbers of rounds under the figure; the last one is kept from running over the edge."""
    rounds = axes.rounds
    near_the_edge = rounds.high - 0.03 * rounds.width
    for tick in filter(float.is_integer, rounds.ticks(4)):
        if rounds.low < tick < rounds.high:
            kind = "tick last" if tick > near_the_edge else "tick middle"
            yield svg.words(f"{tick:.0f}", axes.x(tick), BOTTOM + 20, kind=kind)


def _changes(rounds: Sequence[Round], axes: _Axes) -> _Marks:
    """A fine line where the incumbent changes, with its name where the last name is far enough."""
    room = max(1.0, axes.rounds.width / 14)
    last = -room
    for step in rounds:
        if not step.promoted:
            continue
        place = axes.x(step.number + 0.5)
        yield svg.upright(place, top=TOP, bottom=BOTTOM, kind="change")
        if step.number - last >= room:
            yield svg.words(name(step.promoted), place, BOTTOM - 6, kind="tick change-name")
            last = step.number


def _dots(points: Sequence[_Point], axes: _Axes) -> _Marks:
    """The marks of the versions, the seed's on top."""
    for role in _LAYERS:
        yield from (_dot(point, axes) for point in points if point.role == role)


def _dot(point: _Point, axes: _Axes) -> Markup:
    x, y = axes.x(point.number), axes.y(point.rate.mean)
    return svg.mark(_LAYERS[point.role], x, y, kind=point.role, title=point.title)


def _rulings(rounds: Sequence[Round], axes: _Axes) -> _Marks:
    """What was decided, over the figure; a round without a ruling on a version has no mark."""
    for step in rounds:
        rejected = _rejected(step)
        if step.promoted:
            yield _ruling(step, step.promoted, axes, kind="accepted")
        elif rejected:
            yield _ruling(step, rejected[-1], axes, kind="rejected")


def _ruling(step: Round, version: str, axes: _Axes, *, kind: str) -> Markup:
    title = f"round {step.number}: {name(version)} {kind}"
    return svg.mark(SHAPES[kind], axes.x(step.number), 12, kind=kind, title=title)


def _rejected(step: Round) -> list[str]:
    """The versions turned down in a round; a proposal that is no version yet is none."""
    return [
        decision.candidate
        for decision in step.decisions
        if not decision.accepted and decision.candidate != NO_VERSION
    ]
