"""When is a difference proven? The two rules of every decision, both at 2.5 % on each side.

    by scenario  exact sign flips over scenarios: were the prompts alike, the difference of each
                 scenario would be as likely with the other sign (sign_flips.py)
    by task      the same over tasks where there are six or more; with fewer no pattern of signs has
                 a probability of 2.5 %, and a t interval over tasks must leave out zero (ratios.py)

Scenarios of one task gain or lose together. A prompt that suits the tasks at hand is no better on
other ones, so what is better over scenarios alone ships too often where gains differ from task to
task; the tasks alone are few, and their t interval is an approximation. Hence both rules.

Not covered: tasks that are no sample of those that matter.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from usersim_opt.basics.paired import Pair
from usersim_opt.basics.ratios import ratio_interval
from usersim_opt.basics.sign_flips import exact_p

ONE_SIDE = 0.025
"""The level of the test on each side of a 95 % interval."""
LEAST_TASKS = 6
"""Tasks from which on signs are flipped: of 2^5 patterns one is 3 %, above 2.5."""


@dataclass(frozen=True)
class Finding:
    """What both rules say of some pairs, in both directions."""

    gain: float
    """New less old, -1 to 1."""
    p_better: float
    """One-sided: how often a gain at least as large comes from two equal prompts."""
    p_worse: float
    """One-sided, the other way round."""
    better_by_task: bool
    """Whether the gain is above zero by the rule over tasks."""
    worse_by_task: bool

    @property
    def better_by_scenario(self) -> bool:
        """Whether the gain is above zero by the exact test over scenarios."""
        return self.gain > 0 and self.p_better <= ONE_SIDE

    @property
    def worse_by_scenario(self) -> bool:
        """Whether the gain is below zero by the exact test over scenarios."""
        return self.gain < 0 and self.p_worse <= ONE_SIDE

    @property
    def better(self) -> bool:
        """Whether the gain is above zero by both rules."""
        return self.better_by_scenario and self.better_by_task

    @property
    def worse(self) -> bool:
        """Whether the gain is below zero by both rules."""
        return self.worse_by_scenario and self.worse_by_task


def finding(pairs: Sequence[Pair]) -> Finding:
    """What both rules say of the pairs of a comparison; of no pairs they prove nothing."""
    differences = [pair.difference for pair in pairs]
    criteria = sum(pair.criteria for pair in pairs)
    tasks = by_task(pairs)
    return Finding(
        gain=sum(differences) / criteria if criteria else 0.0,
        p_better=exact_p(differences),
        p_worse=exact_p([-difference for difference in differences]),
        better_by_task=_is_above_zero(tasks, sign=1),
        worse_by_task=_is_above_zero(tasks, sign=-1),
    )


def by_task(pairs: Sequence[Pair]) -> dict[str, Pair]:
    """The pairs of each task added up, as one pair."""
    differences: Counter[str] = Counter()
    criteria: Counter[str] = Counter()
    for pair in pairs:
        differences[pair.task] += pair.difference
        criteria[pair.task] += pair.criteria
    return {task: Pair(task, differences[task], criteria[task]) for task in criteria}


def _is_above_zero(tasks: dict[str, Pair], *, sign: int) -> bool:
    """Whether the rule over tasks puts sign * gain above zero."""
    differences = [sign * each.difference for each in tasks.values()]
    if len(tasks) >= LEAST_TASKS:
        return sum(differences) > 0 and exact_p(differences) <= ONE_SIDE
    low = ratio_interval(
        {
            task: (float(sign * each.difference), float(each.criteria))
            for task, each in tasks.items()
        }
    ).low
    return low is not None and low > 0
