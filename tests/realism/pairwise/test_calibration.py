import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pair_cases import Reader, counts_words, knows, lengths, pairs, takes_the_first

from usersim_opt.basics.errors import InputError
from usersim_opt.realism import calibrate_pairwise
from usersim_opt.realism.pairwise.length import McNemar, group_of, is_alike, shorter

MIXED = lengths(*[(5, 9), (9, 5), (7, 7), (7, 8)] * 12)
SHORT = lengths(*[(5, 9), (4, 12)] * 20)


def test_a_judge_that_is_right_is_more_than_a_word_counter():
    found = calibrate_pairwise(Reader(knows), MIXED)
    assert (found.accuracy.mean, found.kappa.mean) == (1.0, 1.0)
    assert found.beats_rule
    assert found.verdict.startswith("More than a word counter: right in 100.0 %")
    assert found.groups["the person's is longer"].judge.mean == 1.0
    assert found.groups["the person's is longer"].rule.mean == 0.0
    assert found.held.mean == pytest.approx(0, abs=0.2)


def test_a_word_counter_is_not_more_than_one():
    found = calibrate_pairwise(Reader(counts_words), MIXED)
    assert not found.beats_rule
    assert (found.against_rule.p, found.p_by_task) == (1.0, 1.0)
    assert found.slope.high < -1
    assert found.held.high < 0
    assert "Not shown to be more than a word counter" in str(found)


def test_where_people_are_always_shorter_nobody_can_show_it():
    found = calibrate_pairwise(Reader(knows), SHORT)
    assert found.rule.mean == found.accuracy.mean == 1.0
    assert not found.beats_rule
    assert list(found.groups) == ["the person's is shorter"]
    assert found.alike_verdict == ""


def test_a_judge_of_the_first_place_has_no_kappa():
    found = calibrate_pairwise(Reader(takes_the_first), MIXED)
    assert found.accuracy.mean == 0.5
    assert found.kappa.mean == pytest.approx(0)
    assert "shown first" in str(found)


def test_a_coin_at_like_length_is_not_called_right():
    rng = np.random.default_rng(2)
    coin = Reader(lambda each, swapped: str(rng.choice(["one", "other"])), orders=(False,))
    found = calibrate_pairwise(coin, lengths(*[(7, 7)] * 80), workers=1)
    assert found.alike_verdict == ""
    right = calibrate_pairwise(Reader(knows), lengths(*[(7, 7)] * 80))
    assert right.alike_verdict == "At like length it is right more often than a coin."


def test_coins_seldom_beat_the_rule_where_both_guess():
    rng = np.random.default_rng(5)
    both = lengths(*[(5, 9), (9, 5)] * 20)
    coin = Reader(lambda each, swapped: str(rng.choice(["one", "other"])), orders=(False,))
    assert sum(_beats(coin, both) for _ in range(10)) <= 1


def _beats(reader, both):
    from usersim_opt.realism.pairwise.calibration import _p_by_task  # noqa: PLC0415
    from usersim_opt.realism.pairwise.choosing import choices_of  # noqa: PLC0415

    return _p_by_task(choices_of(both, reader, workers=1)) <= 0.05


def test_lost_pairs_are_counted():
    loses = Reader(lambda each, swapped: "lost" if each.task == "001" else each.right)
    found = calibrate_pairwise(loses, MIXED)
    assert found.pairs + found.lost == len(MIXED.pairs)
    assert found.lost > 0


def test_pairs_without_a_known_side_are_named():
    unknown = pairs(replace(MIXED.pairs[0], right=None), MIXED.pairs[1])
    with pytest.raises(InputError, match="0: nobody says which side is the person's"):
        calibrate_pairwise(Reader(knows), unknown)


def test_everything_is_plain_data():
    fields = calibrate_pairwise(Reader(knows), MIXED).fields
    assert json.loads(json.dumps(fields, allow_nan=False))["against_rule"]["p"] < 0.05


@pytest.mark.parametrize(
    ("b", "c", "p"), [(6, 0, 0.03125), (5, 0, 0.0625), (10, 2, 0.03857), (0, 0, 1), (3, 3, 1)]
)
def test_mcnemar_is_exact(b, c, p):
    assert McNemar(b, c, 0).p == pytest.approx(p, abs=1e-5)


@settings(max_examples=30)
@given(st.integers(1, 60), st.integers(1, 60))
def test_every_pair_has_one_group_that_fits_its_lengths(person, other):
    (pair,) = lengths((person, other)).pairs
    group = group_of(pair)
    assert (group == "like length") == is_alike(pair)
    if group != "like length":
        assert (
            (group == "the person's is shorter")
            == (person < other)
            == (shorter(pair) == pair.right)
        )
