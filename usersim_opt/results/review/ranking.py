"""How versions rank before and after a person's review, on the same replies.

Versions of a run were measured on different scenarios: their rates are those that the model of
attribution.py expects on all scenarios alike. Saved evaluations have the rates that were measured.
A gain is that of the replies that were compared; a search has chosen them, so it is no proof.

Not covered: whether a run would have gone another way with the new verdicts. It would have.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from usersim_opt.basics.figures import points, share_text
from usersim_opt.basics.layout import grid
from usersim_opt.basics.showing import visibly
from usersim_opt.measuring.pairs import paired_difference
from usersim_opt.results.review.sources import Source
from usersim_opt.results.standings import expected_rates

SHOWN = 15
"""Versions that the table has: the best by the new verdicts, and the first."""


@dataclass(frozen=True)
class Ranked:
    """A version with its pass rate and place, before and after."""

    name: str
    before: float | None
    after: float | None
    was: int
    """Its place before, from 1; versions without a rate come last."""
    place: int


@dataclass(frozen=True)
class Gain:
    """What a version gained over another one on the same replies, before and after; -1 to 1."""

    words: str
    before: float
    after: float


@dataclass(frozen=True)
class Ranking:
    """The versions by their new rates, the best first, and the gains that accepts were made on."""

    versions: Sequence[Ranked]
    gains: Sequence[Gain] = ()
    expected: bool = False
    """Whether rates are what a model expects, as versions of a run have them."""

    @property
    def moved(self) -> list[Ranked]:
        """The versions that have another place."""
        return [each for each in self.versions if each.was != each.place]

    @visibly
    def __str__(self) -> str:
        head = ["version", "place", "was", "pass rate", "was"]
        kind = "expected on all scenarios alike" if self.expected else "as measured"
        table = grid(head, [_row(each) for each in self._shown])
        more = len(self.versions) - len(self._shown)
        rest = f"and {more} more versions" if more else ""
        gains = [_gain_line(gain) for gain in self.gains]
        moved = f"{len(self.moved)} of {len(self.versions)} versions change their place."
        return "\n".join(filter(None, [f"{moved} Pass rates {kind}:", table, rest, *gains]))

    @property
    def _shown(self) -> Sequence[Ranked]:
        return self.versions[:SHOWN]


def _row(ranked: Ranked) -> list[str]:
    rates = [share_text(ranked.after), share_text(ranked.before)]
    return [ranked.name, str(ranked.place), str(ranked.was), *rates]


def _gain_line(gain: Gain) -> str:
    return f"{gain.words}: gain {points(gain.before)} before, {points(gain.after)} after"


def ranking(before: Source, after: Source) -> Ranking:
    """The versions of the same replies by old and by new verdicts."""
    old, new = _rates(before), _rates(after)
    was, now = _places(old), _places(new)
    versions = [
        Ranked(name, old.get(name), new.get(name), was[name], now[name])
        for name in sorted(now, key=lambda name: now[name])
    ]
    return Ranking(versions, _gains(before, after), expected=before.record is not None)


def _rates(source: Source) -> dict[str, float | None]:
    """The pass rate of each version, in the order of the source."""
    if source.record is None:
        measured = {name: each.pass_rate for name, each in source.evaluations.items()}
        return {name: rate.mean if rate else None for name, rate in measured.items()}
    outcomes = [outcome for _, outcome in source.outcomes]
    expected = expected_rates(source.record.versions, outcomes, source.scenarios)
    return {name: expected.get(name) for name in source.evaluations}


def _places(rates: Mapping[str, float | None]) -> dict[str, int]:
    """Places from 1; versions of equal rates share the better one."""
    known = [-1.0 if rate is None else rate for rate in rates.values()]
    return {
        name: 1 + sum(other > rate for other in known)
        for name, rate in zip(rates, known, strict=True)
    }


def _gains(before: Source, after: Source) -> list[Gain]:
    gains = []
    for old, new in zip(before.compared, after.compared, strict=True):
        was = paired_difference(old.old, old.new)
        now = paired_difference(new.old, new.new)
        if was.scenarios and now.scenarios:
            gains.append(Gain(old.words, was.gain.mean, now.gain.mean))
    return gains
