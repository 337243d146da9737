from collections import Counter

import pytest
from helpers import CRITERION, scenario

from usersim_opt.measuring.calibration.agreement import Calibration
from usersim_opt.measuring.calibration.labels import Agreement, labelled
from usersim_opt.measuring.calibration.simple_rules import (
    LENGTH,
    Labels,
    kinds_of,
    rule_agreements,
    too_easy,
)

CRITERIA = [CRITERION | {"id": f"c{number}"} for number in range(4)]
COURTESY = "courtesies or lists"


def examples(number, *, natural, **failures):
    """The labelled replies of so many scenarios with the same examples."""
    found = {"natural": natural, **failures}
    made = [scenario(f"{100 + n}.1", criteria=CRITERIA, examples=found) for n in range(number)]
    return [each for one in made for each in labelled(one)]


def near(reply, *fails):
    return {"reply": reply, "fails": list(fails), "fault": "one"}


def contrary(reply, *fails):
    return {"reply": reply, "fails": list(fails)}


ALL = ("c0", "c1", "c2", "c3")
CARICATURES = {
    "natural": ["no, thursday", "wrong one"],
    "fail": contrary("Thank you so much, I would certainly love to fly with you then.", *ALL),
}
REAL_FAULTS = {
    "natural": ["no, thursday", "the outbound one please, not the return, that stays as it is"],
    "near": [near("no, thursday or so", "c0"), near("no, friday", "c1")],
    "contrary": [contrary("no", "c2")],
}


def test_a_word_counter_is_always_right_on_caricatures():
    found = rule_agreements(examples(30, **CARICATURES))
    assert {name: each.balanced for name, each in found.items()} == {LENGTH: 1.0, COURTESY: 1.0}


def test_no_rule_is_right_on_single_faults_in_short_replies():
    found = rule_agreements(examples(30, **REAL_FAULTS))
    assert found[COURTESY].balanced < 0.6
    assert found[LENGTH].balanced < 0.6


def test_the_limit_on_words_is_not_fitted_to_what_it_is_measured_on():
    # In every second scenario the long reply is the right one, so a limit that was found on the
    # one half is wrong on the other.
    long, short = "this one is far longer than any other one here", "no"
    one = examples(2, natural=[long], near=[near(short, *ALL)])
    other = examples(2, natural=[short], near=[near(long, *ALL)])
    mixed = [each for each in one if each.scenario.id == "100.1"]
    mixed += [each for each in other if each.scenario.id == "101.1"]
    assert rule_agreements(mixed)[LENGTH].balanced <= 0.5


def test_labels_that_break_everything_at_once_or_in_one_way_are_named():
    easy = Labels.of(examples(25, **CARICATURES)).faults
    assert len(easy) == 2
    assert "4.0 of 4.0 criteria at once" in easy[0]
    assert "all 25 failing examples are of one kind (`fail`)" in easy[1]
    assert Labels.of(examples(25, **REAL_FAULTS)).faults == []


def test_of_few_examples_nothing_is_said():
    assert Labels.of(examples(3, **CARICATURES)).faults == []
    assert Labels().faults == []


def test_kinds_are_shown_in_one_order():
    assert kinds_of(examples(1, **REAL_FAULTS)) == ["natural", "near", "contrary"]
    assert kinds_of(examples(1, **CARICATURES)) == ["natural", "fail"]


def agreement(right, wrong=0):
    """So many verdicts right and wrong, of each sort."""
    counts = {("pass", "pass"): right, ("fail", "fail"): right}
    return Agreement(Counter(counts | {("pass", "fail"): wrong, ("fail", "pass"): wrong}))


@pytest.mark.parametrize(
    ("rule", "judge", "is_named"),
    [
        (agreement(90, 10), agreement(94, 6), True),
        (agreement(90, 10), agreement(99, 1), False),
        (agreement(50, 50), agreement(50, 50), False),  # two coins
        (agreement(4), agreement(4), False),  # too few
        (Agreement(), agreement(90), False),
    ],
)
def test_a_rule_is_named_where_it_is_as_often_right_as_the_judge(rule, judge, is_named):
    lines = too_easy(judge, {LENGTH: rule})
    assert len(lines) == is_named
    assert all(LENGTH in line for line in lines)


def test_the_notes_stand_below_the_tables():
    found = Calibration(
        agreement(90, 10),
        agreement(90, 10),
        by_rule={LENGTH: agreement(90, 10)},
        labels=Labels.of(examples(25, **CARICATURES)),
    )
    assert found.all.verdicts == 400
    assert str(found).count("Easy labels") == 3
