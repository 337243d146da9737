"""Whether a judge is right as often where it grades several replies in one call as one by one.

Both are held to the same labels, and their difference has an interval: over tasks, as verdicts of
one task hang together. Where no verdict differs, that says how rarely they do, so the interval is
then the upper bound of that share (Wilson) on both sides, and not nothing.

Not covered: other neighbours than those of the calibration, which are drawn at random.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from usersim_opt.basics.figures import many, points, share_text
from usersim_opt.basics.ratios import ratio_interval
from usersim_opt.basics.statistics import wilson
from usersim_opt.measuring.calibration.asked import Answered
from usersim_opt.measuring.calibration.groups import Share
from usersim_opt.measuring.calibration.simple_rules import LIMITS
from usersim_opt.measuring.pairs import counts_by_task
from usersim_opt.scenarios.records import Record


class BatchCheck(Record):
    """How often a judge agrees with labels in batches and one by one."""

    batch: int
    """Replies in a call at the most."""
    verdicts: int
    """Labels on which the judge gave a pass or fail both times."""
    together: int
    """Of those, agreements in batches."""
    alone: int
    """Of those, agreements one by one."""
    gain: float
    """Together / verdicts - alone / verdicts; below 0 where batches cost agreement."""
    low: float
    high: float
    """The 95 % interval of that; -1 and 1 where there is one task."""
    differ: Share
    """Verdicts that are not the same, those without a label included."""

    @property
    def is_shown_safe(self) -> bool:
        """Whether a loss beyond the limit of rules.yaml is excluded."""
        return self.low >= -LIMITS.batch_loss

    @property
    def sentence(self) -> str:
        """The figures in a line."""
        together, alone = self.together / self.verdicts, self.alone / self.verdicts
        bounds = f"[{points(self.low)}, {points(self.high)}]"
        return (
            f"{self.batch} replies a call: right on {share_text(together)} of "
            f"{many(self.verdicts, 'label')}, one by one on {share_text(alone)}: "
            f"{points(self.gain)} points {bounds}; "
            f"{share_text(self.differ.share)} of the verdicts differ."
        )

    @property
    def warnings(self) -> Iterator[str]:
        """What speaks against batches; none where a loss beyond the limit is excluded."""
        if not self.is_shown_safe:
            yield (
                f"That {self.batch} replies a call cost no agreement is not shown: a loss of "
                f"{-100 * self.low:.1f} points is not excluded, {100 * LIMITS.batch_loss:g} may be "
                "lost. Take smaller batches, or more labels."
            )


def batch_check(answers: Iterable[Answered], batch: int) -> BatchCheck | None:
    """How batches compare with single calls; None where the judge was not asked both ways."""
    given = [each for each in answers if each.alone is not None and _scored(each)]
    labelled = [each for each in given if each.label]
    if not labelled:
        return None
    of = Counter(each.task for each in labelled)
    gains: Counter[str] = Counter()
    for each in labelled:
        gains[each.task] += _right(each) - _right(each, alone=True)
    differ = sum(each.verdict.outcome != _alone(each) for each in given)
    low, high = wilson(differ, len(given))
    gain = ratio_interval(counts_by_task(gains, of))
    bounds = (-high, high) if not differ else (gain.low, gain.high)
    return BatchCheck(
        batch=batch,
        verdicts=len(labelled),
        together=sum(_right(each) for each in labelled),
        alone=sum(_right(each, alone=True) for each in labelled),
        gain=gain.mean,
        low=-1.0 if bounds[0] is None else bounds[0],
        high=1.0 if bounds[1] is None else bounds[1],
        differ=Share(count=differ, of=len(given), low=low, high=high),
    )


def _scored(answer: Answered) -> bool:
    return answer.verdict.scored and _alone(answer) in ("pass", "fail")


def _alone(answer: Answered) -> str:
    return answer.alone.outcome if answer.alone else ""


def _right(answer: Answered, *, alone: bool = False) -> int:
    return int((_alone(answer) if alone else answer.verdict.outcome) == answer.label)
