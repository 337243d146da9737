"""What is left of a gain that is reported because it was proven.

Only a gain above the proof's threshold ships, so those that ship are, on average, those that chance
has helped. The smaller the true gain against its error, the more: of gains of one error that are
proven at 1.96 errors the mean is 2.5. The gain reported here is the mean of what the true gain may
be, given what was measured *and* that only proven gains are reported: the conditional likelihood of
Zhong and Prentice (2008, Bias-reduced estimators and confidence intervals for odds ratios in
genome-wide association studies, Biostatistics 9:621), weighed evenly over gains of 0 and more.

The most likely value and the median of that likelihood were left out: for a gain that is just
proven they are 0, also where the true one is large.

Not covered: a choice among many finalists by the same replies. The smoke split has chosen none.
"""

from statistics import NormalDist

_NORMAL = NormalDist()
_STEPS, _AROUND = 400, 8.0
"""Points at which the likelihood is summed, and errors on each side of the measured gain."""


def conditional_gain(gain: float, low: float, *, z: float, threshold: float) -> float:
    """The mean true gain, 0 to `gain`, of a proven one.

    `gain` and the lower bound `low` of its interval are shares, -1 to 1; `z` is the half width of
    that interval in standard errors, and above `threshold` errors gains are reported at all. A gain
    that is not proven was not selected by the proof, and stays as it is.
    """
    if low <= 0 or low >= gain:
        return gain
    error = (gain - low) / z
    measured = gain / error
    least = max(0.0, measured - _AROUND)
    step = (measured + _AROUND - least) / _STEPS
    true = [least + step * (number + 0.5) for number in range(_STEPS)]
    weights = [_likelihood(measured, true=each, threshold=threshold) for each in true]
    mean = sum(map(float.__mul__, true, weights)) / sum(weights)
    return min(gain, mean * error)


def _likelihood(measured: float, *, true: float, threshold: float) -> float:
    """Of a measured gain among those above the threshold; all in standard errors."""
    return _NORMAL.pdf(measured - true) / _NORMAL.cdf(true - threshold)
