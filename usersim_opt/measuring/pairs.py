"""Outcomes side by side: two prompts on the same jobs, and the pass rate of one."""

from collections import Counter
from collections.abc import Iterable, Iterator

from usersim_opt.basics.figures import Interval
from usersim_opt.basics.statistics import Pair, Paired, PairedDifference, difference, ratio_interval
from usersim_opt.measuring.outcome import Outcome

_Verdicts = dict[str, bool]
"""Whether each scored criterion of a reply passed."""


def pair(old: Iterable[Outcome], new: Iterable[Outcome]) -> Paired:
    """Pair two sets of outcomes by scenario and repeat; only criteria scored on both sides count.

    A criterion that one side lacks is left out of both: to count it on the other side alone would
    compare two different rubrics.
    """
    gains: Counter[str] = Counter()
    criteria: Counter[str] = Counter()
    dropped = lost = 0
    for scenario, before, after in _side_by_side(old, new):
        common = before.keys() & after.keys()
        lost += len(before.keys() ^ after.keys())
        if not common:
            dropped += 1
            continue
        gains[scenario] += sum(after[name] - before[name] for name in common)
        criteria[scenario] += len(common)
    pairs = tuple(Pair(name, gains[name], criteria[name]) for name in sorted(gains))
    return Paired(pairs, dropped, lost / (lost + criteria.total()) if lost else 0.0)


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
    return {verdict.criterion: verdict.passed for verdict in outcome.scored_verdicts}


def paired_difference(old: Iterable[Outcome], new: Iterable[Outcome]) -> PairedDifference:
    """Compare two prompts on the same jobs."""
    return difference(pair(old, new))


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
