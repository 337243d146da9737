"""Outcomes side by side: two prompts on the same jobs, and the pass rate of one."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from usersim_opt.basics.figures import Interval
from usersim_opt.basics.statistics import Pair, Paired, PairedDifference, difference, ratio_interval
from usersim_opt.measuring.outcome import Outcome

_Job = tuple[str, int]
"""Scenario and repeat: what both prompts have in common."""


def pair(old: Iterable[Outcome], new: Iterable[Outcome]) -> Paired:
    """Pair two sets of outcomes by scenario and repeat; only criteria scored on both sides count.

    A criterion that one side lacks is left out of both: to count it on the other side alone would
    compare two different rubrics.
    """
    before, after = _by_job(old), _by_job(new)
    gains: dict[str, float] = defaultdict(float)
    criteria: Counter[str] = Counter()
    dropped = lost = 0
    for job in sorted(before.keys() | after.keys()):
        one, other = before.get(job, {}), after.get(job, {})
        common = one.keys() & other.keys()
        lost += len(one.keys() ^ other.keys())
        if not common:
            dropped += 1
            continue
        scenario, _ = job
        gains[scenario] += sum(other[name] - one[name] for name in common)
        criteria[scenario] += len(common)
    pairs = tuple(Pair(name, gains[name], criteria[name]) for name in sorted(gains))
    return Paired(pairs, dropped, lost / (lost + criteria.total()) if lost else 0.0)


def _by_job(outcomes: Iterable[Outcome]) -> dict[_Job, dict[str, bool]]:
    """By job, whether each scored criterion passed."""
    return {(outcome.scenario, outcome.repeat): _passed(outcome) for outcome in outcomes}


def _passed(outcome: Outcome) -> dict[str, bool]:
    return {verdict.criterion: verdict.outcome == "pass" for verdict in outcome.scored_verdicts}


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
    clusters = {task: (float(passed[task]), float(scored[task])) for task in scored}
    return ratio_interval(clusters) if scored.total() else None
