"""Recorded replies are graded as those of a model are, and no model plays."""

import json

import pytest
from conftest import AIRLINE
from helpers import CRITERION, scenario, scripted

import usersim_opt as uso
from usersim_opt.basics.errors import InputError, TooManyErrors
from usersim_opt.measuring.recorded.grading import grade_replies
from usersim_opt.scenarios.dataset import example
from usersim_opt.scenarios.records import Task

OPEN = {"id": "calm", "dimension": "error_reaction.emotional_pattern", "text": "The reply is calm."}
LONG = "I would like to fly on Thursday, please."


def examples(**changes):
    task = Task(id="001", domain="d", source="s", story="You are Mia.")
    return [example(task, scenario(name, **changes)) for name in ("001.3", "001.4")]


def reply(text, name="001.3", **more):
    return {"scenario": name, "reply": text} | more


def test_checks_grade_without_a_model_and_nothing_is_called():
    graded = grade_replies([reply("no"), reply(LONG, "001.4")], examples(), uso.RubricMetric())
    assert [(each.scenario, each.pass_rate) for each in graded.outcomes] == [
        ("001.3", 1.0),
        ("001.4", 0.0),
    ]
    assert {each.version for each in graded.outcomes} == {"replies"}
    assert all(not any(each.calls.values()) for each in graded.outcomes)
    assert (graded.offline, graded.origin.name) == (False, "replies")


def test_only_scenarios_with_a_reply_are_part_of_it():
    graded = grade_replies([reply("no", "001.4")], examples(), uso.RubricMetric(), name="people")
    assert list(graded.scenarios) == ["001.4"]
    assert graded.outcomes[0].version == "people"


def test_each_prompt_has_an_evaluation_of_its_own():
    replies = [reply("no", prompt="b"), reply(LONG, prompt="a"), reply("hm", "001.4", prompt="b")]
    sides = grade_replies(replies, examples(), uso.RubricMetric()).by_version
    rates = {name: side.pass_rate.mean for name, side in sides.items()}
    assert rates == {"b": 1.0, "a": 0.0}
    assert [list(side.scenarios) for side in sides.values()] == [["001.3", "001.4"], ["001.3"]]


def test_several_replies_are_repeats_and_keep_the_numbers_that_they_have():
    texts = [("a", None), ("b", 1), ("c", None), ("d", None), ("b", 1)]
    replies = [reply(text, repeat=number) for text, number in texts]
    graded = grade_replies(replies, examples(), uso.RubricMetric())
    assert [(each.repeat, each.reply) for each in graded.outcomes] == [
        (0, "a"),
        (1, "b"),
        (2, "c"),
        (3, "d"),
    ]


def test_two_people_with_the_same_number_are_two_repeats():
    replies = [reply("yes", who="p1", repeat=0), reply("no", who="p2", repeat=0)]
    graded = grade_replies(replies, examples(), uso.RubricMetric())
    assert [(each.repeat, each.reply) for each in graded.outcomes] == [(0, "yes"), (1, "no")]


def test_a_judge_may_grade_and_the_stand_in_is_named(metric):
    graded = grade_replies([reply("no")], examples(criteria=[CRITERION, OPEN]), metric)
    assert [verdict.source for verdict in graded.outcomes[0].verdicts] == ["check", "judge"]
    assert (graded.offline, graded.outcomes[0].calls["judge"]) == (True, 1)
    assert graded.origin.models == {"judge": "offline/judge"}


def test_without_a_judge_open_criteria_are_unscored_and_nothing_is_stopped():
    data = examples(criteria=[OPEN])
    graded = grade_replies([reply("no"), reply("no", "001.4")], data, uso.RubricMetric())
    assert (graded.unscored, graded.scored, graded.pass_rate) == (2, 0, None)


def test_a_judge_that_cannot_be_read_stops_it():
    judge, _ = scripted("Hm, no.")
    metric = uso.RubricMetric(uso.RubricJudge(judge))
    replies = [reply("no", repeat=number) for number in range(12)]
    with pytest.raises(TooManyErrors):
        grade_replies(replies, examples(criteria=[CRITERION, OPEN]), metric)


@pytest.mark.parametrize(
    ("replies", "complaint"),
    [
        ([], "there is no reply to grade"),
        ([reply("no", "009.1")], r"replies\[0\]: scenario '009.1' is none of the 2 scenarios"),
        ([reply("no", repeat=0), reply("yes", repeat=0)], "contradict each other"),
    ],
)
def test_replies_that_cannot_be_graded_are_refused(replies, complaint):
    with pytest.raises(InputError, match=complaint):
        grade_replies(replies, examples(), uso.RubricMetric())


def test_checks_see_the_story_and_the_conversation(airline, tmp_path):
    natural = {name: each.examples.natural[0] for name, each in airline.scenarios.items()}
    file = tmp_path / "natural.jsonl"
    lines = [json.dumps(reply(text, name)) for name, text in natural.items()]
    file.write_text("\n".join(lines))
    data = uso.load_dataset(AIRLINE)
    graded = grade_replies(
        uso.read_replies(file), [*data.train, *data.smoke, *data.test], uso.RubricMetric()
    )
    assert graded.pass_rate.mean == 1.0
    assert len(graded.outcomes) == len(airline.scenarios)
