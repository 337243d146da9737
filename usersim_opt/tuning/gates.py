"""Acceptance: whether the candidate may take the incumbent's place.

A gate sees paired outcomes on the same scenarios and seeds, the incumbent run afresh: its first replies chose the
failures that the candidate was written for, so they are biased low.

With ten scenarios the check for regression stops disasters only; it is no proof of equality.
Not covered: many candidates and one lucky winner; that is what the smoke split is for.
"""

from dataclasses import dataclass
from typing import Protocol

from usersim_opt.basics.figures import points
from usersim_opt.basics.statistics import PairedDifference

MAX_LOST = 0.1
"""No decision for the candidate where a larger share of the verdicts is missing on one side: they are not lost at random."""


@dataclass(frozen=True)
class Ruling:
    """What a gate says, and why; the reason is recorded and shown word for word."""

    accepted: bool
    reason: str


class Gate(Protocol):
    """One rule of acceptance."""

    def rule(self, difference: PairedDifference) -> Ruling:
        """Judge candidate minus incumbent."""
        ...


@dataclass(frozen=True)
class Improvement:
    """Passes a gain of at least `min_z` standard errors.

    On equal prompts one standard error lets one candidate in six through; "the larger sum wins" lets through almost half.
    """

    min_z: float = 1.0

    def rule(self, difference: PairedDifference) -> Ruling:
        """Judge candidate minus incumbent on fresh replies."""
        if lost := too_much_lost(difference):
            return Ruling(False, lost)
        shown = f"{points(difference.gain.mean)} points on {difference.scenarios} fresh scenarios, z = {difference.z:.2f}"
        if difference.gain.mean <= 0:
            return Ruling(False, f"no improvement: {shown}")
        if difference.z < self.min_z:
            return Ruling(False, f"no more than noise: {shown}, {self.min_z:g} wanted")
        return Ruling(True, shown)


@dataclass(frozen=True)
class NoRegression:
    """Passes unless the candidate is significantly worse on the scenarios of the round before."""

    alpha: float = 0.05

    def rule(self, difference: PairedDifference) -> Ruling:
        """Judge candidate minus incumbent on the previous scenario set."""
        if lost := too_much_lost(difference):
            return Ruling(False, lost)
        shown = f"{points(difference.gain.mean)} points on the {difference.scenarios} scenarios of the round before, p = {difference.p_worse:.3f}"
        if difference.gain.mean < 0 and difference.p_worse <= self.alpha:
            return Ruling(False, f"significant regression: {shown}")
        return Ruling(True, f"no significant regression: {shown}")


def too_much_lost(difference: PairedDifference) -> str:
    """Why no decision can be made on what is left; empty if it can."""
    if not difference.scenarios:
        return "no decision: no reply was scored under both prompts"
    if difference.lost > MAX_LOST:
        return f"no decision: {100 * difference.lost:.0f} % of the verdicts are missing on one side"
    return ""
