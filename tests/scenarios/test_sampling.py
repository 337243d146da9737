from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.basics.errors import InputError
from usersim_opt.scenarios.sampling import MinibatchSampler


def tasks(n, each=5):
    return {f"{i:03}": [f"{i:03}.{k}" for k in range(1, each + 1)] for i in range(n)}


def task_of(scenario):
    return scenario.partition(".")[0]


@given(st.integers(1, 30), st.integers(1, 5), st.integers(1, 12), st.integers(), st.integers(1, 25))
def test_draws_are_without_replacement_over_tasks_and_over_their_scenarios(
    n, each, size, seed, rounds
):
    sampler = MinibatchSampler(tasks(n, each), size=size, seed=seed)
    drawn = []
    for _ in range(rounds):
        batch = sampler.draw()
        assert len(batch) == min(size, n)
        assert len({task_of(scenario) for scenario in batch}) == len(batch)
        drawn += batch
        by_task = Counter(map(task_of, drawn))
        counts = [by_task[task] for task in tasks(n)]
        assert max(counts) - min(counts) <= 1
        for task in by_task:
            seen = Counter(scenario for scenario in drawn if task_of(scenario) == task)
            assert max(seen.values()) - min(seen[f"{task}.{k}"] for k in range(1, each + 1)) <= 1


@given(st.integers(0, 5))
def test_the_seed_alone_fixes_the_draws(seed):
    one, other = (MinibatchSampler(tasks(13), seed=seed) for _ in range(2))
    assert [one.draw() for _ in range(9)] == [other.draw() for _ in range(9)]


def test_another_seed_draws_otherwise():
    assert MinibatchSampler(tasks(30), seed=1).draw() != MinibatchSampler(tasks(30), seed=2).draw()


def test_every_scenario_has_come_up_once_after_one_reload():
    sampler = MinibatchSampler(tasks(10), size=10, seed=3)
    assert Counter(scenario for _ in range(5) for scenario in sampler.draw()) == Counter(
        {s: 1 for ids in tasks(10).values() for s in ids}
    )


@pytest.mark.parametrize(
    ("scenarios", "size", "complaint"),
    [
        ({}, 10, "no training task"),
        ({"001": []}, 10, "task 001 has no scenario"),
        (tasks(3), 0, "minibatch_size is 0"),
    ],
)
def test_useless_input_is_refused(scenarios, size, complaint):
    with pytest.raises(InputError, match=complaint):
        MinibatchSampler(scenarios, size=size)
