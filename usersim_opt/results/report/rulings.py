"""Every decision with the paired evidence that it was made on."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from usersim_opt.basics.figures import Interval
from usersim_opt.results.reading import Reading
from usersim_opt.results.report import svg
from usersim_opt.results.versions import Decision, Evidence

MOST_DECISIONS = 1_000
SHAPES = {"accepted": svg.TRIANGLE, "rejected": svg.CROSS}
"""The marks of rulings, by the class that they have on the page."""


@dataclass(frozen=True)
class RulingRow:
    """A decision with its gain drawn."""

    decision: Decision
    plot: Markup


@dataclass(frozen=True)
class RulingTable:
    """The decisions in order, the axis of their gains, and the number of those left out."""

    rows: Sequence[RulingRow]
    axis: Markup
    left_out: int


def ruling_table(reading: Reading) -> RulingTable:
    """The decisions of the run, the first 1,000 of them."""
    decisions = reading.record.decisions
    first = decisions[:MOST_DECISIONS]
    scale = _scale(first)
    rows = [RulingRow(decision, _plot(decision, scale)) for decision in first]
    return RulingTable(rows, svg.axis_of_points(scale), len(decisions) - len(first))


def _scale(decisions: Sequence[Decision]) -> svg.Scale:
    """The axis that holds the gains of all decisions."""
    gains = [_gain(decision.evidence) for decision in decisions if decision.evidence]
    return svg.around(gains, least=0.1)


def _gain(evidence: Evidence) -> Interval:
    return Interval(evidence.gain, evidence.low, evidence.high)


def _plot(decision: Decision, scale: svg.Scale) -> Markup:
    """The gain with its interval; nothing for a decision without evidence."""
    if decision.evidence is None:
        return Markup()
    kind = "accepted" if decision.accepted else "rejected"
    gain = _gain(decision.evidence)
    return svg.difference(scale, gain, height=22, shape=SHAPES[kind], kind=kind)
