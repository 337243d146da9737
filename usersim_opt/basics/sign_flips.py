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
Counts = NDArray[np.int64]
_AT_ONCE = 2_000_000
"""Probabilities of sums, of all rows together, that are held at a time."""


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


def exact_ps(rows: Counts) -> Probabilities:
    """`exact_p` of each row of differences, many rows at a time, within 1e-12.

    >>> exact_ps(np.array([[1, 2], [0, -1]])).tolist()
    [0.25, 1.0]
    """
    widest = 1 + 2 * int(np.abs(rows).sum(axis=1).max(initial=0))
    chunks = range(0, len(rows), max(1, _AT_ONCE // widest))
    found = [_tails(rows[start : start + chunks.step]) for start in chunks]
    return np.concatenate([np.empty(0), *found])


def _tails(rows: Counts) -> Probabilities:
    """How likely a sum at least as large as that of each row is, the signs being random.

    A size d with a random sign has the characteristic function cos(d t); that of the sum is the
    product, and its inverse Fourier transform are the probabilities. The number of points is odd,
    so no cosine is zero.
    """
    sizes, reach = np.abs(rows), int(np.abs(rows).sum(axis=1).max())
    sums = np.arange(-reach, reach + 1)
    distinct = np.unique(sizes)
    times = (sizes[:, :, None] == distinct).sum(axis=1).astype(float)
    turns = distinct[:, None] * np.arange(reach + 1) % sums.size
    cosines = np.cos(2 * np.pi * turns / sums.size)
    negative = times @ (cosines < 0).astype(float) % 2
    transformed = (1 - 2 * negative) * np.exp(times @ np.log(np.abs(cosines)))
    probabilities = np.fft.fftshift(np.fft.irfft(transformed, n=sums.size, axis=1), axes=1)
    tails: Probabilities = (probabilities * (sums >= rows.sum(axis=1)[:, None])).sum(axis=1)
    return np.minimum(1.0, tails)
