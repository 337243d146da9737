import numpy as np
import pytest

from usersim_opt.basics.paired import Pair, Paired
from usersim_opt.basics.power import proven
from usersim_opt.basics.proof import by_task, finding
from usersim_opt.basics.statistics import difference

SCENARIOS, CRITERIA = 5, 5
"""Scenarios of a task and criteria of a scenario."""


def pairs(values, per_task, criteria=20):
    return [Pair(f"{i // per_task:03}.{i % per_task}", v, criteria) for i, v in enumerate(values)]


def test_the_differences_of_a_task_are_added_up():
    assert by_task(pairs([1, 2, -3, 4], 2)) == {
        "000": Pair("000", 3, 40),
        "001": Pair("001", 1, 40),
    }


def test_what_only_some_tasks_gain_is_better_on_these_scenarios_alone():
    # Two tasks of five gain everywhere: p over ten scenarios is 2^-10, over tasks nobody knows.
    found = difference(Paired(tuple(pairs([9] * 10 + [0] * 15, 5)), dropped=0, lost=0.0))
    assert found.found.better_by_scenario
    assert not found.proven
    assert found.worth == "Better on these scenarios, not proven for new tasks"
    assert found.by_task.low < 0 < found.gain.low
    mirror = difference(Paired(tuple(pairs([-9] * 10 + [0] * 15, 5)), dropped=0, lost=0.0))
    assert mirror.worth == "Worse on these scenarios, not proven for new tasks"
    assert not mirror.worse


@pytest.mark.parametrize(
    ("tasks", "better"),
    [
        ([4, 5, 4, 5, 4], True),  # t = 4.4 / .245 = 18
        ([9, 1, 9, 1, 2], False),  # t = 4.4 / 1.89 = 2.3, and 2.78 is wanted
        ([3] * 6, True),  # p = 1 / 64
        ([3] * 5 + [-1], False),  # p = 2 / 64
        ([9, 1, 9, 1, 2, 1], True),  # t = 2.3 again, but six of six tasks gain
        ([3] * 7 + [-1, -1], True),  # p = 9 / 512: sums of 19 or more
        ([3], False),
    ],
)
def test_few_tasks_are_tested_by_t_and_six_or_more_by_their_signs(tasks, better):
    # Ten scenarios of one verdict each make every task, so the rule over scenarios says yes.
    each = [Pair(f"{n:03}.{k}", v if k else 1, 4) for n, v in enumerate(tasks) for k in range(2)]
    of_tasks = [Pair(f"{n:03}.1", v, 20) for n, v in enumerate(tasks)]
    assert finding(of_tasks).better_by_task == better
    assert len(by_task(each)) == len(tasks)


def test_nothing_is_proven_of_nothing():
    found = finding([])
    assert (found.gain, found.p_better, found.better, found.worse) == (0.0, 1.0, False, False)


def worlds(rng, *, tasks, replies, correlation, base=0.7, gain=0.0, number=4_000):
    """Differences of comparisons, a row each, whose gains differ from task to task.

    The gain of a task is normal about `gain`, and is cut where a rate would leave 0 to 1, on both
    sides alike. Its spread is such that the gains of two scenarios of a task have this correlation.
    """
    verdicts = replies * CRITERIA
    noise = 2 * base * (1 - base) / verdicts
    spread = np.sqrt(correlation / (1 - correlation) * noise)
    room = 1 - base - abs(gain)
    of_tasks = gain + np.clip(rng.normal(0, spread, (number, tasks)), -room, room)
    new = base + np.repeat(of_tasks, SCENARIOS, axis=1)
    size = (number, tasks * SCENARIOS)
    differences = rng.binomial(verdicts, new, size) - rng.binomial(verdicts, base, size)
    layout = np.full(size[1], verdicts), np.repeat(np.arange(tasks), SCENARIOS)
    return differences, *layout


CORRELATIONS = (0.0, 0.07, 0.13, 0.20, 0.31, 0.45)


@pytest.mark.parametrize("correlation", CORRELATIONS)
@pytest.mark.parametrize(("tasks", "replies"), [(5, 7), (10, 3)])
def test_equal_prompts_ship_in_four_of_a_hundred_runs_at_most(tasks, replies, correlation):
    rng = np.random.default_rng(17)
    drawn = worlds(rng, tasks=tasks, replies=replies, correlation=correlation)
    assert proven(*drawn).mean() <= 0.04
