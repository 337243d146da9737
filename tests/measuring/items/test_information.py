"""Bits that a verdict tells of who replied."""

import math

import numpy as np
import pytest

from usersim_opt.measuring.items.information import information, weights


def test_a_verdict_tells_everything_nothing_or_something():
    assert information(1.0, 0.0) == pytest.approx(1.0)
    assert information(0.7, 0.7) == 0.0
    # H(.5) - (H(.75) + H(.25)) / 2 = 1 - .811278.
    assert information(0.75, 0.25) == pytest.approx(1 - 0.811278, abs=1e-6)
    assert information(0.25, 0.75) == pytest.approx(information(0.75, 0.25))


def test_it_is_the_mutual_information_of_simulated_verdicts():
    rng = np.random.default_rng(2)
    group = rng.random(200_000) < 0.5
    passed = rng.random(200_000) < np.where(group, 0.9, 0.4)
    bits = 0.0
    for g in (False, True):
        for p in (False, True):
            joint = np.mean((group == g) & (passed == p))
            bits += joint * math.log2(joint / (np.mean(group == g) * np.mean(passed == p)))
    assert information(0.9, 0.4) == pytest.approx(bits, abs=0.01)


def test_weights_follow_the_information_and_not_the_number_of_criteria():
    pairs = [("clarification.pushback", 0.3)] + [("communication_style.shortness", 0.01)] * 10
    found = weights(pairs)
    assert list(found) == ["communication_style.shortness", "clarification.pushback"]
    assert found["clarification.pushback"] == pytest.approx(0.75)
    assert sum(found.values()) == pytest.approx(1)
    assert weights([("clarification.pushback", None), ("clarification.pushback", 0.0)]) == {}
