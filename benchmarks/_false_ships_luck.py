"""Luck that is dealt unevenly, and tests that are repeated: simulated, decided as real ones.

The true mean gain is none.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from _false_ships_statistics import MANY, decided, differences
from _false_ships_ways import Family, Share

from usersim_opt.basics.levels import LEVEL, level_of_use
from usersim_opt.tuning.looks import looks

TRIES = 20
"""Drafts in turn on one smoke split."""
SEQUENCES = 500


def lucky_scenario() -> tuple[int, int]:
    """All criteria of one scenario pass under the new prompt, and none of it under the old one."""
    drawn = differences(10, 4, 12)
    drawn[:, 0] = 12
    return MANY, int(decided(drawn, 10, 12).sum())


def lucky_criterion() -> tuple[int, int]:
    """One criterion in six gains 40 points everywhere, the other five lose as much together."""
    rng = np.random.default_rng(6)
    shape = (MANY, 40)
    gained = rng.binomial(3, 0.8, shape) - rng.binomial(3, 0.4, shape)
    lost = rng.binomial(15, 0.52, shape) - rng.binomial(15, 0.6, shape)
    return MANY, int(decided(gained + lost, 10, 18).sum())


def rare_disaster() -> tuple[int, int]:
    """In nine tasks of ten the new prompt gains 5 points, in the tenth it loses 45."""
    rng = np.random.default_rng(7)
    is_bad = np.repeat(rng.random((MANY, 10)) < 0.1, 4, axis=1)
    new = rng.binomial(60, np.where(is_bad, 0.15, 0.65))
    return MANY, int(decided(new - rng.binomial(60, 0.6, (MANY, 40)), 10, 60).sum())


def copied_tasks() -> tuple[int, int]:
    """Two tasks that stand in the smoke split five times each, under other names."""
    drawn = differences(2, 20, 12, by_task=0.1)
    return MANY, int(decided(drawn, 10, 12).sum())


def peeking() -> tuple[int, int]:
    """A test after every third of six replies, as a run looks; nothing is given up."""
    rng = np.random.default_rng(8)
    rates = rng.beta(6, 4, (MANY, 40, 1))
    drawn = rng.binomial(2, rates, (MANY, 40, 6)) - rng.binomial(2, rates, (MANY, 40, 6))
    ever = np.zeros(MANY, dtype=bool)
    for look in looks(6, level=LEVEL):
        so_far = int(look.repeats)
        ever |= decided(drawn[:, :, :so_far].sum(axis=2), 10, 2 * so_far, level=look.level)
    return MANY, int(ever.sum())


def in_turn(level: Callable[[int], float]) -> tuple[int, int]:
    """Sequences of twenty equal drafts in which one ships."""
    ever = np.zeros(SEQUENCES, dtype=bool)
    for use in range(1, TRIES + 1):
        drawn = differences(10, 4, 20 + use, number=SEQUENCES)
        ever |= decided(drawn, 10, 20 + use, level=level(use))
    return ever.size, int(ever.sum())


WAYS = Family(
    "Luck, simulated",
    [
        Share("one lucky scenario", "one scenario goes from none to all", lucky_scenario),
        Share("one lucky criterion", "one gains 40 points, the others lose them", lucky_criterion),
        Share("peeking", "three looks while replies come", peeking),
        Share(
            "twenty tries, counted",
            "20 drafts in turn, the level spent over them",
            partial(in_turn, level_of_use),
        ),
        Share(
            "twenty tries, ledger deleted",
            "the same, each a first use",
            partial(in_turn, lambda use: LEVEL),
        ),
        Share("copied tasks", "2 tasks told in 10 ways", copied_tasks),
        Share(
            "rare disaster",
            "5 points up in nine tasks of ten, 45 down in the tenth",
            rare_disaster,
        ),
    ],
)
