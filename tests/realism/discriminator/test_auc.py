import numpy as np
import pytest

from usersim_opt.realism.discriminator.auc import auc_of, wins_of

FOLD = np.zeros(6, dtype=int)
SIDES = np.array([True, True, True, False, False, False])


def test_the_auc_is_the_share_of_pairs_in_order_with_ties_as_half():
    scores = np.array([0.9, 0.5, 0.2, 0.5, 0.1, 0.0])
    assert auc_of(scores, SIDES, FOLD) == pytest.approx((3 + 2.5 + 2) / 9)


def test_pairs_of_different_folds_do_not_count():
    folds = np.array([0, 1, 1, 0, 1, 1])
    scores = np.array([0.1, 0.9, 0.8, 0.2, 0.7, 0.6])
    assert auc_of(scores, SIDES, folds) == pytest.approx(4 / 5)


def test_without_a_pair_there_is_no_auc():
    assert np.isnan(auc_of(np.zeros(6), SIDES, np.array([0, 0, 0, 1, 1, 1])))


def test_a_task_that_is_drawn_twice_counts_twice_on_both_sides():
    scores = np.array([0.9, 0.1, 0.5, 0.6])
    sides = np.array([True, True, False, False])
    wins = wins_of(scores, sides, folds=FOLD[:4], tasks=np.array([0, 1, 0, 1]))
    assert wins.auc(np.array([[1.0, 1], [2, 0], [0, 1], [2, 1]])).tolist() == pytest.approx(
        [2 / 4, 1, 0, (4 + 2) / 9]
    )
