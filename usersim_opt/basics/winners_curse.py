"""What is left of a gain that is reported because it was proven.

Only a gain above the proof's threshold ships, so those that ship are, on average, those that chance
has helped. The smaller the true gain against its error, the more: of gains of one error that are
proven at 1.96 errors the mean is 2.5. The gain reported here is the one under which what was
measured is the median of what would have been proven: the conditional estimate of Zhong and
Prentice (2008, Bias-reduced estimators and confidence intervals for odds ratios in genome-wide
association studies, Biostatistics 9:621), by its median.

Not covered: a choice among many finalists by the same replies. The smoke split has chosen none.
"""

from statistics import NormalDist

_NORMAL = NormalDist()
_BISECTIONS = 50
_MEDIAN = 0.5


def conditional_gain(gain: float, low: float, *, z: float) -> float:
    """The true gain, 0 to `gain`, for which `gain` is the median of the proven ones.

    `gain` and the lower bound `low` of its interval are shares, -1 to 1; `z` is the half width of
    that interval in standard errors. A gain that is not proven was not selected by the proof, and
    stays as it is.
    """
    if low <= 0 or low >= gain:
        return gain
    error = (gain - low) / z
    measured, smallest = gain / error, 0.0
    if _share_above(measured, true=smallest, threshold=z) > _MEDIAN:
        return smallest
    largest = measured
    for _ in range(_BISECTIONS):
        middle = (smallest + largest) / 2
        if _share_above(measured, true=middle, threshold=z) > _MEDIAN:
            largest = middle
        else:
            smallest = middle
    return smallest * error


def _share_above(measured: float, *, true: float, threshold: float) -> float:
    """Of the gains above the threshold the share above `measured`; all in standard errors."""
    return _NORMAL.cdf(true - measured) / _NORMAL.cdf(true - threshold)
