"""How a search went: pass rates by round, and which prompt came from which."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from usersim_opt.basics.figures import Interval, many, percent
from usersim_opt.measuring.pairs import pass_rate
from usersim_opt.measuring.stages import SMOKE, round_of
from usersim_opt.results.plots.canvas import (
    BLUE,
    COLOURS,
    GREEN,
    ORANGE,
    SKY,
    below,
    by_round,
    figure,
    nothing,
    plain,
    quiet,
    record_of,
    title,
)
from usersim_opt.results.reading import Promotion, Reading
from usersim_opt.results.record import RunRecord
from usersim_opt.results.result import OptimizationResult
from usersim_opt.results.rules import in_order, rule_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ACCEPTED, MEASURED = "accepted", "measured"
_RULED = {
    ACCEPTED: ("o", GREEN, "seed and incumbents"),
    MEASURED: ("^", SKY, "measured only"),
}
"""Marker, colour and legend of versions that no rule turned down."""
_HALO = {"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.5}
_Named = TypeVar("_Named")
_SPAN = 5
_ASIDE = 0.22
"""How far to the right of the incumbent another prompt's point stands."""
_MOST_BARS = 60
"""Points up to which each has its interval; more would be a curtain."""
_APART = 0.035
"""Share of the axis that two names must be apart."""


def progress(source: OptimizationResult | RunRecord) -> "Figure":
    """Pass rate of every prompt measured in each round, with the incumbents; at the right the smoke split once it is measured.

    Rounds have scenarios of their own, so points of different rounds compare only roughly; the line is the mean of the last
    five rounds. Intervals are over tasks, and are left out where there are more than 60 points.
    """
    record = record_of(source)
    drawn = figure(width=9.5, height=4.6, offline=record.offline)
    steps, sides = Reading(record).promotions, Reading(record).smoke_rates
    search, *beside = drawn.subplots(
        1, 1 + bool(sides), width_ratios=(5, 1)[: 1 + bool(sides)], sharey=True, squeeze=False
    )[0]
    if not record.outcomes:
        nothing(search, "no round has been measured yet")
        return drawn
    _rounds(search, record, steps)
    quiet(search, grid="y")
    by_round(search)
    search.set_ylabel("criteria passed (%)")
    title(search, _progress_title(record, steps))
    if beside:
        _smoke(beside[0], sides)
    return drawn


def lineage(source: OptimizationResult | RunRecord) -> "Figure":
    """Which version came from which: by the round of its ruling and its length, marked by what became of it."""
    record = record_of(source)
    drawn = figure(width=9.5, height=4.6, offline=record.offline)
    axes = drawn.subplots()
    if not record.versions:
        nothing(axes, "no version has been made yet")
        return drawn
    places = _places(record)
    steps = {step.version for step in Reading(record).promotions}
    for version in record.versions.values():
        if version.parent in places:
            bold = version.id in steps and version.parent in steps
            ends = zip(places[version.parent], places[version.id], strict=True)
            colour, width = (GREEN, 2.0) if bold else ("#CFCFCF", 0.8)
            axes.plot(*ends, zorder=1, color=colour, linewidth=width)
    for kind, versions in _by_fate(record, steps).items():
        marker, colour, told = _style(kind)
        xs, ys = zip(*(places[version] for version in versions), strict=True)
        size = 8 if kind == ACCEPTED else 5.5
        axes.plot(
            xs,
            ys,
            marker,
            color=colour,
            markersize=size,
            label=f"{told} ({len(versions)})",
            zorder=4 if kind == ACCEPTED else 3,
        )
    _name(axes, [(version, places[version]) for version in record.versions if version in steps])
    quiet(axes, grid="y")
    by_round(axes)
    axes.set_ylabel("length of the prompt (characters)")
    below(axes, columns=3)
    title(
        axes,
        f"{many(len(record.versions), 'version')}, {len(steps) - 1} of them became the incumbent",
    )
    return drawn


def _rounds(axes: "Axes", record: RunRecord, steps: Sequence[Promotion]) -> None:
    """Points with intervals, the mean over five rounds, and where the incumbent changed."""
    begins = {step.version: step.round for step in steps}
    kinds: dict[bool, list[tuple[float, float]]] = defaultdict(list)
    means: list[tuple[int, float]] = []
    few = sum(len(step.measured) for step in Reading(record).rounds) <= _MOST_BARS
    for number, by_version in ((r.number, r.measured) for r in Reading(record).rounds):
        for version, outcomes in by_version.items():
            if (rate := pass_rate(outcomes)) is None:
                continue
            held = version in begins and begins[version] < number
            place = number if held else number + _ASIDE
            kinds[held].append((place, 100 * rate.mean))
            if few and rate.low is not None and rate.high is not None:
                bounds = [100 * max(0.0, rate.low), 100 * min(1.0, rate.high)]
                axes.plot(
                    [place, place],
                    bounds,
                    color=BLUE if held else ORANGE,
                    linewidth=0.8,
                    alpha=0.45,
                    zorder=1,
                )
        if (
            rate := pass_rate([outcome for outcomes in by_version.values() for outcome in outcomes])
        ) is not None:
            means.append((number, 100 * rate.mean))
    for held, marker, colour, told in (
        (False, "^", ORANGE, "another prompt"),
        (True, "o", BLUE, "the incumbent"),
    ):
        if kinds[held]:
            axes.plot(
                *zip(*kinds[held], strict=True),
                marker,
                color=colour,
                markersize=5 if few else 3,
                label=told,
                zorder=3,
            )
    if means:
        smoothed = [
            sum(rate for _, rate in means[max(0, i - _SPAN + 1) : i + 1]) / min(_SPAN, i + 1)
            for i in range(len(means))
        ]
        axes.plot(
            [number for number, _ in means],
            smoothed,
            color="#444444",
            linewidth=1.4,
            label=f"all prompts, mean of the last {_SPAN} rounds",
            zorder=2,
        )
    _changes(axes, steps[1:])
    below(axes, columns=3)


