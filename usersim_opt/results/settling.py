"""What would settle a gain that is not proven: other tasks, a better judge, so many more calls."""

from collections.abc import Sequence

from usersim_opt.basics.figures import summed
from usersim_opt.basics.statistics import PairedDifference, replication
from usersim_opt.measuring.evaluation import Evaluation


def to_settle(finalist: str, gain: PairedDifference, sides: Sequence[Evaluation]) -> str:
    """What would settle the unproven gain of a finalist, measured on both sides, in a sentence."""
    head = f"{finalist} is the best unproven version"
    if gain.found.better:
        return f"{head}; a judge that gives every verdict would settle it."
    if gain.found.better_by_scenario:
        return f"{head}; more smoke tasks would settle it, more replies to these would not."
    times = replication(gain.z, level=gain.level)
    if times is None:
        return (
            f"{head}; its estimate is not above zero, "
            "so more calls are not expected to prove a gain."
        )
    more = max(10, 10 * round((times - 1) * _spent(sides) / 10))
    return (
        f"{head}; about {more:,} more calls on held-out scenarios would settle it "
        "(four times in five, if the gain is as estimated)."
    )


def _spent(sides: Sequence[Evaluation]) -> int:
    """The calls of both sides."""
    outcomes = [outcome for side in sides for outcome in side.outcomes]
    return sum(summed(outcome.calls for outcome in outcomes).values())
