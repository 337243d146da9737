import json

import numpy as np
import pytest
from realism_cases import said

import usersim_opt as uso
from usersim_opt.basics.errors import InputError

QUICK = {"samples": 500, "references": 5, "features": ("words_per_turn", "doubt_rate")}


def chats(number=45, *, most=50, doubt=0.5, seed=0):
    """Conversations of one message of up to so many words, with a word of doubt at that rate."""
    rng = np.random.default_rng(seed)
    texts = [
        "maybe " * int(rng.random() < doubt) + "word " * int(rng.integers(1, most))
        for _ in range(number)
    ]
    return [{"task_id": f"t{n:02}", "messages": said(text)} for n, text in enumerate(texts)]


def test_the_one_who_varies_covers_more():
    found = uso.realism.compare_coverage(chats(), chats(most=5, doubt=0), **QUICK)
    assert found.covers_more == "one"
    difference = found.differences["support_coverage"]
    assert difference.value > difference.floor > 0
    assert difference.p < 0.01
    assert "More is covered by the first" in str(found)
    turned = uso.realism.compare_coverage(chats(most=5, doubt=0), chats(), **QUICK)
    assert turned.covers_more == "other"


def test_a_simulator_beside_itself_differs_in_nothing():
    found = uso.realism.compare_coverage(chats(), chats(), reference=chats(seed=2), **QUICK)
    assert all((each.value, each.p) == (0, 1) for each in found.differences.values())
    assert "chamfer" in found.differences
    assert found.covers_more == ""
    assert "Not proven" in str(found)


def test_two_draws_of_the_same_customers_are_not_told_apart():
    found = uso.realism.compare_coverage(chats(seed=3), chats(seed=4), **QUICK)
    assert found.differences["support_coverage"].p > 0.05
    assert found.covers_more == ""


def test_the_observed_differences_are_those_of_the_two_measures():
    one, other, people = chats(seed=1), chats(most=9), chats(seed=2)
    found = uso.realism.compare_coverage(one, other, reference=people, **QUICK)
    for name, difference in found.differences.items():
        gap = found.one.measures[name] - found.other.measures[name]
        assert difference.value == pytest.approx(gap, abs=1e-6), name


def test_few_tasks_are_descriptive_only():
    found = uso.realism.compare_coverage(chats(12), chats(12, most=3), **QUICK)
    assert found.is_descriptive
    assert found.covers_more == ""
    assert "descriptive only" in str(found)
    alone = uso.realism.compare_coverage(chats(1), chats(1), **QUICK)
    assert alone.differences["support_coverage"].p == 1


def test_only_common_tasks_count_and_as_many_of_each_task_on_both_sides():
    twice = [*chats(20), *chats(20, seed=5)]
    found = uso.realism.compare_coverage(twice, chats(30), **QUICK)
    assert found.tasks == 20
    assert (found.one.points, found.other.points) == (20, 20)
    assert "20 conversations of one left out" in str(found)
    assert "10 conversations of other left out" in str(found)


def test_no_common_task_is_an_error():
    with pytest.raises(InputError, match="no task is common"):
        uso.realism.compare_coverage(chats(), [said("hi")], **QUICK)


def test_it_is_shown_and_plain_data():
    found = uso.realism.compare_coverage(chats(), chats(most=5), **QUICK)
    fields = json.loads(json.dumps(found.fields, allow_nan=False))
    assert fields["covers_more"] == found.covers_more
    assert "<table>" in found._repr_html_()
    assert len(found.to_pandas()) == len(found.rows) == 8
