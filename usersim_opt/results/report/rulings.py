"""Every decision with the paired evidence that it was made on."""

from dataclasses import dataclass

from markupsafe import Markup

from usersim_opt.basics.figures import Interval
from usersim_opt.results.reading import Reading
from usersim_opt.results.report import svg
from usersim_opt.results.report.wording import change, changes, tick
from usersim_opt.results.versions import Decision, Evidence

MOST_DECISIONS = 1_000


@dataclass(frozen=True)
class RulingRow:
    """A decision with its gain drawn."""

    decision: Decision
    plot: Markup


def ruling_rows(reading: Reading) -> tuple[list[RulingRow], Markup, int]:
    """The decisions in order, the axis of their gains, and the number of those that are left out."""
    shown = reading.record.decisions[:MOST_DECISIONS]
    gains = [_gain(decision.evidence) for decision in shown if decision.evidence]
    scale = svg.around(gains, least=0.1)
    axis = [
        svg.words(tick(place), scale.at(place), 12, kind="tick middle") for place in scale.ticks()
    ]
    rows = [RulingRow(decision, _plot(decision, scale)) for decision in shown]
    return (
        rows,
        svg.frame(axis, height=16, label="percentage points"),
        len(reading.record.decisions) - len(shown),
    )


def _gain(evidence: Evidence) -> Interval:
    return Interval(evidence.gain, evidence.low, evidence.high)


def _plot(decision: Decision, scale: svg.Scale) -> Markup:
    if decision.evidence is None:
        return Markup()
    gain = _gain(decision.evidence)
    shape, kind = (svg.TRIANGLE, "accepted") if decision.accepted else (svg.CROSS, "rejected")
    marks = [
        svg.upright(scale.at(0), top=0, bottom=22, kind="zero"),
        svg.estimate(scale, gain, 11, shape=shape, kind=kind),
    ]
    return svg.frame(
        marks, height=22, label=f"{change(gain.mean)} points {changes(gain.low, gain.high)}"
    )
