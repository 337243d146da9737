import pytest
from conftest import AIRLINE
from helpers import scenario

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.recorded.preferences import Preference
from usersim_opt.realism import calibrate_pairwise, recorded_choices

SCENARIOS = {"001.3": scenario("001.3")}


def chosen(side, one="good", other="bad", **sides):
    texts = {"good": "no", "bad": "I would say no."}
    return Preference(
        scenario="001.3",
        one={"prompt": one, "reply": texts.get(one, "hm")},
        other={"prompt": other, "reply": texts.get(other, "hm?")},
        chosen=side,
    )


def test_a_reader_s_choices_are_replayed_with_the_better_prompt_as_right():
    records = [chosen("one"), chosen("other"), chosen("neither"), chosen("one", "bad", "good")]
    pairs, reader = recorded_choices(records, SCENARIOS, order=["good", "bad"])
    assert [each.right for each in pairs.pairs] == ["one", "one", "one", "other"]
    found = calibrate_pairwise(reader, pairs)
    assert found.accuracy.mean == 1.5 / 4
    assert found.orders.consistent is None
    assert "one order was asked" in str(found)


def test_other_lines_are_left_out_and_counted():
    records = [chosen("one"), chosen("one", "worst"), "a line"]
    pairs, _ = recorded_choices(records, SCENARIOS, order=["good", "bad"])
    assert pairs.notes == ["2 preferences left out: no known scenario, reply or prompt"]
    with pytest.raises(InputError, match="none of 1 preference has a known scenario"):
        recorded_choices([chosen("one")], {}, order=["good", "bad"])


def test_without_an_order_nothing_is_known_to_be_right():
    pairs, _ = recorded_choices([chosen("one")], SCENARIOS)
    assert pairs.pairs[0].right is None


def test_the_blind_reader_of_the_airline_data_is_as_the_page_says(checked):
    records = uso.read_preferences(AIRLINE / "preferences.jsonl")
    pairs, reader = recorded_choices(
        records, checked.scenarios, order=["calibrated", "brief", "base"]
    )
    found = calibrate_pairwise(reader, pairs)
    assert (found.pairs, found.tasks) == (225, 40)
    assert found.accuracy.mean == pytest.approx(199 / 225)
    assert found.groups["like length"].pairs == 130
    assert found.groups["like length"].judge.mean == pytest.approx(105 / 130)
    test = found.against_rule
    assert (test.judge_alone, test.rule_alone, test.left_out) == (20, 11, 28)
    assert not found.beats_rule
