"""Intervals by resampling tasks: what a figure might have been with other tasks of the same kind.

Conversations of one task are not independent, so tasks are drawn, with replacement and with all
their conversations on both sides (cluster bootstrap). Resampling adds noise, and noise makes two
rows less alike; so the percentiles are moved until the mean of the draws is the observed figure.
The interval is of the figure at this number of tasks, as the noise floor is.

Not covered: few tasks. Below some forty the interval is too narrow; the tables then say that
figures only describe.
"""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from usersim_opt.basics.figures import Interval
from usersim_opt.realism.rows import Array, Weights

DRAWS = 1000
SEED = 0
LEAST_TASKS = 2
"""With fewer tasks nothing can be resampled."""
_BOUNDS = (2.5, 97.5)


def task_weights(tasks: Iterable[str], *, draws: int = DRAWS) -> Weights:
    """Weightings of tasks: the first line counts each once, the others are drawn."""
    names = sorted(set(tasks))
    count = len(names)
    observed = np.ones((1, count))
    resampled = np.random.default_rng(SEED).multinomial(
        count, [1 / count] * count, size=draws if count >= LEAST_TASKS else 0
    )
    values = np.concatenate([observed, resampled])
    return Weights(values, {name: place for place, name in enumerate(names)})


def interval(
    values: Sequence[float] | Array, *, least: float = 0.0, most: float = math.inf
) -> Interval:
    """The 95 % interval of a figure whose first value is the observed one, the others resampled.

    It ends at `least` and at `most`. No bounds where nothing was resampled.
    """
    observed, resampled = float(values[0]), np.asarray(values[1:], dtype=float)
    known = resampled[~np.isnan(resampled)]
    if not len(known):
        return Interval(observed, None, None)
    low, high = np.percentile(known, _BOUNDS) - known.mean() + observed
    return Interval(observed, float(low), float(high)).within(least, max(most, observed))
