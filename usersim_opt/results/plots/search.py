"""How a search went: pass rates by round, and which prompt came from which."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, TypeVar

from usersim_opt.basics.figures import Interval, many
from usersim_opt.basics.figures import percent as with_interval
from usersim_opt.measuring.pairs import pass_rate
from usersim_opt.measuring.stages import SMOKE, round_of
from usersim_opt.results.plots.canvas import (
    BLUE,
    COLOURS,
    GREEN,
    ORANGE,
    SKY,
    Mark,
    Place,
    below,
    by_round,
    dots,
    empty,
    figure,
    percent,
    plain,
    quiet,
    reading_of,
    title,
    upright,
)
from usersim_opt.results.reading import Promotion, Reading
from usersim_opt.results.record import RunRecord
from usersim_opt.results.result import OptimizationResult
from usersim_opt.results.rules import RULES, in_order, rule_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_HEIGHT = 4.6
"""Inches of both figures."""
_INCUMBENT = Mark("o", BLUE, "the incumbent")
_OTHER = Mark("^", ORANGE, "another prompt")
_SEED_ON_SMOKE, _FINALIST_ON_SMOKE = Mark("o", BLUE), Mark("D", GREEN)
_ACCEPTED = Mark("o", GREEN, "seed and incumbents")
_MEASURED = Mark("^", SKY, "measured only")
_OWN_MARKERS = ("P", "*", "<", ">", "H")
"""Of rules of a user's own, in turn; no entry of rules.yaml has one of them."""
_HALO = {"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.5}
_Named = TypeVar("_Named")
_SPAN = 5
"""Rounds over which the line of progress is a mean."""
_ASIDE = 0.22
"""How far to the right of the incumbent another prompt's point stands."""
_MOST_BARS = 60
"""Points up to which each has its interval; more would be a curtain."""
_APART = 0.035
"""Share of the axis that two names must be apart."""


# -- pass rates by round ---------------------------------------------------------------------------


@dataclass(frozen=True)
class _Point:
    """The pass rate of one prompt in one round."""

    round: int
    rate: Interval
    incumbent: bool

    @property
    def x(self) -> float:
        """Where it stands along the rounds: beside the incumbent, not on it."""
        return self.round if self.incumbent else self.round + _ASIDE

    @property
    def place(self) -> Place:
        """Round and percent."""
        return self.x, percent(self.rate.mean)


def progress(source: OptimizationResult | RunRecord) -> "Figure":
    """Pass rate of every prompt in each round, with the incumbents; the smoke split at the right.

    Rounds have scenarios of their own, so points of different rounds compare only roughly; the line
    is the mean of the last five rounds. Intervals are over tasks, and are left out where there are
    more than 60 points.
    """
    reading = reading_of(source)
    offline = reading.record.offline
    if not reading.record.outcomes:
        return empty("no round has been measured yet", height=_HEIGHT, offline=offline)
    drawn = figure(height=_HEIGHT, offline=offline)
    if reading.smoke_rates:
        search, smoke = drawn.subplots(1, 2, width_ratios=(5, 1), sharey=True)
        _draw_smoke(smoke, reading.smoke_rates)
    else:
        search = drawn.subplots()
    _draw_rounds(search, reading)
    title(search, _finding(reading))
    return drawn


def _draw_rounds(axes: "Axes", reading: Reading) -> None:
    """Points with intervals, the mean over five rounds, and where the incumbent changed."""
    _draw_points(axes, list(_points(reading)))
    _draw_mean(axes, reading)
    _draw_changes(axes, reading.promotions[1:])
    below(axes, columns=3)
    quiet(axes, grid="y")
    by_round(axes)
    axes.set_ylabel("criteria passed (%)")


def _points(reading: Reading) -> Iterator[_Point]:
    """The prompts that were scored, round by round."""
    for step in reading.rounds:
        for version, outcomes in step.measured.items():
            rate = pass_rate(outcomes)
            if rate is not None:
                yield _Point(step.number, rate, incumbent=version == step.incumbent)


def _draw_points(axes: "Axes", points: Sequence[_Point]) -> None:
    """Smaller and without intervals where there are many."""
    few = len(points) <= _MOST_BARS
    if few:
        for point in points:
            _draw_interval(axes, point)
    for mark in (_OTHER, _INCUMBENT):
        chosen = [point for point in points if point.incumbent == (mark == _INCUMBENT)]
        if chosen:
            dots(axes, [point.place for point in chosen], mark, size=5 if few else 3)


def _draw_interval(axes: "Axes", point: _Point) -> None:
    colour = BLUE if point.incumbent else ORANGE
    upright(axes, point.x, point.rate, color=colour, linewidth=0.8, alpha=0.45, zorder=1)


def _draw_mean(axes: "Axes", reading: Reading) -> None:
    """The mean of the last rounds: a single round moves with the luck of its scenarios."""
    rates = {step.number: pass_rate(step.outcomes) for step in reading.rounds}
    scored = {number: percent(rate.mean) for number, rate in rates.items() if rate is not None}
    if scored:
        means = _moving_means(list(scored.values()))
        label = f"all prompts, mean of the last {_SPAN} rounds"
        axes.plot(list(scored), means, color="#444444", linewidth=1.4, label=label, zorder=2)


def _moving_means(values: Sequence[float]) -> list[float]:
    """At each place the mean of the last five values, of fewer at the beginning."""
    spans = [values[max(0, end - _SPAN) : end] for end in range(1, len(values) + 1)]
    return [sum(span) / len(span) for span in spans]


def _draw_changes(axes: "Axes", promotions: Sequence[Promotion]) -> None:
    """A line where the incumbent changed, named at the top as long as there is room."""
    for promotion in promotions:
        axes.axvline(promotion.round + 0.5, color=GREEN, linewidth=1.0, linestyle=":", zorder=0)
    for promotion in _apart([(promotion.round, promotion) for promotion in promotions]):
        axes.annotate(
            plain(promotion.version),
            xy=(promotion.round + 0.5, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(2, -3),
            textcoords="offset points",
            rotation=90,
            fontsize=7.5,
            color=GREEN,
            va="top",
        )


def _draw_smoke(axes: "Axes", sides: Sequence[tuple[str, Interval]]) -> None:
    """Seed and finalist on the held-out split."""
    for place, (_, rate) in enumerate(sides):
        _draw_side(axes, place, rate)
    axes.set_xticks(range(len(sides)), [plain(version) for version, _ in sides])
    axes.set_xlim(-0.6, len(sides) - 0.1)
    axes.set_xlabel("smoke split")
    quiet(axes, grid="y")


def _draw_side(axes: "Axes", place: int, rate: Interval) -> None:
    """The rate with its interval and in figures."""
    mark = _FINALIST_ON_SMOKE if place else _SEED_ON_SMOKE
    at = (place, percent(rate.mean))
    upright(axes, place, rate, color=mark.colour, linewidth=1.8)
    dots(axes, [at], mark, size=7, zorder=2)
    axes.annotate(f"{at[1]:.1f}", at, textcoords="offset points", xytext=(6, -3), fontsize=8.5)


def _finding(reading: Reading) -> str:
    """What the smoke split says, else how far the search is."""
    sides = reading.smoke_rates
    if reading.finished and len(sides) > 1:
        rates = [with_interval(rate) for _, rate in sides]
        return f"Smoke split, never seen by the search: {rates[0]} \u2192 {rates[-1]}"
    promotions = reading.promotions
    incumbent = promotions[-1].version if promotions else "not known"
    return f"Round {reading.last_round}: the incumbent is {incumbent}"


# -- which prompt came from which ------------------------------------------------------------------


def lineage(source: OptimizationResult | RunRecord) -> "Figure":
    """Which version came from which: by the round of its ruling and its length.

    The mark of a version says what became of it; a rule of a user's own has its entry, too.
    """
    reading = reading_of(source)
    record = reading.record
    if not record.versions:
        return empty("no version has been made yet", height=_HEIGHT, offline=record.offline)
    drawn = figure(height=_HEIGHT, offline=record.offline)
    axes = drawn.subplots()
    _draw_lineage(axes, reading, _places(record))
    axes.set_ylabel("length of the prompt (characters)")
    below(axes, columns=3)
    promoted = len(reading.incumbents) - 1
    number = many(len(record.versions), "version")
    title(axes, f"{number}, {promoted} of them became the incumbent")
    return drawn


def _draw_lineage(axes: "Axes", reading: Reading, places: Mapping[str, Place]) -> None:
    """Lines from parent to child, the versions over them, and the names of the incumbents."""
    _draw_descent(axes, reading, places)
    for mark, versions in _fates(reading).items():
        _draw_versions(axes, mark, [places[version] for version in versions])
    _write_names(axes, [name for name in places if name in reading.incumbents], places)
    quiet(axes, grid="y")
    by_round(axes)


def _draw_descent(axes: "Axes", reading: Reading, places: Mapping[str, Place]) -> None:
    """The way from the seed to the last incumbent is bold."""
    incumbents = set(reading.incumbents)
    for version in reading.record.versions.values():
        parent = version.parent or ""
        if parent in places:
            xs, ys = zip(places[parent], places[version.id], strict=True)
            on_the_way = {version.id, parent} <= incumbents
            colour, width = (GREEN, 2.0) if on_the_way else ("#CFCFCF", 0.8)
            axes.plot(xs, ys, zorder=1, color=colour, linewidth=width)


def _draw_versions(axes: "Axes", mark: Mark, places: Sequence[Place]) -> None:
    """The versions of one fate, with their number in the legend; incumbents stand out."""
    size, zorder = (8.0, 4) if mark == _ACCEPTED else (5.5, 3)
    entry = Mark(mark.marker, mark.colour, f"{mark.legend} ({len(places)})")
    dots(axes, places, entry, size=size, zorder=zorder)


def _write_names(axes: "Axes", versions: Sequence[str], places: Mapping[str, Place]) -> None:
    """Ids over the points, as far as there is room."""
    for version in _apart([(places[version][0], version) for version in versions]):
        axes.annotate(
            plain(version),
            places[version],
            textcoords="offset points",
            xytext=(0, 9),
            ha="center",
            fontsize=8,
            bbox=_HALO,
        )


def _places(record: RunRecord) -> dict[str, Place]:
    """Round and length of each version.

    One that no stage names, such as a composition that was never measured, stands where the one
    before it does.
    """
    rounds = _first_rounds(record)
    places: dict[str, Place] = {}
    before = 0
    for version in record.versions.values():
        before = 0 if version.origin == "seed" else rounds.get(version.id, before)
        places[version.id] = (float(before), float(len(version.text)))
    return places


def _first_rounds(record: RunRecord) -> dict[str, int]:
    """The round of each version's first ruling; without a ruling that of its first reply."""
    ruled = [(decision.candidate, decision.stage) for decision in record.decisions]
    measured = [(outcome.version, outcome.stage) for outcome in record.outcomes]
    rounds: dict[str, int] = {}
    for version, stage in [*ruled, *measured]:
        number = round_of(stage)
        if number is not None:
            rounds.setdefault(version, number)
    return rounds


def _fates(reading: Reading) -> dict[Mark, list[str]]:
    """Versions by what became of them, in the order of the legend."""
    refusals = _refusals(reading.record)
    by_rule = _marks_of_rules(refusals.values())
    marks = {version: by_rule[rule] for version, rule in refusals.items()}
    marks |= dict.fromkeys(reading.incumbents, _ACCEPTED)
    versions: dict[Mark, list[str]] = {
        mark: [] for mark in (_ACCEPTED, _MEASURED, *by_rule.values())
    }
    for name in reading.record.versions:
        versions[marks.get(name, _MEASURED)].append(name)
    return {mark: names for mark, names in versions.items() if names}


def _refusals(record: RunRecord) -> dict[str, str]:
    """By version the rule that turned it down in the search, the last one where there are more."""
    return {
        decision.candidate: decision.rule
        for decision in record.decisions
        if not decision.accepted and decision.stage != SMOKE
    }


def _marks_of_rules(rules: Iterable[str]) -> dict[str, Mark]:
    """The marks of rules by name, in the order of the legend; unknown ones take turns."""
    own_markers = cycle(_OWN_MARKERS)
    marks: dict[str, Mark] = {}
    for name in in_order(rules):
        rule = rule_of(name)
        marker = rule.marker if name in RULES else next(own_markers)
        marks[name] = Mark(marker, COLOURS[rule.colour], plain(rule.legend))
    return marks


def _apart(named: Sequence[tuple[float, _Named]]) -> list[_Named]:
    """Of things along the rounds those with room for a name, the last one always."""
    room = _APART * max((place for place, _ in named), default=0.0)
    chosen: list[_Named] = []
    next_place = float("inf")
    for place, thing in reversed(named):
        if next_place - place >= room:
            chosen.append(thing)
            next_place = place
    return chosen[::-1]