def _changes(axes: "Axes", steps: Sequence[Promotion]) -> None:
    """A line where the incumbent changed, named at the top as long as there is room."""
    for step in steps:
        axes.axvline(step.round + 0.5, color=GREEN, linewidth=1.0, linestyle=":", zorder=0)
    for step in _apart([(step.round, step) for step in steps]):
        at = {
            "xy": (step.round + 0.5, 1.0),
            "xycoords": ("data", "axes fraction"),
            "textcoords": "offset points",
            "xytext": (2, -3),
        }
        axes.annotate(plain(step.version), rotation=90, fontsize=7.5, color=GREEN, va="top", **at)  # type: ignore[arg-type]


def _apart(named: Sequence[tuple[float, _Named]]) -> list[_Named]:
    """Of things along the rounds those with room for a name, the last one always."""
    room = _APART * max((place for place, _ in named), default=0.0)
    kept: list[tuple[float, _Named]] = []
    for place, thing in reversed(named):
        if not kept or kept[-1][0] - place >= room:
            kept.append((place, thing))
    return [thing for _, thing in reversed(kept)]


def _smoke(axes: "Axes", sides: list[tuple[str, Interval]]) -> None:
    """Seed and finalist on the held-out split."""
    for place, (_, rate) in enumerate(sides):
        colour, marker = ((BLUE, "o"), (GREEN, "D"))[min(place, 1)]
        if rate.low is not None and rate.high is not None:
            axes.plot(
                [place, place],
                [100 * max(0.0, rate.low), 100 * min(1.0, rate.high)],
                color=colour,
                linewidth=1.8,
            )
        axes.plot([place], [100 * rate.mean], marker, color=colour, markersize=7)
        axes.annotate(
            f"{100 * rate.mean:.1f}",
            (place, 100 * rate.mean),
            textcoords="offset points",
            xytext=(6, -3),
            fontsize=8.5,
        )
    axes.set_xticks(range(len(sides)), [plain(version) for version, _ in sides])
    axes.set_xlim(-0.6, len(sides) - 0.1)
    axes.set_xlabel("smoke split")
    quiet(axes, grid="y")


def _progress_title(record: RunRecord, steps: Sequence[Promotion]) -> str:
    """The finding: what the smoke split says, else how far the search is."""
    sides = Reading(record).smoke_rates
    if record.finished and len(sides) > 1:
        return f"Smoke split, never seen by the search: {percent(sides[0][1])} \u2192 {percent(sides[-1][1])}"
    return f"Round {Reading(record).last_round}: the incumbent is {steps[-1].version if steps else 'not known'}"


def _places(record: RunRecord) -> dict[str, tuple[float, float]]:
    """Round and length of each version; one without a ruling stands where it was first measured, else where the one before it does."""
    found: dict[str, int] = {}
    for stage, version in [
        *((d.stage, d.candidate) for d in record.decisions),
        *((o.stage, o.version) for o in record.outcomes),
    ]:
        if (number := round_of(stage)) is not None:
            found.setdefault(version, number)
    places: dict[str, tuple[float, float]] = {}
    before = 0
    for made in record.versions.values():
        before = 0 if made.origin == "seed" else found.get(made.id, before)
        places[made.id] = (float(before), float(len(made.text)))
    return places


def _by_fate(record: RunRecord, steps: set[str]) -> dict[str, list[str]]:
    """Versions by what became of them, in the order of the legend."""
    refused = {
        decision.candidate: decision.rule
        for decision in record.decisions
        if not decision.accepted and decision.stage != SMOKE
    }
    fates: dict[str, list[str]] = defaultdict(list)
    for name in record.versions:
        fates[ACCEPTED if name in steps else refused.get(name, MEASURED)].append(name)
    order = [ACCEPTED, MEASURED, *in_order(refused.values())]
    return {kind: fates[kind] for kind in order if kind in fates}


def _style(fate: str) -> tuple[str, str, str]:
    """Marker, colour and legend of what became of a version."""
    if fate in _RULED:
        return _RULED[fate]
    rule = rule_of(fate)
    return rule.marker, COLOURS[rule.colour], rule.legend


def _name(axes: "Axes", named: list[tuple[str, tuple[float, float]]]) -> None:
    """Ids over the points, as far as there is room."""
    for version, place in _apart([(place[0], (version, place)) for version, place in named]):
        axes.annotate(
            plain(version),
            place,
            textcoords="offset points",
            xytext=(0, 9),
            ha="center",
            fontsize=8,
            bbox=_HALO,
        )
