"""Acceptance: whether the candidate may take the incumbent's place.

A gate sees paired outcomes on the same scenarios and seeds, the incumbent run afresh: its first replies chose the
failures that the candidate was written for, so they are biased low.

Not covered: many candidates and one lucky winner; that is what the smoke split is for.
"""

from dataclasses import dataclass
from typing import Protocol

from usersim_opt.statistics import PairedDifference, points

MAX_DROPPED = 0.2
"""No decision for the candidate where a larger share of the jobs is missing on one side: lost replies are not lost at random."""


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
        if lost := too_many_dropped(difference):
            return Ruling(False, lost)
        shown = f"{points(difference.gain.mean)} points on {difference.scenarios} fresh scenarios, z = {difference.z:.2f}"
        if difference.gain.mean <= 0:
            return Ruling(False, f"no improvement: {shown}")
        if difference.z < self.min_z:
            return Ruling(False, f"no more than noise: {shown}, {self.min_z:g} wanted")
        return Ruling(True, shown)


@dataclass(frozen=True)
class NoRegression:
    """Passes unless the candidate is significantly worse on the scenarios that the incumbent was accepted on."""

    alpha: float = 0.05

    def rule(self, difference: PairedDifference) -> Ruling:
        """Judge candidate minus incumbent on the previous scenario set."""
        if lost := too_many_dropped(difference):
            return Ruling(False, lost)
        shown = f"{points(difference.gain.mean)} points on the {difference.scenarios} scenarios of the round before, p = {difference.p_worse:.3f}"
        if difference.gain.mean < 0 and difference.p_worse <= self.alpha:
            return Ruling(False, f"significant regression: {shown}")
        return Ruling(True, f"no significant regression: {shown}")


def too_many_dropped(difference: PairedDifference) -> str:
    """Why no decision can be made on so few pairs; empty if it can."""
    jobs = difference.scenarios + difference.dropped
    if not difference.scenarios:
        return "no decision: no reply was scored under both prompts"
    if difference.dropped > MAX_DROPPED * jobs:
        return f"no decision: {difference.dropped} of {jobs} replies are missing on one side"
    return ""
