"""Does a shorter prompt lose less than a margin? A test of non-inferiority.

"No significant loss" is no proof of anything: on few replies no loss is significant. So the burden
is turned round. A shorter prompt is as good as the whole one where the most that it may lose, the
upper end of the 95 % interval of the loss, lies below a margin that the user sets. Both intervals
count, over scenarios and over tasks, with every lost verdict counted against the shorter prompt.

Source: the interval approach to non-inferiority (Blackwelder 1982, "Proving the null hypothesis" in
clinical trials, Controlled Clinical Trials 3:345).

Not covered: that a shorter prompt loses less than the margin again and again: each time it may lose
as much.
"""

import math
from dataclasses import dataclass

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.levels import Z975
from usersim_opt.basics.paired import Paired
from usersim_opt.basics.statistics import difference, replication

MARGIN = 0.02
"""The loss that is too small to matter, unless the user says otherwise."""


@dataclass(frozen=True)
class Loss:
    """What a new prompt may lose against an old one, from -1 to 1; a gain is below zero."""

    most: float | None
    """The upper end of the 95 % interval; None where there is too little for one."""
    error: float
    """The standard error behind it."""

    def is_below(self, margin: float) -> bool:
        """Whether it is shown to lose less than the margin."""
        return self.most is not None and self.most < margin

    def calls_for(self, margin: float, calls: int) -> int | None:
        """Calls that would show it four times in five if nothing is lost, from those so far.

        The normal approximation: replies halve the error at four times their number. None where
        nothing is known of the error. In whole hundreds.
        """
        times = replication(margin / self.error) if self.error else None
        return 100 * math.ceil(max(1.0, times) * calls / 100) if times else None


def loss_of(paired: Paired) -> Loss:
    """What the new prompt may lose, by the wider of the two intervals."""
    found = difference(paired.at_worst)
    if found.gain.low is None or found.by_task.low is None:
        return Loss(None, found.error)
    low = min(found.gain.low, found.by_task.low)
    return Loss(-low, (found.gain.mean - low) / Z975)


def check_margin(margin: float) -> float:
    """The margin; InputError unless it lies above 0 and below 1."""
    is_number = isinstance(margin, int | float) and not isinstance(margin, bool)
    if not is_number or not 0 < margin < 1:
        raise InputError(
            f"margin is {margin}; expected a share above 0 and below 1, such as 0.02 for 2 points"
        )
    return margin
