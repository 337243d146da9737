"""When is a difference proven? The two rules of every decision, both at one two-sided level.

    by scenario  exact sign flips over scenarios: were the prompts alike, the difference of each
                 scenario would be as likely with the other sign (sign_flips.py)
    by task      the same over tasks where there are enough; with fewer no pattern of signs has a
                 probability of half the level, and a t interval over tasks must leave out zero
                 (ratios.py). At 5 %, which is 2.5 % on each side, six are enough, at 2.5 % seven.

Scenarios of one task gain or lose together. A prompt that suits the tasks at hand is no better on
other ones, so what is better over scenarios alone ships too often where gains differ from task to
task; the tasks alone are few, and their t interval is an approximation. Hence both rules.

The level is 5 %, unless the same held-out data are used again and again (levels.py).

Not covered: tasks that are no sample of those that matter.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from usersim_opt.basics.levels import LEVEL, least_units
from usersim_opt.basics.paired import Pair
from usersim_opt.basics.ratios import ratio_interval
from usersim_opt.basics.sign_flips import exact_p


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
    level: float = LEVEL
    """Of the test, two-sided."""

    @property
    def better_by_scenario(self) -> bool:
        """Whether the gain is above zero by the exact test over scenarios."""
        return self.gain > 0 and self.p_better <= self.level / 2

    @property
    def worse_by_scenario(self) -> bool:
        """Whether the gain is below zero by the exact test over scenarios."""
        return self.gain < 0 and self.p_worse <= self.level / 2

    @property
    def better(self) -> bool:
        """Whether the gain is above zero by both rules."""
        return self.better_by_scenario and self.better_by_task

    @property
    def worse(self) -> bool:
        """Whether the gain is below zero by both rules."""
        return self.worse_by_scenario and self.worse_by_task


def finding(pairs: Sequence[Pair], *, level: float = LEVEL) -> Finding:
    """What both rules say of the pairs of a comparison; of no pairs they prove nothing.

    The level is two-sided, 0 to 1.
    """
    differences = [pair.difference for pair in pairs]
    criteria = sum(pair.criteria for pair in pairs)
    tasks = by_task(pairs)
    return Finding(
        gain=sum(differences) / criteria if criteria else 0.0,
        p_better=exact_p(differences),
        p_worse=exact_p([-difference for difference in differences]),
        better_by_task=_is_above_zero(tasks, sign=1, level=level),
        worse_by_task=_is_above_zero(tasks, sign=-1, level=level),
        level=level,
    )


def by_task(pairs: Sequence[Pair]) -> dict[str, Pair]:
    """The pairs of each task added up, as one pair."""
    differences: Counter[str] = Counter()
    criteria: Counter[str] = Counter()
    for pair in pairs:
        differences[pair.task] += pair.difference
        criteria[pair.task] += pair.criteria
    return {task: Pair(task, differences[task], criteria[task]) for task in criteria}


def _is_above_zero(tasks: dict[str, Pair], *, sign: int, level: float) -> bool:
    """Whether the rule over tasks puts sign * gain above zero."""
    differences = [sign * each.difference for each in tasks.values()]
    if len(tasks) >= least_units(level):
        return sum(differences) > 0 and exact_p(differences) <= level / 2
    signed = {
        task: (float(sign * each.difference), float(each.criteria)) for task, each in tasks.items()
    }
    low = ratio_interval(signed, level=level).low
    return low is not None and low > 0
