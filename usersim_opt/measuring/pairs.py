"""Outcomes side by side: two prompts on the same jobs, and the pass rate of one."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from usersim_opt.basics.figures import Interval
from usersim_opt.basics.levels import LEVEL
from usersim_opt.basics.paired import Pair, Paired
from usersim_opt.basics.ratios import ratio_interval
from usersim_opt.basics.statistics import PairedDifference, difference
from usersim_opt.measuring.outcome import Outcome

_Verdicts = dict[str, bool | None]
"""Whether each criterion of a reply passed; None where a judge had to say so and did not.

A criterion that nobody had to decide is not in it.
"""


def pair(old: Iterable[Outcome], new: Iterable[Outcome]) -> Paired:
    """Pair two sets of outcomes by scenario and repeat; only criteria scored on both sides count.

    A criterion that one side lacks is left out of both: to count it on the other side alone would
    compare two different rubrics. It is lost, whatever the reason: an error, a judge whose answer
    could not be read, or one that abstained on this side only. On both sides it is lost where a
    judge had to decide it, and not where nobody had to or where both judges abstained.
    """
    counts: dict[str, _Count] = defaultdict(_Count)
    dropped = 0
    for scenario, before, after in _side_by_side(old, new):
        has_common = counts[scenario].add(before, after)
        dropped += not has_common
    pairs = tuple(counts[name].pair(name) for name in sorted(counts))
    one_sided = sum(count.one_sided for count in counts.values())
    common = sum(count.criteria for count in counts.values())
    return Paired(pairs, dropped, one_sided / (one_sided + common) if one_sided else 0.0)


@dataclass
class _Count:
    """The pairs of one scenario while they are counted."""

    difference: int = 0
    criteria: int = 0
    one_sided: int = 0
    lost: int = 0
    worst: int = 0
    best: int = 0

    def add(self, before: _Verdicts, after: _Verdicts) -> bool:
        """Count the verdicts of one job, and say whether any of them is on both sides."""
        criteria = self.criteria
        for name in before.keys() | after.keys():
            old, new = before.get(name), after.get(name)
            if old is None or new is None:
                self._lose(old, new)
            else:
                self.difference += new - old
                self.criteria += 1
        return self.criteria > criteria

    def _lose(self, old: bool | None, new: bool | None) -> None:
        """Count a criterion that a side lacks.

        At its worst the new prompt fails it and the old one passes, at its best the reverse.
        """
        self.lost += 1
        self.one_sided += (old is None) != (new is None)
        self.worst += bool(new) - (old is None or old)
        self.best += (new is None or new) - bool(old)

    def pair(self, scenario: str) -> Pair:
        """What was counted."""
        return Pair(
            scenario,
            self.difference,
            self.criteria,
            lost=self.lost,
            worst=self.worst,
            best=self.best,
        )


def _side_by_side(
    old: Iterable[Outcome], new: Iterable[Outcome]
) -> Iterator[tuple[str, _Verdicts, _Verdicts]]:
    """The scenario of each job that either side has, and its verdicts on both sides."""
    before, after = _by_job(old), _by_job(new)
    for job in sorted(before.keys() | after.keys()):
        scenario, _ = job
        yield scenario, before.get(job, {}), after.get(job, {})


def _by_job(outcomes: Iterable[Outcome]) -> dict[tuple[str, int], _Verdicts]:
    """The verdicts by scenario and repeat, which is what both prompts have in common."""
    return {(outcome.scenario, outcome.repeat): _passed(outcome) for outcome in outcomes}


def _passed(outcome: Outcome) -> _Verdicts:
    scored = {verdict.criterion: verdict.passed for verdict in outcome.scored_verdicts}
    return scored | {verdict.criterion: None for verdict in outcome.verdicts if verdict.missing}


def paired_difference(
    old: Iterable[Outcome], new: Iterable[Outcome], *, level: float = LEVEL
) -> PairedDifference:
    """Compare two prompts on the same jobs, at a two-sided level."""
    return difference(pair(old, new), level=level)


def pass_rate(outcomes: Iterable[Outcome]) -> Interval | None:
    """Passed / scored criteria with a 95 % t interval over tasks; None where nothing was scored."""
    passed: Counter[str] = Counter()
    scored: Counter[str] = Counter()
    for outcome in outcomes:
        passed[outcome.task_id] += outcome.passed
        scored[outcome.task_id] += outcome.scored
    return ratio_interval(counts_by_task(passed, scored)) if scored.total() else None


def counts_by_task(passed: Counter[str], scored: Counter[str]) -> dict[str, tuple[float, float]]:
    """Two counts by task as pairs by task, which is how intervals over tasks take them."""
    return {task: (float(passed[task]), float(scored[task])) for task in scored}
