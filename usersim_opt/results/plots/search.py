"""How a search went: pass rates by round, and which prompt came from which."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from typing import TYPE_CHECKING, TypeVar

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.figures import Interval, many
from usersim_opt.basics.figures import percent as with_interval
from usersim_opt.measuring.pairs import pass_rate
from usersim_opt.measuring.stages import round_of
from usersim_opt.results.plots.canvas import (
    BLUE,
    COLOURS,
    GREEN,
    ORANGE,
    SKY,
    Mark,
    Place,
    Run,
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
_Places = Mapping[str, Place]
"""Where each version stands."""
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
    def mark(self) -> Mark:
        """What it looks like."""
        return _INCUMBENT if self.incumbent else _OTHER

    @property
    def place(self) -> Place:
        """Round and percent."""
        return self.x, percent(self.rate.mean)


@checks_arguments
def progress(source: Run) -> "Figure":
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
    search = _draw_smoke_beside(drawn, reading) if reading.smoke_rates else drawn.subplots()
    _draw_rounds(search, reading)
    title(search, _finding(reading))
    return drawn


def _draw_smoke_beside(drawn: "Figure", reading: Reading) -> "Axes":
    """The smoke split in a narrow panel at the right; gives the wide one beside it."""
    search, smoke = drawn.subplots(1, 2, width_ratios=(5, 1), sharey=True)
    _draw_smoke(smoke, reading.smoke_rates)
    wide: Axes = search
    return wide


def _draw_rounds(axes: "Axes", reading: Reading) -> None:
    """Points with intervals, the mean over five rounds, and where the incumbent changed."""
    _draw_points(axes, list(_points(reading)))
    _draw_mean(axes, reading)
    _draw_changes(axes, reading.promotions[1:])
    by_round(axes, label="criteria passed (%)")


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
    for point in points if few else ():
        _draw_interval(axes, point)
    for mark in (_OTHER, _INCUMBENT):
        places = [point.place for point in points if point.mark == mark]
        if places:
            dots(axes, places, mark, size=5 if few else 3)


def _draw_interval(axes: "Axes", point: _Point) -> None:
    colour = point.mark.colour
    upright(axes, point.x, point.rate, color=colour, linewidth=0.8, alpha=0.45, zorder=1)


def _draw_mean(axes: "Axes", reading: Reading) -> None:
    """The mean of the last rounds: a single round moves with the luck of its scenarios."""
    rates = _rates_of_rounds(reading)
    if rates:
        means = _moving_means(list(rates.values()))
        label = f"all prompts, mean of the last {_SPAN} rounds"
        axes.plot(list(rates), means, color="#444444", linewidth=1.4, label=label, zorder=2)


def _rates_of_rounds(reading: Reading) -> dict[int, float]:
    """The pass rate of all prompts in percent, by round; without those that have no score."""
    rates = {step.number: pass_rate(step.outcomes) for step in reading.rounds}
    return {number: percent(rate.mean) for number, rate in rates.items() if rate is not None}


def _moving_means(values: Sequence[float]) -> list[float]:
    """At each place the mean of the last five values, of fewer at the beginning."""
    spans = [values[max(0, end - _SPAN) : end] for end in range(1, len(values) + 1)]
    return [sum(span) / len(span) for span in spans]


def _draw_changes(axes: "Axes", promotions: Sequence[Promotion]) -> None:
    """A line where the incumbent changed, named at the top as long as there is room."""
    for promotion in promotions:
        axes.axvline(promotion.round + 0.5, color=GREEN, linewidth=1.0, linestyle=":", zorder=0)
    for promotion in _apart([(promotion.round, promotion) for promotion in promotions]):
        _name_change(axes, promotion)


def _name_change(axes: "Axes", promotion: Promotion) -> None:
    """The new incumbent, written along the line from the top."""
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
    if reading.finished and len(reading.smoke_rates) > 1:
        rates = [with_interval(rate) for _, rate in reading.smoke_rates]
        return f"Smoke split, never seen by the search: {rates[0]} \u2192 {rates[-1]}"
    return _how_far(reading)


def _how_far(reading: Reading) -> str:
    promotions = reading.promotions
    incumbent = promotions[-1].version if promotions else "not known"
    return f"Round {reading.last_round}: the incumbent is {incumbent}"


# -- which prompt came from which ------------------------------------------------------------------


@checks_arguments
def lineage(source: Run) -> "Figure":
    """Which version came from which: by the round of its ruling and its length.

    The mark of a version says what became of it; each rule of a user's own has its entry, too.
    """
    reading = reading_of(source)
    record = reading.record
    if not record.versions:
        return empty("no version has been made yet", height=_HEIGHT, offline=record.offline)
    drawn = figure(height=_HEIGHT, offline=record.offline)
    axes = drawn.subplots()
    _draw_lineage(axes, reading, _places(record))
    by_round(axes, label="length of the prompt (characters)")
    title(axes, _tally(reading))
    return drawn


def _tally(reading: Reading) -> str:
    number = many(len(reading.record.versions), "version")
    promoted = len(reading.incumbents) - 1
    return f"{number}, {promoted} of them became the incumbent"


def _draw_lineage(axes: "Axes", reading: Reading, places: _Places) -> None:
    """Lines from parent to child, the versions over them, and the names of the incumbents."""
    _draw_descent(axes, reading, places)
    for mark, versions in _fates(reading).items():
        _draw_versions(axes, mark, [places[version] for version in versions])
    _write_names(axes, [name for name in places if name in reading.incumbents], places)


def _draw_descent(axes: "Axes", reading: Reading, places: _Places) -> None:
    """The way from the seed to the last incumbent is bold."""
    incumbents = set(reading.incumbents)
    for version in reading.record.versions.values():
        parent = version.parent or ""
        if parent in places:
            on_the_way = {version.id, parent} <= incumbents
            _draw_step(axes, places[parent], places[version.id], bold=on_the_way)


def _draw_step(axes: "Axes", start: Place, end: Place, *, bold: bool) -> None:
    """The line from a parent to its child."""
    xs, ys = zip(start, end, strict=True)
    colour, width = (GREEN, 2.0) if bold else ("#CFCFCF", 0.8)
    axes.plot(xs, ys, zorder=1, color=colour, linewidth=width)


def _draw_versions(axes: "Axes", mark: Mark, places: Sequence[Place]) -> None:
    """The versions of one fate, with their number in the legend; incumbents stand out."""
    size, zorder = (8.0, 4) if mark == _ACCEPTED else (5.5, 3)
    entry = replace(mark, legend=f"{mark.legend} ({len(places)})")
    dots(axes, places, entry, size=size, zorder=zorder)


def _write_names(axes: "Axes", versions: Sequence[str], places: _Places) -> None:
    """Ids over the points, as far as there is room."""
    for version in _apart([(places[version][0], version) for version in versions]):
        _write_name(axes, version, places[version])


def _write_name(axes: "Axes", version: str, place: Place) -> None:
    axes.annotate(
        plain(version),
        place,
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
    rounds: dict[str, int] = {}
    for version, stage in _stages(record):
        number = round_of(stage)
        if number is not None:
            rounds.setdefault(version, number)
    return rounds


def _stages(record: RunRecord) -> Iterator[tuple[str, str]]:
    """Each version with each stage that names it, the rulings first."""
    for decision in record.decisions:
        yield decision.candidate, decision.stage
    for outcome in record.outcomes:
        yield outcome.version, outcome.stage


def _fates(reading: Reading) -> dict[Mark, list[str]]:
    """Versions by what became of them, in the order of the legend."""
    rules = {version: decision.rule for version, decision in reading.refusals.items()}
    of_rules = _marks_of_rules(rules.values())
    versions = _marked(reading, {version: of_rules[rule] for version, rule in rules.items()})
    order = [_ACCEPTED, _MEASURED, *of_rules.values()]
    return {mark: versions[mark] for mark in order if mark in versions}


def _marked(reading: Reading, refused: Mapping[str, Mark]) -> dict[Mark, list[str]]:
    """All versions by their marks; `refused` has those of the versions that were turned down."""
    marks = {**refused, **dict.fromkeys(reading.incumbents, _ACCEPTED)}
    versions: dict[Mark, list[str]] = defaultdict(list)
    for name in reading.record.versions:
        versions[marks.get(name, _MEASURED)].append(name)
    return versions


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
