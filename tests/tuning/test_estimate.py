import threading

import pytest
from helpers import scripted

import usersim_opt as uso
from usersim_opt.tuning.estimate import SAMPLE, estimate, longest_texts, provable


def clock(*seconds):
    times = iter(seconds)
    return lambda: next(times)


def test_a_run_s_cost_is_told_from_a_few_replies(airline, simulator, metric):
    cost = estimate(
        simulator, airline.train, metric, calls=3000, workers=SAMPLE, clock=clock(100, 100.8)
    )
    assert cost.calls == 3000
    assert cost.tokens > 100_000
    # 0.8 s for a reply and its judging
    assert cost.minutes == pytest.approx(0.4 * 3000 / SAMPLE / 60)
    assert str(cost).startswith("up to 3,000 calls, ")


@pytest.mark.parametrize(
    ("workers", "abreast", "seconds"), [(2, 2, 0.1), (4, 4, 0.05), (8, 4, 0.05)]
)
def test_replies_are_timed_abreast_and_twice_as_many_threads_take_half_the_time(
    checked, base_prompt, workers, abreast, seconds
):
    together = threading.Barrier(abreast, timeout=60)
    lm, _ = scripted(lambda request: (together.wait(), "no")[1])
    simulator = uso.UserSimulator(base_prompt, lm)
    cost = estimate(
        simulator,
        checked.train,
        uso.RubricMetric(),
        calls=1000,
        workers=workers,
        clock=clock(100, 100 + seconds),
    )
    assert cost.tokens == 2000
    assert cost.minutes == pytest.approx(0.05 * 1000 / workers / 60)


def test_the_longest_texts_are_as_long_as_what_is_sent(airline):
    longest = longest_texts([*airline.train, *airline.smoke])
    assert len(longest["user"]) > 6_500 + max(len(task.story) for task in airline.tasks.values())
    assert longest["judge"].startswith("<material>")
    assert len(longest["proposer"]) > 10_000


def test_what_a_run_can_prove_is_told_for_three_pass_rates(airline, metric):
    few, many = (provable(airline.smoke, metric, calls=calls) for calls in (600, 9000))
    assert "points from 70 %" in few
    assert "1 reply each" in few
    assert "; no gain could be proven from 97 % (" in few
    assert "6 replies each" in many
    smallest = [float(part.split()[0]) for part in many.split(", ")]
    assert smallest == sorted(smallest, reverse=True)
    assert smallest[0] == pytest.approx(7, abs=1)


def test_calls_that_pay_for_no_reply_to_each_scenario_prove_nothing(airline, metric):
    assert provable(airline.smoke, metric, calls=50).startswith("nothing: 296 calls")
