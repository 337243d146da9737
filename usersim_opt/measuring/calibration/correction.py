"""What a judge's known errors do to a pass rate and to a gain, and how they are taken out again.

A judge calls p of the replies passes where the share t truly passes:

    p = q1 t + (1 - q0) (1 - t)        q1  share of the true passes that it calls passes
                                       q0  share of the true fails that it calls fails
    t = (p + q0 - 1) / J,  J = q0 + q1 - 1

Where t is low, p is too high, and where t is high, too low; a gain is J times as large as it is.
q0 and q1 come from labels, so they have errors of their own, which the intervals carry. A judge
with J below .2 tells too little of passes from fails to be corrected.

Source: Rogan and Gladen 1978, American Journal of Epidemiology 107:71; the interval that carries
both errors is that of Lee et al. 2025, arXiv 2511.21140; that of a gain is their delta method on
the difference of two rates.

All numbers may be arrays of one shape, one element a measurement. Not covered: error rates that
are others on the replies than on the labelled ones, as where a prompt writes in another manner; for
two prompts with labels of their own see `difference`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from usersim_opt.basics.levels import Z975

Numbers = NDArray[np.float64] | float
WEAKEST = 0.2
"""The least q0 + q1 - 1 that is corrected."""


@dataclass(frozen=True)
class Errors:
    """How often a judge was right on labelled verdicts; counts, fractions of one allowed.

    Of clustered labels they are the numbers of independent ones that would be as sure
    (see `independent`).
    """

    right_passes: Numbers
    passes: Numbers
    right_fails: Numbers
    fails: Numbers

    @property
    def sensitivity(self) -> Numbers:
        """q1, as Lee et al. estimate it, with one right and one wrong label added."""
        return (self.right_passes + 1) / (self.passes + 2)

    @property
    def specificity(self) -> Numbers:
        """q0, in the same way."""
        return (self.right_fails + 1) / (self.fails + 2)

    @property
    def strength(self) -> Numbers:
        """J: 1 for a judge without errors, 0 for a coin."""
        return self.sensitivity + self.specificity - 1

    def corrected(self, rate: Numbers) -> Numbers:
        """The true share t of a rate p; not cut at 0 and 1."""
        return (rate + self.specificity - 1) / self.strength

    def label_error(self, true: Numbers, of: Numbers = 1.0) -> Numbers:
        """What the errors of q0 and q1 add to the standard error of `true` passes among `of`.

        A rate is t of 1, and a gain that this judge saw on both sides is t of 0: the delta method
        on (p + of (q0 - 1)) / J.
        """
        of_sensitivity = self.sensitivity * (1 - self.sensitivity) / (self.passes + 2)
        of_specificity = self.specificity * (1 - self.specificity) / (self.fails + 2)
        variance = true**2 * of_sensitivity + (of - true) ** 2 * of_specificity
        error: Numbers = np.sqrt(variance) / self.strength
        return error


@dataclass(frozen=True)
class Estimate:
    """Corrected figures with the ends of their 95 % intervals."""

    mean: Numbers
    low: Numbers
    high: Numbers


def rate(passed: Numbers, scored: Numbers, errors: Errors, *, z: float = Z975) -> Estimate:
    """The corrected share of passes among independent verdicts, 0 to 1.

    The interval of Lee et al., whose verdicts get z^2 / 2 passes and as many fails beside them
    (Agresti and Coull 1998), so that it has a width where all of them pass.
    """
    number = scored + z * z
    share = (passed + z * z / 2) / number
    of_verdicts = z * np.sqrt(share * (1 - share) / number) / errors.strength
    mean = errors.corrected(passed / scored)
    center = errors.corrected(share)
    half = np.hypot(of_verdicts, z * errors.label_error(np.clip(center, 0, 1)))
    return Estimate(np.clip(mean, 0, 1), np.clip(center - half, 0, 1), np.clip(center + half, 0, 1))


def gain(raw: Numbers, half: Numbers, errors: Errors, *, z: float = Z975) -> Estimate:
    """A gain of judged verdicts, new less old, by a judge who errs alike on both prompts.

    `half` is the half width of the raw gain's interval. The specificity drops out of a difference,
    so J alone is of account: gain / J, with the half width by the delta method.
    """
    mean = raw / errors.strength
    whole = np.hypot(half / errors.strength, z * errors.label_error(mean, 0.0))
    return Estimate(mean, mean - whole, mean + whole)


def difference(
    old: Numbers, new: Numbers, half: Numbers, *, errors: tuple[Errors, Errors], z: float = Z975
) -> Estimate:
    """The gain where the judge's errors were measured on the replies of each prompt apart.

    `old` and `new` are the raw pass rates, `errors` those on replies of the old and of the new one,
    `half` the half width of the sampling error of p_new / J_new - p_old / J_old, in which replies
    on the same scenarios may be paired.
    """
    before, after = errors[0].corrected(old), errors[1].corrected(new)
    of_old, of_new = (
        z * each.label_error(np.clip(true, 0, 1))
        for each, true in zip(errors, (before, after), strict=True)
    )
    whole = np.hypot(half, np.hypot(of_old, of_new))
    mean = after - before
    return Estimate(mean, mean - whole, mean + whole)


def independent(right: NDArray[np.float64], of: NDArray[np.float64]) -> tuple[float, float]:
    """Counts of clusters as those of independent verdicts: the sums, divided by the design effect.

    Both have one number a cluster. The effect is the variance of the share over clusters by that of
    independent verdicts, at least 1 (Rao and Scott 1992, Biometrics 48:577). Of one cluster it is
    not known and taken for 1.
    """
    filled = of > 0
    right, of = right[filled], of[filled]
    total, number, clusters = float(right.sum()), float(of.sum()), len(of)
    share = total / number if number else 0.0
    if clusters < 2 or not 0 < share < 1:
        return total, number
    squares = float(((right - share * of) ** 2).sum())
    effect = clusters / (clusters - 1) * squares / (number * share * (1 - share))
    return total / max(1.0, effect), number / max(1.0, effect)
