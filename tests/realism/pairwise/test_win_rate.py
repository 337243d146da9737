import json

import pytest
from pair_cases import Reader, counts_words, knows, lengths, pair, pairs, takes_the_first

from usersim_opt.basics.errors import InputError
from usersim_opt.realism import win_rate
from usersim_opt.realism.pairwise.pairs import Pairs

FOUR = [pair("a", "b", task=f"{n:03}") for n in range(4)]


def flips_in(task):
    return Reader(lambda each, swapped: "other" if each.task == task and swapped else "one")


def test_ties_and_flips_count_as_half():
    assert win_rate(pairs(*FOUR), Reader(knows)).rate.mean == 1.0
    assert win_rate(pairs(*FOUR), flips_in("002")).rate.mean == pytest.approx(3.5 / 4)
    ties = Reader(lambda each, swapped: "tie" if each.task == "002" else "other")
    assert win_rate(pairs(*FOUR), ties).rate.mean == pytest.approx(0.5 / 4)


def test_consistency_and_order_bias_are_told():
    orders = win_rate(pairs(*FOUR), flips_in("002")).orders
    assert (orders.consistent, orders.first) == (0.75, 5 / 8)
    assert win_rate(pairs(*FOUR), Reader(knows)).orders.first == 0.5


def test_a_judge_that_always_says_the_same_place_or_a_tie_says_nothing():
    assert "shown first" in win_rate(pairs(*FOUR), Reader(takes_the_first)).orders.fault
    second = Reader(lambda each, swapped: "one" if swapped else "other")
    assert "shown second" in win_rate(pairs(*FOUR), second).orders.fault
    ties = win_rate(pairs(*FOUR), Reader(lambda *_: "tie"))
    assert "called every pair a tie" in str(ties)
    assert ties.orders.first is None


def test_lost_pairs_are_counted_and_in_no_figure():
    loses = Reader(lambda each, swapped: "lost" if each.task == "001" and swapped else "one")
    found = win_rate(pairs(*FOUR), loses)
    assert (found.pairs, found.lost, found.rate.mean) == (3, 1, 1.0)
    assert "1 pair lost" in str(found)
    with pytest.raises(InputError, match="all answers on 4 pairs were unreadable"):
        win_rate(pairs(*FOUR), Reader(lambda *_: "lost"))


def test_equal_texts_are_a_tie_that_costs_nothing():
    def never(*_):
        raise AssertionError

    found = win_rate(pairs(pair("ok", "ok")), Reader(never))
    assert (found.rate.mean, found.rate.bounds) == (0.5, None)
    assert "1 pair of equal texts" in str(found)


def test_the_interval_counts_tasks_and_not_pairs():
    split, mixed = (
        win_rate(lengths(*[(2, 3)] * 80, tasks=tasks), Reader(counts_words)).rate
        for tasks in (4, 5)
    )
    assert split.mean == mixed.mean == 0.5
    assert split.high - split.low > 0.5
    assert mixed.high - mixed.low == pytest.approx(0, abs=1e-9)


def test_few_tasks_are_descriptive_and_no_pair_is_an_error():
    assert "descriptive only" in str(win_rate(pairs(*FOUR), Reader(knows)))
    assert "descriptive" not in str(win_rate(lengths(*[(2, 3)] * 40), Reader(knows)))
    with pytest.raises(InputError, match="there is no pair"):
        win_rate(Pairs([], "a", "b"), Reader(knows))


def test_everything_is_plain_data():
    assert json.dumps(win_rate(pairs(*FOUR), Reader(knows)).fields, allow_nan=False)


@pytest.mark.parametrize("workers", [0, "two"])
def test_workers_are_a_number(workers):
    with pytest.raises(InputError, match="workers is"):
        win_rate(pairs(*FOUR), Reader(knows), workers=workers)
