"""Verdicts on one reply that hang together, and what the piece model makes of them."""

import numpy as np
import pytest

from usersim_opt.measuring.piece_model import PieceModel
from usersim_opt.measuring.reply_effects import MOST, correlation_of
from usersim_opt.measuring.verdict_arrays import VerdictRow
from usersim_opt.measuring.verdict_table import VerdictTable

DIMENSIONS = [f"d{i}" for i in range(8)]
EVEN = np.full(8, 1 / 8)
PIECES = 6


def replies(random, effects, *, shared, versions=16, each=12):
    """(version, pieces, verdicts) of replies; two verdicts on one correlate by `shared` squared.

    Each verdict compares its chance with a uniform number of the whole reply as often as `shared`
    says, else with one of its own, so the chances are the same whatever is shared.
    """
    for version in range(versions):
        held = np.flatnonzero(random.random(PIECES) < 0.5)
        chance = np.clip(0.7 + effects[held].sum(axis=0), 0, 1)
        for scenario in random.choice(40, each, replace=False):
            own, whole = random.random(8), random.random()
            drawn = np.where(random.random(8) < shared, whole, own)
            verdicts = [
                (8 * scenario + d, name, bool(drawn[d] < chance[d]))
                for d, name in enumerate(DIMENSIONS)
            ]
            yield version, held.tolist(), verdicts


def fitted(seed, *, shared):
    """The model after replies, and the true effects."""
    random = np.random.default_rng(seed)
    effects = random.normal(0, 0.02, (PIECES, 1)) + np.where(
        random.random((PIECES, 8)) < 0.12, random.normal(0, 0.1, (PIECES, 8)), 0.0
    )
    model = PieceModel(DIMENSIONS, seed=seed)
    for _ in range(PIECES):
        model.add_piece()
    for version, held, verdicts in replies(random, effects, shared=shared):
        model.add_verdicts(version, held, verdicts)
    return model, effects.mean(axis=1)


def arrays(of_reply):
    """Arrays of verdicts by reply, all on one version."""
    table = VerdictTable(dimensions=1)
    table.add_version([])
    for reply, verdicts in enumerate(np.bincount(of_reply)):
        table.add_reply(0, [VerdictRow(0, reply, 0, 0, True)] * verdicts, criteria=1)
    return table.arrays()


@pytest.mark.parametrize("shared", [0.0, 0.6**0.5])
def test_intervals_hold_the_truth_whether_or_not_the_verdicts_of_a_reply_hang_together(shared):
    inside = total = 0
    for seed in range(40):
        model, truth = fitted(seed, shared=shared)
        low, high = np.quantile(
            model.posterior(draws=100, burn_in=20).values(EVEN), [0.025, 0.975], axis=0
        )
        inside += int(((low <= truth) & (truth <= high)).sum())
        total += PIECES
    assert 0.92 <= inside / total <= 0.99


def test_intervals_are_wider_where_verdicts_hang_together():
    widths = []
    for shared in (0.0, 0.9):
        values = fitted(3, shared=shared)[0].posterior().values(EVEN)
        low, high = np.quantile(values, [0.025, 0.975], axis=0)
        widths.append((high - low).mean())
    assert widths[1] > 1.1 * widths[0]


def test_a_piece_that_moves_whole_replies_is_not_taken_for_chance():
    random = np.random.default_rng(4)
    effects = np.zeros((PIECES, 8))
    effects[0], effects[1] = 0.25, -0.25
    model = PieceModel(DIMENSIONS, seed=4)
    for _ in range(PIECES):
        model.add_piece()
    for version, held, verdicts in replies(random, effects, shared=1.0, versions=30):
        model.add_verdicts(version, held, verdicts)
    values = model.posterior(draws=100).values(EVEN)
    low, high = np.quantile(values, [0.025, 0.975], axis=0)
    assert low[0] > 0
    assert high[1] < 0
    assert (low[2:] < 0).all()
    assert (high[2:] > 0).all()


@pytest.mark.parametrize("rho", [0.1, 0.3, 0.6])
def test_the_correlation_is_found(rho):
    random, of_reply = np.random.default_rng(1), np.repeat(np.arange(400), 5)
    left = rho**0.5 * random.normal(size=400)[of_reply] + (1 - rho) ** 0.5 * random.normal(
        size=2000
    )
    assert correlation_of(left, arrays(of_reply)) == pytest.approx(rho, abs=0.05)


def test_without_correlation_hardly_ever_one_is_seen_and_then_a_small_one():
    found = []
    for seed in range(200):
        left = np.random.default_rng(seed).normal(size=200)
        found.append(correlation_of(left, arrays(np.repeat(np.arange(40), 5))))
    assert np.count_nonzero(found) <= 12
    assert max(found) < 0.15


def test_few_replies_are_no_evidence():
    assert correlation_of(np.array([1.0, 1.0]), arrays([0, 0])) == 0.0


def test_single_verdicts_and_verdicts_that_are_all_explained_say_nothing():
    assert correlation_of(np.ones(50), arrays(np.arange(50))) == 0.0
    assert correlation_of(np.zeros(50), arrays(np.repeat(np.arange(10), 5))) == 0.0


def test_a_correlation_of_one_leaves_some_noise():
    of_reply = np.repeat(np.arange(300), 5)
    left = np.random.default_rng(2).normal(size=300)[of_reply]
    assert correlation_of(left, arrays(of_reply)) == MOST


def test_a_reply_without_verdicts_changes_no_draw():
    one, other = (fitted(5, shared=0.8)[0] for _ in range(2))
    other.add_verdicts(0, [], [])
    assert (one.draw(EVEN) == other.draw(EVEN)).all()


def test_the_same_seed_and_replies_give_the_same_draws():
    one, other = (fitted(7, shared=0.8)[0].draw(EVEN) for _ in range(2))
    assert (one == other).all()
