import pytest
from helpers import scenario
from realism_cases import said
from talks import talk

from usersim_opt.basics.errors import InputError
from usersim_opt.realism import conversation_pairs, reply_pairs
from usersim_opt.realism.result_sets import Talk

SCENARIOS = {name: scenario(name) for name in ("001.3", "001.4", "002.1")}


def test_replies_to_the_same_scenario_are_paired_with_what_they_answer():
    found = reply_pairs({"001.3": "no ###STOP###"}, {"001.3": "well, no"}, SCENARIOS, person="one")
    (pair,) = found.pairs
    assert (pair.task, pair.name, pair.right) == ("001", "scenario 001.3", "one")
    assert pair.before == (("agent", "Hello, what is it about?"),)
    assert pair.one == (("customer", "no"),)
    assert pair.lengths == (1, 2)


def test_what_one_side_lacks_and_what_is_silent_is_left_out():
    found = reply_pairs(
        {"001.3": "no", "001.4": "###STOP###"},
        {"001.3": "no", "001.4": "ok", "002.1": "hm"},
        SCENARIOS,
    )
    assert len(found.pairs) == 1
    assert found.notes == [
        "1 scenario left out that one side lacks: 002.1",
        "1 pair left out: a reply without a word",
    ]


def test_replies_without_a_scenario_or_partner_are_errors_that_name_them():
    with pytest.raises(InputError, match=r"replies to 009\.1, which the data set does not have"):
        reply_pairs({"009.1": "no"}, {"001.3": "no"}, SCENARIOS)
    with pytest.raises(InputError, match=r"no scenario has replies of both: one has 001\.3"):
        reply_pairs({"001.3": "no"}, {"001.4": "no"}, SCENARIOS)


def test_whole_conversations_of_a_task_are_paired_run_by_run():
    ours = [talk("Hi", text, task="1", seed=n) for n, text in enumerate(("a", "b", "c"))]
    theirs = [Talk("1", run, said(text)) for run, text in (("9", "y"), ("8", "x"))]
    found = conversation_pairs(ours, theirs, names=("mine", "people"), person="other")
    assert [(each.one[-1][1], each.other[-1][1]) for each in found.pairs] == [
        ("a", "x"),
        ("b", "y"),
    ]
    assert found.pairs[0].lengths == (1, 1)
    assert found.notes == ["1 conversation left out without a partner of the same task"]


def test_conversations_about_other_tasks_are_named():
    with pytest.raises(InputError, match="no task is common: mine has 1, people has 2"):
        conversation_pairs([talk(task="1")], [talk(task="2")], names=("mine", "people"))
