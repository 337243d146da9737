"""The statistics of the piece model against known answers."""

import numpy as np
import pytest

from usersim_opt.measuring.piece_model import PieceModel, interval_of, shares

DIMENSIONS = [f"d{i}" for i in range(10)]
EVEN = np.full(10, 0.1)


def fitted(effects, *, seed, versions=24, prior_mean=0.0):
    """A model that saw random halves of the pieces on ten scenarios each, and what it believes."""
    random = np.random.default_rng(seed)
    model = PieceModel(DIMENSIONS, seed=seed)
    for _ in effects:
        model.add_piece(prior_mean=prior_mean)
    difficulty = random.normal(0, 0.1, 180)
    for version in range(versions):
        held = np.flatnonzero(random.random(len(effects)) < 0.5)
        for scenario in random.choice(60, 10, replace=False):
            verdicts = []
            for criterion in range(3 * scenario, 3 * scenario + 3):
                rate = 0.6 + difficulty[criterion] + effects[held, criterion % 10].sum()
                verdicts.append(
                    (
                        criterion,
                        DIMENSIONS[criterion % 10],
                        bool(random.random() < min(0.98, max(0.02, rate))),
                    )
                )
            model.add_verdicts(version, held.tolist(), verdicts)
    return model, model.posterior(draws=120).values(EVEN)


def test_intervals_hold_the_truth_as_often_as_they_say():
    inside = total = 0
    for seed in range(30):
        random = np.random.default_rng(seed + 500)
        effects = np.where(
            random.random((8, 10)) < 0.12, random.normal(0, 0.2, (8, 10)), 0.0
        ) + random.normal(0, 0.02, (8, 1))
        _, values = fitted(effects, seed=seed)
        low, high = np.quantile(values, [0.025, 0.975], axis=0)
        truth = effects.mean(axis=1)
        inside += int(((low <= truth) & (truth <= high)).sum())
        total += 8
    assert 0.89 <= inside / total <= 1.0


def test_pieces_without_effect_are_seldom_held_for_effective():
    wrong = total = 0
    for seed in range(30):
        _, values = fitted(np.zeros((8, 10)), seed=seed)
        low, high = np.quantile(values, [0.025, 0.975], axis=0)
        wrong += int(((low > 0) | (high < 0)).sum())
        total += 8
    assert wrong / total <= 0.05


def test_a_strong_piece_is_found_in_most_runs():
    effects = np.zeros((8, 10))
    effects[3, [1, 2]] = 0.35
    effects[5, [3, 4, 5]] = -0.3
    found = 0
    for seed in range(20):
        _, values = fitted(effects, seed=seed, versions=60)
        found += int(np.quantile(values[:, 3], 0.025) > 0) + int(
            np.quantile(values[:, 5], 0.975) < 0
        )
    assert found >= 34


def test_an_effect_is_found_in_its_own_dimension():
    effects = np.zeros((4, 10))
    effects[0, 7] = 0.4
    model, _ = fitted(effects, seed=1, versions=60)
    means = model.posterior().effects.mean(axis=0)[0]
    assert means.argmax() == 7
    assert means[7] > 0.2
    assert np.abs(np.delete(means, 7)).max() < 0.1


def test_without_verdicts_the_prior_speaks():
    model = PieceModel(DIMENSIONS, seed=0)
    model.add_piece()
    model.add_piece(prior_mean=0.02)
    draws = np.array([model.draw(EVEN) for _ in range(400)])
    assert draws.mean(axis=0) == pytest.approx([0.0, 0.02], abs=0.004)


def test_a_version_better_than_the_sum_of_its_pieces_does_not_pass_for_its_pieces():
    random = np.random.default_rng(8)
    model = PieceModel(DIMENSIONS, seed=0)
    for _ in range(6):
        model.add_piece()
    odd = frozenset({0, 1, 2})
    sets = [odd, *(frozenset(np.flatnonzero(random.random(6) < 0.5).tolist()) for _ in range(40))]
    for version, held in enumerate(sets):
        rate = 0.75 if held == odd else 0.5
        for i in range(100):
            verdict = (i, DIMENSIONS[i % 10], bool(random.random() < rate))
            model.add_verdicts(version, held, [verdict])
    draws = model.posterior()
    assert draws.deviation.mean(axis=0).argmax() == 0
    assert np.abs(draws.values(EVEN).mean(axis=0)).max() < 0.05


def test_the_same_seed_and_data_give_the_same_draws():
    one, other = (fitted(np.zeros((3, 10)), seed=4)[1] for _ in range(2))
    assert (one == other).all()


def test_pieces_can_come_in_at_any_time():
    model, _ = fitted(np.zeros((3, 10)), seed=2)
    late = model.add_piece()
    assert model.draw(EVEN).shape == (4,)
    model.add_verdicts("late", [late], [("c", "d0", True)])
    assert model.draw(EVEN).shape == (4,)


def test_weights_and_intervals_are_what_they_say():
    assert shares({"a": 3, "b": 1}, ["b", "a", "c"]).tolist() == [0.25, 0.75, 0.0]
    assert shares({}, ["a"]).tolist() == [0.0]
    mean, low, high = interval_of(np.arange(101.0))
    assert (mean, low, high) == (50.0, 2.5, 97.5)
