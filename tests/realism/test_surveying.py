import json

import pytest
from helpers import scripted
from realism_cases import entry, said
from talks import talk

import usersim_opt as uso
from usersim_opt.basics.errors import InputError, ModelError
from usersim_opt.realism import Rated, ask_survey, rated_entries, rated_of
from usersim_opt.realism.questions import SURVEY

STORIES = {"airline_0": "You are Mia.", "airline_1": "You are Tom."}


def customer(*answers, prompt="Play.\n{scenario}"):
    lm, engine = scripted(*answers)
    return uso.UserSimulator(prompt, lm), engine


def rated(number=5, text="hi"):
    return [Rated(f"airline_{n}", f"story {n}", said(text, "ok")) for n in range(number)]


def test_answers_are_kept_in_the_form_that_the_index_takes(tmp_path):
    simulator, engine = customer("reuse: 4\ntask_success: 4")
    asked = ask_survey(simulator, rated(), tmp_path / "deep" / "answers.json", workers=2)
    assert len(engine.requests) == 5
    assert str(asked) == "5 conversations rated, 10 answers read"
    kept = json.loads((tmp_path / "deep" / "answers.json").read_text())
    assert kept == asked.answers
    assert kept["airline_3"]["survey"]["reuse"]["answer"] == "Yes"
    human = {f"airline_{n}": entry("hi", survey=entry_survey("Yes")) for n in range(5)}
    score = uso.realism.score_usi(human, human, difficulty={}, model_survey=asked.answers)
    assert score.model["eval_agree"][0] == 100


def entry_survey(reuse):
    return {"reuse": {"question": "?", "answer": reuse}}


def test_the_same_call_asks_only_what_has_no_answer_yet(tmp_path):
    file = tmp_path / "answers.json"
    ask_survey(customer("reuse: 1")[0], rated(3), file)
    before = file.read_bytes()
    again, engine = customer("reuse: 2")
    asked = ask_survey(again, rated(5), file)
    assert len(engine.requests) == 2
    assert [each["survey"]["reuse"]["answer"] for each in asked.answers.values()] == [
        *["Absolutely no"] * 3,
        *["No"] * 2,
    ]
    assert ask_survey(again, rated(3), file).answers.keys() == {
        "airline_0",
        "airline_1",
        "airline_2",
    }
    assert len(json.loads(file.read_text())) == 5
    assert before != file.read_bytes()


@pytest.mark.parametrize("changed", ["prompt", "conversation"])
def test_answers_to_something_else_are_refused(tmp_path, changed):
    file = tmp_path / "answers.json"
    ask_survey(customer("reuse: 1")[0], rated(2), file)
    before = file.read_bytes()
    other, engine = customer("reuse: 1", prompt="Other.\n{scenario}")
    if changed == "conversation":
        other, engine = customer("reuse: 1")
    text = "hello" if changed == "conversation" else "hi"
    with pytest.raises(InputError, match="airline_0: was answered by another prompt or model"):
        ask_survey(other, rated(2, text), file)
    assert engine.requests == []
    assert file.read_bytes() == before


def test_one_conversation_that_cannot_be_rated_does_not_end_the_others(tmp_path):
    silent = Rated("airline_9", "story", said("hi")[1:])
    asked = ask_survey(customer("reuse: 1")[0], [*rated(2), silent], tmp_path / "a.json")
    assert set(asked.answers) == {"airline_0", "airline_1"}
    assert "only one side" in asked.failed["airline_9"]
    assert "not rated: airline_9" in str(asked)


def test_an_answer_that_cannot_be_read_is_an_entry_without_answers(tmp_path):
    asked = ask_survey(customer("whatever")[0], rated(1), tmp_path / "a.json")
    assert asked.answers["airline_0"]["survey"] == {}
    assert not asked.offline


def test_what_every_call_would_meet_ends_it_and_keeps_what_was_answered(tmp_path):
    from dspy.utils.exceptions import LMAuthError  # noqa: PLC0415 - as the runner names it

    file = tmp_path / "a.json"
    with pytest.raises(ModelError, match="no key"):
        ask_survey(customer("reuse: 1", LMAuthError("no key"))[0], rated(3), file, workers=1)
    assert set(json.loads(file.read_text())) == {"airline_0"}


def test_a_file_of_something_else_and_a_double_id_are_refused(tmp_path):
    simulator, _ = customer("reuse: 1")
    (tmp_path / "a.json").write_text("[1]")
    with pytest.raises(InputError, match="expected answers by the ids"):
        ask_survey(simulator, rated(1), tmp_path / "a.json")
    with pytest.raises(InputError, match="'airline_0' stands there twice"):
        ask_survey(simulator, [*rated(1), *rated(1)], tmp_path / "b.json")
    with pytest.raises(InputError, match="expected a UserSimulator"):
        ask_survey("me", rated(1), tmp_path / "b.json")


def test_people_s_conversations_are_rated_with_the_stories_of_their_tasks():
    human = {
        "airline_0_ann2": entry("hi"),
        "airline_1": entry("no"),
        "airline_2": entry("out", keep=False),
    }
    found = rated_entries(human, STORIES)
    assert [(each.id, each.story) for each in found] == [
        ("airline_0_ann2", "You are Mia."),
        ("airline_1", "You are Tom."),
    ]
    with pytest.raises(InputError, match="no story of task 'retail_7'.*airline_0, airline_1"):
        rated_entries({"retail_7": entry("hi")}, STORIES)


def test_own_conversations_have_ids_that_people_s_do_not_have(airline):
    task = airline.tasks["003"]
    (found,) = rated_of([talk("Hi!", "bag", task="003", seed=2)], [task])
    assert (found.id, found.story) == ("003, seed 2", task.story)
    assert [each["role"] for each in found.conversation] == ["assistant", "user"]


def test_the_stand_in_answers_the_whole_form(simulator, airline, tmp_path):
    agent = uso.LMAgent(uso.connect("offline/agent"))
    tasks = [airline.tasks["003"], airline.tasks["008"]]
    talks = uso.rollout(simulator, agent, tasks, max_turns=3)
    asked = ask_survey(simulator, rated_of(talks, tasks), tmp_path / "a.json")
    assert asked.offline
    assert [set(each["survey"]) for each in asked.answers.values()] == [set(SURVEY)] * 2
