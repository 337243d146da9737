"""What was measured: two prompts by dimension, what pieces are worth, and which versions no other beats."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from textwrap import wrap
from typing import TYPE_CHECKING

from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.pairs import paired_difference
from usersim_opt.results.attribution import PieceWorth
from usersim_opt.results.plots.canvas import (
    BLUE,
    GREEN,
    GREY,
    LABEL_WIDTH,
    ORANGE,
    VERMILLION,
    across,
    figure,
    nothing,
    plain,
    quiet,
    record_of,
    title,
)
from usersim_opt.results.reading import Reading
from usersim_opt.results.record import RunRecord
from usersim_opt.results.result import OptimizationResult
from usersim_opt.results.standings import Standings, common_families

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST_VERSIONS, _FEWEST_VERSIONS = 9, 4


def dimensions(
    old: Evaluation, new: Evaluation, *, names: tuple[str, str] = ("old", "new")
) -> "Figure":
    """Pass rate by dimension of two prompts, with intervals over tasks; InputError where nothing was scored on both."""
    for given in (old, new):
        if not isinstance(given, Evaluation):
            raise InputError(
                f"got a {type(given).__name__}; expected two Evaluations, such as result.base_smoke and result.best_smoke"
            )
    rates = [
        {name: tally.interval for name, tally in side.by_dimension.items()} for side in (old, new)
    ]
    shown = [name for name in rates[0] if name in rates[1]]
    if not shown:
        raise InputError(
            "no dimension was scored in both evaluations; expected two evaluations on the same scenarios"
        )
    drawn = figure(width=8.5, height=1.4 + 0.3 * len(shown), offline=old.offline or new.offline)
    axes = drawn.subplots()
    places = [float(-row) for row in range(len(shown))]
    for row, name in zip(places, shown, strict=True):
        ends = [100 * rates[side][name].mean for side in (0, 1)]
        axes.plot(ends, [row, row], color="#CCCCCC", linewidth=3, zorder=1, solid_capstyle="butt")
    for side, (colour, marker, shift) in enumerate(((ORANGE, "s", 0.13), (BLUE, "o", -0.13))):
        values = [rates[side][name] for name in shown]
        across(
            axes,
            [row + shift for row in places],
            values,
            label=plain(names[side]),
            color=colour,
            marker=marker,
            markersize=5.5,
        )
    axes.set_yticks(places, shown)
    axes.set_xlabel("criteria passed (%)")
    axes.set_xlim(-2, 102)
    axes.set_ylim(places[-1] - 0.6, 0.6)
    quiet(axes, grid="x")
    axes.legend(fontsize=9, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    title(
        axes, f"{names[1]} against {names[0]}: {paired_difference(old.outcomes, new.outcomes).gain}"
    )
    return drawn


def pieces(source: OptimizationResult | RunRecord, *, most: int = 16) -> "Figure":
    """What each guidance piece adds to the pass rate: the `most` that count most, either way, with 95 % credible intervals."""
    record = record_of(source)
    fitted = Reading(record).worths
    found = list(fitted.pieces) if fitted else []
    if not found:
        drawn = figure(width=9.5, height=2.2, offline=record.offline)
        nothing(drawn.subplots(), "no reply has been scored yet, so no piece has a worth")
        return drawn
    chosen = set(
        sorted(range(len(found)), key=lambda i: -abs(found[i].effect.mean))[: max(1, most)]
    )
    shown = [piece for i, piece in enumerate(found) if i in chosen]
    drawn = figure(width=9.5, height=1.5 + 0.36 * len(shown), offline=record.offline)
    axes = drawn.subplots()
    for fate, (colour, marker, told) in _FATES.items():
        rows = [
            (float(-row), piece.effect) for row, piece in enumerate(shown) if _fate(piece) == fate
        ]
        if rows:
            across(
                axes,
                [row for row, _ in rows],
                [effect for _, effect in rows],
                label=told,
                color=colour,
                marker=marker,
                markersize=6,
            )
    axes.axvline(0, color="#444444", linewidth=1)
    axes.set_yticks(
        [-row for row in range(len(shown))], [_wrapped(piece.words) for piece in shown], fontsize=8
    )
    axes.set_xlabel("worth of the piece (points of pass rate)")
    quiet(axes, grid="x")
    axes.legend(fontsize=8, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    tally = {fate: sum(_fate(piece) == fate for piece in found) for fate in _FATES}
    title(
        axes,
        f"{tally['helps']} of {len(found)} pieces help, {tally['harms']} harm; {len(shown)} shown",
    )
    return drawn


def pareto(source: OptimizationResult | RunRecord) -> "Figure":
    """Expected pass rate by family of the versions that no other beats in all families; the beaten ones are ticks at the foot.

    Rates are the additive model's on all scenarios alike (standings.py), so versions measured on others compare.
    """
    record = record_of(source)
    standings = Standings.of(replace(record, outcomes=Reading(record).readable))
    families, rates = standings.families, standings.rates
    shared = common_families(rates)
    if not shared:
        drawn = figure(width=9.5, height=2.2, offline=record.offline)
        nothing(drawn.subplots(), "no reply has been scored yet, so no version has a rate")
        return drawn
    best = sorted(
        (version.id for version in standings.front),
        key=lambda version: -sum(rates[version][family] for family in shared),
    )
    rows = _rows(record, best, rates)
    drawn = figure(
        width=2.6 + 1.9 * len(shared), height=1.7 + 0.32 * (len(rows) + 1), offline=record.offline
    )
    panels = drawn.subplots(1, len(shared), sharey=True, squeeze=False)[0]
    beaten = [version for version in rates if version not in best]
    for family, axes in zip(shared, panels, strict=True):
        for marker, colour, held in (("D", GREEN, True), ("o", ORANGE, False)):
            chosen = [
                (float(-row), families[version][family])
                for row, version in enumerate(rows)
                if (version in best) == held
            ]
            across(
                axes,
                [row for row, _ in chosen],
                [value.within(0.0, 1.0) for _, value in chosen],
                color=colour,
                marker=marker,
                markersize=5.5,
            )
        axes.plot(
            [min(100.0, 100 * rates[version][family]) for version in beaten],
            [-len(rows)] * len(beaten),
            "|",
            color=GREY,
            markersize=9,
        )
        axes.set_title(family.replace("_", " "), fontsize=9)
        axes.set_xlabel("passed (%)", fontsize=9)
        quiet(axes, grid="x")
    panels[0].set_yticks(
        [-row for row in range(len(rows) + 1)],
        [*(_label(record, version, best) for version in rows), f"{len(beaten)} beaten"],
    )
    panels[0].set_ylim(-len(rows) - 0.6, 0.6)
    more = f", {_MOST_VERSIONS} of them shown" if len(best) > _MOST_VERSIONS else ""
    says = f"{len(best)} of {len(rates)} versions are beaten by no other in all families (diamonds{more})"
    drawn.suptitle(plain(says), fontsize=11, x=0.01, ha="left")
    return drawn


_FATES = {
    "helps": (GREEN, "o", "helps:\ninterval above 0"),
    "open": (GREY, "s", "not decided"),
    "harms": (VERMILLION, "X", "harms:\ninterval below 0"),
}
"""Colour, marker and legend by what the interval of a piece says."""


def _fate(piece: PieceWorth) -> str:
    if piece.effect.low is not None and piece.effect.low > 0:
        return "helps"
    return "harms" if piece.effect.high is not None and piece.effect.high < 0 else "open"


def _wrapped(words: str) -> str:
    """A piece in two lines at most."""
    return "\n".join(wrap(plain(words), LABEL_WIDTH, max_lines=2, placeholder=" \u2026"))


def _rows(
    record: RunRecord, best: Sequence[str], rates: Mapping[str, Mapping[str, float]]
) -> list[str]:
    """The front as far as it is shown, the best of the beaten where it is short, then last incumbent and seed."""
    ends = [step.version for step in Reading(record).promotions]
    last = [version for version in dict.fromkeys([*ends[-1:], *ends[:1]]) if version in rates]
    beaten = sorted(
        (version for version in rates if version not in best),
        key=lambda version: -sum(rates[version].values()),
    )
    shown = [*best[:_MOST_VERSIONS], *beaten[: max(0, _FEWEST_VERSIONS - len(best))]]
    return [
        *(version for version in shown if version not in last or version in best),
        *(version for version in last if version not in best[:_MOST_VERSIONS]),
    ]


def _label(record: RunRecord, version: str, best: Sequence[str]) -> str:
    """The id, and what it is to the run."""
    steps = Reading(record).promotions
    role = (
        ", the seed"
        if version == steps[0].version
        else ", the last incumbent"
        if version == steps[-1].version
        else ""
    )
    return plain(version + role + ("" if version in best else " (beaten)"))
