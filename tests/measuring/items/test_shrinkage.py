"""Shares of single items, drawn towards their dimension."""

import math

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from usersim_opt.measuring.items.shrinkage import CHANCES, Chance, Shrinkage, _betas, _log_odds

MEANS = 49 * 7
"""Pairs of a mean and a strength on the grid."""


def pair(mean_logit, strength):
    """The number of a pair on the grid."""
    return round((mean_logit + 4) / 0.25) * 7 + round(math.log2(strength)) - 1


def test_a_beta_distribution_after_its_verdicts_has_the_known_mean_and_quantiles():
    # Mean 1/2 and strength 2 is the uniform distribution; after 3 of 4 passes it is Beta(4, 2).
    after = Chance(_betas(3, 1)[pair(0.0, 2)])
    assert after.mean == pytest.approx(4 / 6, abs=1e-4)
    # Beta(4, 2): P(p <= x) = 5 x^4 - 4 x^5.
    for bound in (0.3, 0.6, 0.9):
        assert after.below(bound) == pytest.approx(5 * bound**4 - 4 * bound**5, abs=2e-3)
    median = after.quantile(0.5)
    assert 5 * median**4 - 4 * median**5 == pytest.approx(0.5, abs=2e-3)


def test_what_lies_beyond_the_grid_counts_at_its_ends():
    # With a mean of 1 / (1 + exp(-8)) and strength 2 nearly all of the weight is beyond 1 - 1e-6.
    far = Chance(_betas(0, 0)[pair(8.0, 2)])
    assert far.weights.sum() == pytest.approx(1)
    assert far.mean == pytest.approx(1 / (1 + math.exp(-8)), abs=1e-5)


def test_the_beta_binomial_probability_of_a_sequence_is_exact():
    # Uniform prior: B(1 + 2, 1 + 1) / B(1, 1) = 2! 1! / 4! = 1/12.
    assert math.exp(_log_odds(2, 3)[pair(0.0, 2)]) == pytest.approx(1 / 12)
    assert _log_odds(0, 0) == pytest.approx(np.zeros(MEANS))


def test_one_verdict_is_read_by_the_other_items_of_its_dimension():
    good = Shrinkage({"a": [(1, 1)] * 60, "b": [(1, 1)] * 20 + [(0, 1)] * 20})
    assert good.share("a", 1, 1).shrunk > 0.97
    assert good.share("a", 1, 1).low > 0.9
    assert 0.4 < good.share("b", 1, 1).shrunk < 0.9
    assert good.share("b", 0, 1).shrunk < good.share("b", 1, 1).shrunk


def test_many_verdicts_of_its_own_outweigh_the_dimension():
    items = [(19, 20)] * 10
    model = Shrinkage({"a": [*items, (4, 20)]})
    outlier = model.share("a", 4, 20)
    assert 0.2 < outlier.shrunk < 0.45
    assert outlier.high < 0.6
    assert (outlier.passed, outlier.scored) == (4, 20)


def test_an_unknown_dimension_is_read_by_all_others_and_is_less_sure():
    model = Shrinkage({"a": [(1, 1)] * 50, "b": [(1, 1)] * 50})
    known, unknown = model.share("a", 0, 0), model.share("new", 0, 0)
    assert known.shrunk > unknown.shrunk > 0.8
    assert unknown.low < known.low


def test_without_any_verdict_nothing_is_known():
    nothing = Shrinkage({}).share("a", 0, 0)
    assert nothing.low < 0.1
    assert nothing.high > 0.9


def test_the_intervals_of_simulated_items_cover_nine_in_ten():
    rng = np.random.default_rng(4)
    covered = total = 0
    for _ in range(6):
        chances = {name: rng.beta(9, 1, 15) for name in "abcd"}
        passed = {name: rng.binomial(5, each) for name, each in chances.items()}
        model = Shrinkage({name: [(int(x), 5) for x in each] for name, each in passed.items()})
        for name, each in chances.items():
            for chance, x in zip(each, passed[name], strict=True):
                share = model.share(name, int(x), 5)
                covered += share.low <= chance <= share.high
                total += 1
    assert 0.85 < covered / total < 0.96


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6))
def test_any_counts_give_an_ordered_interval(counts):
    pairs = [(passed, passed + failed) for passed, failed in counts]
    model = Shrinkage({"a": pairs})
    for passed, scored in [*pairs, (0, 0)]:
        share = model.share("a", passed, scored)
        assert 0 <= share.low <= share.high <= 1
        assert 0 < share.shrunk < 1
    assert model.chance("a", 0, 0).weights.size == CHANCES.size
