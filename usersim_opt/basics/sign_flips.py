"""The exact sign-flip test, for any number of units.

Were two prompts alike, the difference of each unit (a scenario, a task) would be as likely with the
other sign. The distribution of the sum over all 2^G patterns of signs is a convolution, because the
differences are whole numbers of verdicts: unit by unit, the sums so far move up by its difference
or down by it, each with probability one half. No pattern is drawn by chance, and ties are exact.

Source: Fisher's randomisation test for paired data (The Design of Experiments, 1935, section 21).

Not covered: differences that are no whole numbers, such as those of weighted verdicts.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from usersim_opt.basics.errors import InputError

Probabilities = NDArray[np.float64]


def sum_distribution(differences: Sequence[int]) -> Probabilities:
    """The probability of each sum under random signs, from -S to S with S the sum of the sizes.

    >>> sum_distribution([1, 2]).tolist()
    [0.25, 0.0, 0.25, 0.0, 0.25, 0.0, 0.25]
    """
    probabilities = np.ones(1)
    for size in map(abs, differences):
        wider = np.zeros(probabilities.size + 2 * size)
        # Each sum so far goes up by the size or down by it, one half each; a size of 0 stays put.
        wider[: probabilities.size] += probabilities / 2
        wider[2 * size :] += probabilities / 2
        probabilities = wider
    return probabilities


def exact_p(differences: Sequence[int]) -> float:
    """One-sided p: how likely a sum at least as large is when the signs are random; 1 for none.

    Raises InputError for a difference that is no whole number.
    """
    if not all(isinstance(difference, int | np.integer) for difference in differences):
        raise InputError(
            f"the differences are {list(differences)[:3]!r}...; expected whole numbers of verdicts"
        )
    reach = sum(map(abs, differences))
    probabilities = sum_distribution(differences)
    return float(min(1.0, probabilities[reach + sum(differences) :].sum()))
