"""Outcomes side by side: two prompts on the same jobs, and the pass rate of one."""

from collections import defaultdict
from collections.abc import Iterable

from usersim_opt.basics.figures import Interval
from usersim_opt.basics.statistics import Pair, Paired, PairedDifference, difference, ratio_interval
from usersim_opt.measuring.outcome import Outcome


def pair(old: Iterable[Outcome], new: Iterable[Outcome]) -> Paired:
    """Pair two sets of outcomes by scenario and repeat; only criteria scored on both sides count."""
    before, after = ({(o.scenario, o.repeat): _scored(o) for o in side} for side in (old, new))
    totals: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    dropped = shared_in_all = lost = 0
    for key in sorted(before.keys() | after.keys()):
        one, other = before.get(key, {}), after.get(key, {})
        shared = one.keys() & other.keys()
        lost += len(one.keys() ^ other.keys())
        shared_in_all += len(shared)
        dropped += not shared
        if shared:
            so_far = totals[key[0]]
            totals[key[0]] = (
                so_far[0] + sum(other[c] - one[c] for c in shared),
                so_far[1] + len(shared),
            )
    pairs = tuple(Pair(scenario, *total) for scenario, total in sorted(totals.items()))
    return Paired(pairs, dropped, lost / (lost + shared_in_all) if lost else 0.0)


def _scored(outcome: Outcome) -> dict[str, bool]:
    """Whether each scored criterion passed."""
    return (
        {
            v.criterion: v.outcome == "pass"
            for v in outcome.grade.verdicts
            if v.outcome != "unscored"
        }
        if outcome.grade
        else {}
    )


def paired_difference(old: Iterable[Outcome], new: Iterable[Outcome]) -> PairedDifference:
    """Compare two prompts on the same jobs."""
    return difference(pair(old, new))


def pass_rate(outcomes: Iterable[Outcome]) -> Interval | None:
    """Passed / scored criteria with a 95 % t interval over tasks; None where nothing was scored."""
    clusters: dict[str, tuple[float, float]] = {}
    for outcome in outcomes:
        passed, scored = (outcome.grade.passed, outcome.grade.scored) if outcome.grade else (0, 0)
        before = clusters.get(outcome.task_id, (0.0, 0.0))
        clusters[outcome.task_id] = (before[0] + passed, before[1] + scored)
    return ratio_interval(clusters) if any(scored for _, scored in clusters.values()) else None
