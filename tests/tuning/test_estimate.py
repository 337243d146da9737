import pytest
from helpers import scripted

import usersim_opt as uso
from usersim_opt.tuning.estimate import estimate, longest_texts


def test_a_run_s_cost_is_told_from_a_few_replies(airline, simulator, metric):
    cost = estimate(simulator, airline.train, metric, calls=3000)
    assert cost.calls == 3000
    assert cost.tokens > 100_000
    assert 0 < cost.minutes < 5
    assert str(cost).startswith("up to 3,000 calls, ")


def test_twice_as_many_threads_take_half_the_time(airline, base_prompt):
    lm, _ = scripted(lambda request: __import__("time").sleep(0.05) or "no")
    simulator = uso.UserSimulator(base_prompt, lm)
    minutes = [
        estimate(simulator, airline.train, uso.RubricMetric(), calls=1000, workers=n).minutes
        for n in (4, 8)
    ]
    assert minutes[0] == pytest.approx(0.05 * 1000 / 4 / 60, rel=0.5)
    assert minutes[1] == pytest.approx(minutes[0] / 2, rel=0.3)


def test_the_longest_texts_are_as_long_as_what_is_sent(airline):
    longest = longest_texts([*airline.train, *airline.smoke])
    assert len(longest["user"]) > 6_500 + max(len(task.story) for task in airline.tasks.values())
    assert longest["judge"].startswith("<material>")
    assert len(longest["proposer"]) > 10_000
