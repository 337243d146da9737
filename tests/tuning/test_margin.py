import numpy as np
import pytest

from usersim_opt.basics.paired import Pair, Paired
from usersim_opt.tuning.margin import Loss, loss_of


def paired(values, *, verdicts=20, **lost):
    """A scenario of its own task for each difference."""
    pairs = [Pair(f"{n:03}.1", value, verdicts, **lost) for n, value in enumerate(values)]
    return Paired(tuple(pairs), dropped=0, lost=0.0)


def test_equal_replies_everywhere_may_lose_nothing():
    assert loss_of(paired([0] * 20)).most == pytest.approx(0.0, abs=1e-9)
    assert loss_of(paired([0] * 20)).is_below(0.02)


def test_no_significant_loss_is_no_proof_that_less_than_the_margin_is_lost():
    loss = loss_of(paired([-3, 2, -1, 1, 0, -2, 2, 1, -1, 0]))
    assert loss.most > 0.02
    assert not loss.is_below(0.02)
    assert loss.is_below(0.2)


def test_too_few_scenarios_show_nothing():
    assert loss_of(paired([9] * 4)).most is None
    assert not loss_of(paired([9] * 4)).is_below(0.5)


def test_lost_verdicts_count_against_the_shorter_prompt():
    assert loss_of(paired([0] * 20, lost=2, worst=-1)).most == pytest.approx(1 / 22)


def test_half_the_margin_takes_four_times_the_calls():
    # (2.802 * .05 / .02)^2 = 49.07 times the calls, and four times as many for half of it.
    loss = Loss(0.1, 0.05)
    assert loss.calls_for(0.02, 1000) == 49_100
    assert loss.calls_for(0.01, 1000) == 196_300
    assert Loss(None, 0.0).calls_for(0.01, 1000) is None


def test_a_prompt_that_loses_the_margin_passes_in_a_fortieth_and_the_price_is_right():
    rng = np.random.default_rng(7)
    scenarios, verdicts, rate, margin = 30, 40, 0.8, 0.05

    def drawn(lost):
        size = (150, scenarios)
        return rng.binomial(verdicts, rate - lost, size) - rng.binomial(verdicts, rate, size)

    def share(lost):
        losses = [loss_of(paired(map(int, row), verdicts=verdicts)) for row in drawn(lost)]
        return np.mean([loss.is_below(margin) for loss in losses]), losses

    assert share(margin)[0] <= 0.025 + 2 * np.sqrt(0.025 / 150)
    found, losses = share(0.0)
    # Where about as many calls are asked for as were made, about four in five must pass.
    asked = np.median([(loss.calls_for(margin, 100_000) or 0) / 100_000 for loss in losses])
    assert asked == pytest.approx(1.0, abs=0.1)
    assert found >= 0.8
