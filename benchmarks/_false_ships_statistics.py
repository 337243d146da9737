"""Chance that looks like a gain: comparisons of equal prompts, simulated and decided as real ones.

The true mean gain is none in all of them; what differs is how chance is dealt.
"""

from functools import partial

import numpy as np
from _false_ships_ways import Family, Share
from numpy.typing import NDArray

from usersim_opt.basics.levels import LEVEL
from usersim_opt.basics.power import proven

Counts = NDArray[np.int64]
MANY = 2_000
"""Comparisons of a way."""


def differences(
    tasks: int, per_task: int, verdicts: int, *, by_task: float = 0, number: int = MANY
) -> Counts:
    """New less old passes by comparison and scenario.

    By task, the gain is normal around none with this standard deviation, a share of the verdicts.
    """
    rng = np.random.default_rng([tasks, per_task, verdicts, int(1000 * by_task)])
    rates = rng.beta(6, 4, (number, tasks * per_task))
    gains = np.repeat(rng.normal(0, by_task, (number, tasks)), per_task, axis=1)
    old = rng.binomial(verdicts, np.clip(rates - gains / 2, 0, 1))
    new = rng.binomial(verdicts, np.clip(rates + gains / 2, 0, 1))
    found: Counts = new - old
    return found


def decided(drawn: Counts, tasks: int, verdicts: int, *, level: float = LEVEL) -> NDArray[np.bool_]:
    """Which comparisons prove a gain."""
    scenarios = drawn.shape[1]
    of_task = np.repeat(np.arange(tasks), scenarios // tasks)
    return proven(drawn, np.full(scenarios, verdicts), of_task, level=level)


def equal(tasks: int, per_task: int, verdicts: int, *, by_task: float = 0) -> tuple[int, int]:
    """How often equal prompts are called better."""
    drawn = differences(tasks, per_task, verdicts, by_task=by_task)
    return MANY, int(decided(drawn, tasks, verdicts).sum())


WAYS = Family(
    "Chance, simulated",
    [
        Share(
            "equal prompts", "10 tasks, 4 scenarios of 12 verdicts each", partial(equal, 10, 4, 12)
        ),
        Share("five tasks only", "5 tasks with 4 scenarios", partial(equal, 5, 4, 12)),
        Share(
            "many replies of few scenarios",
            "6 scenarios of 2 tasks, 400 verdicts on each",
            partial(equal, 2, 3, 400),
        ),
        Share(
            "correlated tasks",
            "the scenarios of a task gain or lose together, by 10 points",
            partial(equal, 10, 4, 60, by_task=0.1),
        ),
        Share(
            "huge number of verdicts",
            "the same with 5,000 verdicts on each scenario",
            partial(equal, 10, 4, 5000, by_task=0.1),
        ),
        Share(
            "five correlated tasks",
            "the same with 5 tasks of 60 verdicts",
            partial(equal, 5, 4, 60, by_task=0.1),
        ),
        Share("ties", "one verdict on each scenario", partial(equal, 10, 4, 1)),
    ],
)
