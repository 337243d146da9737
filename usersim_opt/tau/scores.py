"""What simulations say of the agent: success, pass^k, and a difference between two prompts.

pass^k of a task with n trials and c successes is C(c, k) / C(n, k), the chance that k trials drawn
without return all succeed (tau-bench, arXiv 2406.12045); the mean over tasks is told. Lost
simulations are no trials. The unit of an interval is the text that the customer was given.

Not covered: rewards between 0 and 1, which tau2 does not give; a success is a reward of 1.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import comb
from statistics import fmean

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import Interval
from usersim_opt.basics.layout import some
from usersim_opt.basics.paired import Pair, Paired
from usersim_opt.basics.ratios import ratio_interval
from usersim_opt.basics.statistics import PairedDifference, difference
from usersim_opt.tau.simulation import Simulation

Simulations = Sequence[Simulation]
Texts = Mapping[str, int]
"""By task, the number of its customer's text."""


def pass_hat(trials: int, successes: int, k: int) -> float:
    """The chance that k of the trials all succeed, 0 to 1; InputError for more than there are.

    >>> pass_hat(4, 3, 1), pass_hat(4, 3, 2)
    (0.75, 0.5)
    """
    if not 1 <= k <= trials or not 0 <= successes <= trials:
        raise InputError(f"pass^{k} of {successes} in {trials}; expected 1 <= k <= trials")
    return comb(successes, k) / comb(trials, k)


def counts(simulations: Iterable[Simulation]) -> dict[str, tuple[int, int]]:
    """By task, its successes and its trials; tasks of which every run was lost are not there."""
    found: dict[str, tuple[int, int]] = {}
    for each in simulations:
        if not each.is_lost:
            good, all_ = found.get(each.talk.task, (0, 0))
            found[each.talk.task] = good + each.success, all_ + 1
    return found


def passes(simulations: Iterable[Simulation]) -> list[float]:
    """pass^1, pass^2, ... up to the fewest trials of a task; empty where there is none."""
    found = counts(simulations).values()
    most = min((trials for _, trials in found), default=0)
    return [fmean(pass_hat(trials, good, k) for good, trials in found) for k in range(1, most + 1)]


def success(simulations: Iterable[Simulation], texts: Texts) -> Interval | None:
    """The share of successes with a t interval over texts; None where every run was lost."""
    clusters: dict[str, tuple[float, float]] = {}
    for task, (good, trials) in counts(simulations).items():
        name = str(texts[task])
        before = clusters.get(name, (0.0, 0.0))
        clusters[name] = before[0] + good, before[1] + trials
    return ratio_interval(clusters).within(0.0, 1.0) if clusters else None


def paired(old: Simulations, new: Simulations, texts: Texts) -> PairedDifference:
    """The gain in success of new over old, by task and trial, tested over tasks and over texts.

    A run that was lost on one side or on both is left out, and counted against the claim where one
    is tested. InputError where a side lacks a run that the other one has.
    """
    before, after = ({each.pair: each for each in side} for side in (old, new))
    if lacking := sorted(before.keys() ^ after.keys()):
        shown = some([f"{task}, trial {trial}" for task, trial in lacking])
        raise InputError(
            f"one prompt lacks runs that the other one has (task {shown}); "
            "play them first, or compare on fewer tasks or trials"
        )
    tasks = list(dict.fromkeys(task for task, _ in before))
    pairs = [_pair(task, before, after, texts) for task in tasks]
    lost = sum(pair.lost for pair in pairs) / max(1, len(before))
    return difference(Paired(tuple(pairs), dropped=0, lost=lost))


Runs = Mapping[tuple[str, int], Simulation]


def _pair(task: str, before: Runs, after: Runs, texts: Texts) -> Pair:
    """One task under two prompts; the text is the cluster."""
    sides = [(run, after[key]) for key, run in before.items() if key[0] == task]
    both = [(a, b) for a, b in sides if not (a.is_lost or b.is_lost)]
    broken = [_bounds(a, b) for a, b in sides if a.is_lost or b.is_lost]
    return Pair(
        scenario=f"{texts[task]}.{task}",
        difference=sum(b.success - a.success for a, b in both),
        criteria=len(both),
        lost=len(broken),
        worst=sum(low for low, _ in broken),
        best=sum(high for _, high in broken),
    )


def _bounds(old: Simulation, new: Simulation) -> tuple[int, int]:
    """The least and the most that a pair can add, where a side of it was lost."""
    (old_low, old_high), (new_low, new_high) = _possible(old), _possible(new)
    return new_low - old_high, new_high - old_low


def _possible(run: Simulation) -> tuple[int, int]:
    """What the success of a run can have been."""
    return (0, 1) if run.is_lost else (int(run.success), int(run.success))
