"""Preferences and scores are read; one person may not contradict herself."""

import json

import pytest

from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.recorded.preferences import Preference, Score, read_preferences
from usersim_opt.measuring.recorded.replies import usable

PAIR = {"scenario": "001.3", "one": {"prompt": "a"}, "other": {"prompt": "b"}, "chosen": "one"}
SCORE = {"scenario": "001.3", "prompt": "a", "score": 2.5}


@pytest.fixture
def read(tmp_path):
    def read(*lines):
        file = tmp_path / "preferences.jsonl"
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return read_preferences(file)

    return read


def test_both_kinds_are_read_in_order_with_their_places(read):
    pair, score = read(PAIR, SCORE)
    assert isinstance(pair, Preference)
    assert isinstance(score, Score)
    assert (pair.one.prompt, pair.other.prompt, pair.chosen) == ("a", "b", "one")
    assert (score.score, score.where.rpartition(":")[2]) == (2.5, "2")


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (PAIR | {"chosen": "both"}, "chosen: Input should be 'one', 'other' or 'neither'"),
        (PAIR | {"one": {}}, "one: names no reply; give its `prompt`, its `reply`, or both"),
        (PAIR | {"other": PAIR["one"]}, "one and other are the same reply"),
        ({"scenario": "001.3", "score": 1}, "names no reply"),
        (SCORE | {"score": "high"}, "score: Input should be a valid number"),
        (SCORE | {"scroe": 1}, "scroe: is no field here"),
    ],
)
def test_a_line_that_says_no_preference_is_named(read, line, complaint):
    with pytest.raises(InputError) as raised:
        read(line)
    assert "preferences.jsonl:1: " in str(raised.value)
    assert complaint in str(raised.value)


@pytest.mark.parametrize(
    "second",
    [
        PAIR | {"chosen": "other"},
        PAIR | {"chosen": "neither"},
        PAIR | {"one": PAIR["other"], "other": PAIR["one"]},
    ],
    ids=["the other one", "neither", "the sides changed"],
)
def test_one_person_who_says_both_is_left_out(read, second):
    sifted = usable(read(PAIR, second, SCORE, SCORE | {"score": 3}), {"001.3"})
    assert sifted.lines == []
    assert ["contradict each other" in problem for problem in sifted.problems] == [True, True]


def test_two_people_may_differ_and_the_same_may_be_said_twice(read):
    turned = PAIR | {"one": PAIR["other"], "other": PAIR["one"], "chosen": "other"}
    lines = read(PAIR, turned, PAIR | {"chosen": "other", "who": "second"})
    assert usable(lines, {"001.3"}).problems == []
