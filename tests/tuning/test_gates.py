import numpy as np
import pytest

from usersim_opt.basics.statistics import Pair, Paired, difference
from usersim_opt.tuning.gates import Improvement, NoRegression


def gains(values, lost=0.0):
    return difference(
        Paired(
            tuple(Pair(f"{i:03}.1", v, 4) for i, v in enumerate(values)),
            dropped=0,
            lost=lost,
        )
    )


@pytest.mark.parametrize(
    ("values", "lost", "accepted", "reason"),
    [
        ([1, 1, 2, 0, 1, 1, 0, 2, 1, 1], 0, True, "+25.0 points on 10 fresh scenarios"),
        ([0] * 10, 0, False, "no improvement"),
        ([-1] * 10, 0, False, "no improvement"),
        ([4, -3, 2, -3, 1, 0, 0, 0, 0, 0], 0, False, "no more than noise"),
        (
            [1, 1, 2, 0, 1, 1, 0],
            0.3,
            False,
            "no decision: 30 % of the verdicts are missing on one side",
        ),
        ([1, 1, 2, 0, 1, 1, 0, 2], 0.1, True, "points"),
        ([], 10, False, "no reply was scored"),
    ],
)
def test_an_improvement_must_be_more_than_noise(values, lost, accepted, reason):
    ruling = Improvement().rule(gains(values, lost))
    assert ruling.accepted is accepted
    assert reason in ruling.reason


@pytest.mark.parametrize(
    ("values", "accepted"),
    [
        ([-2, -1, -2, -1, -3, -1, -2, -1, -1, -2], False),
        ([-1, 1, 0, 0, -1, 1, 0, 0, 0, 0], True),
        ([1] * 10, True),
        ([-1, 0, 0, 0, 0, 0, 0, 0, 0, 0], True),
    ],
)
def test_only_a_significant_regression_counts(values, accepted):
    assert NoRegression().rule(gains(values)).accepted is accepted


def test_equal_prompts_pass_the_gate_one_time_in_six():
    rng = np.random.default_rng(5)
    accepted = [
        Improvement().rule(gains(rng.binomial(4, 0.5, 10) - rng.binomial(4, 0.5, 10))).accepted
        for _ in range(600)
    ]
    assert 0.10 <= np.mean(accepted) <= 0.22
