"""Is something new not worse than something old, task by task? A test of non-inferiority.

"No significant loss" is no proof: on few tasks no loss is significant. So the burden is turned
round. Of each task there is a difference d, new less old. Were the true loss the margin or more,
d + margin would lie around zero or below, and its signs would be as good as random; the one-sided p
is how often random signs give so large a sum. Where p is at most the level, the loss is shown to be
below the margin.

Source: the interval approach to non-inferiority (Blackwelder 1982, "Proving the null hypothesis" in
clinical trials, Controlled Clinical Trials 3:345), with sign flips in the place of the normal
distribution (statistics.py).

Not covered: losses below the margin that add up over many runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from usersim_opt.basics.figures import Interval
from usersim_opt.basics.levels import least_units
from usersim_opt.basics.ratios import ratio_interval
from usersim_opt.basics.statistics import flip_p, sign_patterns

ByTask = Mapping[str, float]
"""A figure by task."""


@dataclass(frozen=True)
class Change:
    """The mean difference over the tasks that both sides have, new less old."""

    gain: Interval
    """With a 95 % t interval over tasks."""
    p: float
    """One-sided, of so small a loss where the true one is the margin or more; 1 without tasks."""
    tasks: int
    margin: float

    def is_not_worse(self, level: float) -> bool:
        """Whether the loss is shown to be below the margin, one-sided at the level."""
        return self.p <= level


def change(old: ByTask, new: ByTask, *, margin: float) -> Change:
    """Compare two sides, task by task; tasks that one side lacks are left out.

    The margin is in the unit of the figures.
    """
    common = [task for task in old if task in new]
    differences = np.array([new[task] - old[task] for task in common], dtype=float)
    gain = ratio_interval({task: (new[task] - old[task], 1.0) for task in common})
    if not common:
        return Change(gain, 1.0, 0, margin)
    p = flip_p(differences + margin, sign_patterns(len(common)))
    return Change(gain, p, len(common), margin)


def least_tasks(level: float) -> int:
    """Tasks below which nothing can be shown, one-sided at the level.

    >>> least_tasks(0.05)
    5
    """
    return least_units(2 * level)
