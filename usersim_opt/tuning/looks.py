"""Looks at the smoke split while its replies come: it ends early where it is decided early.

A look tests the gain on the replies so far, at a share of the level. A large gain is proven at the
first or second look, and one that is not there is given up; the calls that are left are not spent.

    look   replies of all   share of the level   given up below z
    1      1/3              .02                  0
    2      2/3              .3                   .8
    3      all              1

The first two shares are about those of O'Brien and Fleming (1979, A multiple testing procedure for
clinical trials, Biometrics 35:549). The last test gets the whole level: the looks before it are on
replies to the same scenarios and seldom prove what it would not, and what is given up makes up for
them. benchmarks/measure_looks.py simulates it: false proofs, power, and the calls that it takes.

Not covered: gates other than ProvenGain, of which nobody knows what they would say to fewer
replies; they are asked once.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from usersim_opt.measuring.outcome import Outcome
from usersim_opt.scenarios.records import Scenarios
from usersim_opt.tuning.gates import Gate, Judgement, ProvenGain, judge

SHARES = (0.02, 0.3, 1.0)
"""Of the level, by look."""
GIVEN_UP_BELOW = (0.0, 0.8)
"""The z of the gain over scenarios below which the first looks give up."""
_ROUNDING = 1e-9
Measure = Callable[[float], Sequence[Sequence[Outcome]]]
"""The outcomes of the old and of the new prompt with so many replies to each scenario."""


@dataclass(frozen=True)
class Look:
    """One look at the replies so far."""

    number: int
    """From 1 on."""
    of: int
    """How many there are, if none of them ends it."""
    repeats: float
    """Replies per scenario and prompt so far."""
    level: float
    """At which a gain is tested here, two-sided."""
    least_z: float
    """The z below which it is given up; -inf at the last one."""

    def gives_up(self, judgement: Judgement) -> bool:
        """Whether more replies have no prospect of a proof."""
        return judgement.difference.z < self.least_z

    def ends(self, judgement: Judgement) -> bool:
        """Whether no more replies are asked for."""
        return judgement.ruling.accepted or self.gives_up(judgement) or self.number == self.of

    def told(self, judgement: Judgement) -> Judgement:
        """The judgement with the look that it was made at, where there were several."""
        if self.of == 1:
            return judgement
        given_up = ", given up" if self.gives_up(judgement) else ""
        return judgement.noted(f"at look {self.number} of {self.of}{given_up}")


def decided(
    gate: Gate, measure: Measure, *, repeats: float, scenarios: Scenarios, level: float
) -> Judgement:
    """What the gate says at the first look that decides, of at most so many replies each.

    What is given up is told at the level that the last look would have had.
    """
    looks_ahead = looks if isinstance(gate, ProvenGain) else lone
    for look in looks_ahead(repeats, level=level):
        old, new = measure(look.repeats)
        judgement = judge(gate, old, new, scenarios=scenarios, level=look.level)
        if look.ends(judgement):
            break
    if look.gives_up(judgement):
        judgement = judge(gate, old, new, scenarios=scenarios, level=level)
    return look.told(judgement)


def looks(repeats: float, *, level: float) -> Sequence[Look]:
    """The looks at so many replies per scenario and prompt, of a test at a two-sided level.

    There is one where the replies are fewer than three.

    >>> [look.repeats for look in looks(7, level=0.05)]
    [3, 5, 7]
    """
    if repeats < len(SHARES):
        return lone(repeats, level=level)
    so_far = [math.ceil(repeats * step / len(SHARES) - _ROUNDING) for step in (1, 2)]
    planned = zip((*so_far, repeats), SHARES, (*GIVEN_UP_BELOW, -math.inf), strict=True)
    return [
        Look(number, len(SHARES), replies, level * share, least_z)
        for number, (replies, share, least_z) in enumerate(planned, start=1)
    ]


def lone(repeats: float, *, level: float) -> Sequence[Look]:
    """One look, at all replies."""
    return [Look(1, 1, repeats, level, -math.inf)]
