"""Two sets of outcomes side by side, scenario by scenario, with the verdicts that were lost.

Verdicts are seldom lost at random: a judge stumbles over long replies, and those are often the bad
ones. Left out of both sides, the losses of a prompt's fails look like a gain of it. Nobody knows
what they would have been, but their worst is known: lost verdicts of the side that a claim speaks
for count as fails, those of the other side as passes. A claim that holds then holds whatever was
lost (the bounds of Manski 1990, Nonparametric Bounds on Treatment Effects, American Economic Review
80:319).

Not covered: replies that neither side has. How many criteria they would have had is not known.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Pair:
    """One scenario under two prompts: `difference` is D_g, `criteria` is N_g, over all repeats."""

    scenario: str
    difference: int
    criteria: int
    lost: int = 0
    """Verdicts that are missing on one side or on both; D_g and N_g leave them out."""
    worst: int = 0
    """What they add to D_g if they all speak against the new prompt: 0 or less."""
    best: int = 0
    """What they add if they all speak for it: 0 or more."""

    @property
    def task(self) -> str:
        """The cluster that the scenario belongs to."""
        return self.scenario.partition(".")[0]

    def filled(self, addition: int) -> "Pair":
        """The pair with its lost verdicts counted, which adds so much to D_g."""
        return Pair(self.scenario, self.difference + addition, self.criteria + self.lost)


@dataclass(frozen=True)
class Paired:
    """Two sets of outcomes side by side: the pairs, and what only one side has."""

    pairs: tuple[Pair, ...]
    dropped: int
    """Jobs without a criterion that both sides scored."""
    lost: float
    """Share of the verdicts that only one side has, 0 to 1. Such losses are seldom random."""

    @property
    def common(self) -> list[Pair]:
        """The pairs of which something was scored on both sides."""
        return [pair for pair in self.pairs if pair.criteria]

    @property
    def missing(self) -> int:
        """Verdicts that are missing on one side or on both."""
        return sum(pair.lost for pair in self.pairs)

    @property
    def at_worst(self) -> "Paired":
        """The same with the lost verdicts counted against the new prompt."""
        return self._filled(pair.filled(pair.worst) for pair in self.pairs)

    @property
    def at_best(self) -> "Paired":
        """The same with the lost verdicts counted against the old prompt."""
        return self._filled(pair.filled(pair.best) for pair in self.pairs)

    def _filled(self, pairs: Iterable[Pair]) -> "Paired":
        return replace(self, pairs=tuple(pairs), lost=0.0) if self.missing else self
