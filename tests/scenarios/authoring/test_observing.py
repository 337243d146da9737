import json

import dspy
from drafts import GOOD, TALK, with_first
from helpers import scripted

import usersim_opt as uso
from usersim_opt.basics.errors import BadReply
from usersim_opt.scenarios.authoring.build import build_dataset, plan_build
from usersim_opt.scenarios.authoring.observing import Observer
from usersim_opt.scenarios.records import Task

TASK = Task(id="000", domain="d", source="s", story="You are Ana. You want to fly on Friday.")
HISTORY = [{"agent": "Hello"}, {"customer": "hi"}, {"agent": "Yes?"}]


def simulator(*answers):
    lm, engine = scripted(*answers)
    return uso.UserSimulator("Play the customer.\n\n{scenario}", lm), engine


def write(user, *answers):
    lm, engine = scripted(*answers)
    draft = uso.ScenarioAuthor(lm, observe=user)(task=TASK, kind="initial_request")
    return draft, [request.messages[0].text for request in engine.requests]


def test_a_simulator_is_asked_twice_with_story_and_conversation_under_its_own_prompt():
    user, engine = simulator("friday", "fly")
    seen = Observer(user).look(TASK.story, HISTORY)
    assert (seen.replies, seen.tokens) == (("friday", "fly"), 4)
    first, second = engine.requests
    assert TASK.story in first.system
    assert [message.text for message in first.messages] == ["Hello", "hi", "Yes?"]
    assert [first.config.seed, second.config.seed] == [0, 1]


def test_an_answer_that_cannot_be_used_is_left_out():
    user, _ = simulator("", "fly")
    assert Observer(user).look(TASK.story, HISTORY).replies == ("fly",)

    def silent(**asked):
        raise BadReply("nothing")

    assert Observer(silent).look(TASK.story, HISTORY).replies == ()


def test_the_rubric_writer_sees_the_observed_replies_and_their_calls_are_counted():
    draft, sent = write(simulator("i want friday", "a seat on friday")[0], TALK, GOOD)
    shown = json.loads(sent[1].removeprefix("<material>").removesuffix("</material>"))
    assert shown["observed_replies"] == ["i want friday", "a seat on friday"]
    assert "observed_replies" not in sent[0]
    assert draft.calls == {"author": 2, "user": 2}
    assert draft.tokens == {"author": 4, "user": 4}


def test_a_rubric_that_every_observed_reply_passes_goes_back_once():
    user, engine = simulator("is friday ok?")
    draft, sent = write(user, TALK, GOOD)
    assert "every criterion passes on what the model already does" in sent[2]
    assert len(sent) == 3
    assert (draft.scenario is not None, draft.advice) == (True, ())
    assert len(engine.requests) == 2  # the conversation stays, and what was observed in it


def test_the_rubric_that_comes_back_is_taken_where_the_replies_fail_it():
    user, _ = simulator("is friday ok?")
    harder = with_first(check='{"all": [{"asks": true}, {"none_of": ["friday"]}]}')
    draft, _ = write(user, TALK, GOOD, harder)
    assert "none_of" in str(draft.scenario.criteria[0].check)


def test_the_author_s_own_model_is_not_handed_to_the_observed_simulator():
    user, _ = simulator("friday")
    author = uso.ScenarioAuthor(uso.connect("offline/author"), observe=user)
    other = dspy.LM("scripted/other", cache=False)
    author.set_lm(other)
    assert user.lm is not other


def test_plan_and_report_count_the_calls_of_the_observed_model(tmp_path):
    tasks = [
        Task(
            id=f"{i:03}", domain="d", source="s", story=f"You want to cancel reservation AB{i}CDX."
        )
        for i in range(5)
    ]
    plan = plan_build(tasks, tmp_path, seed=6, smoke=2)
    lm = uso.connect("offline/author")
    alone = "5 tasks; 20 scenarios to write, 40 to 120 author calls"
    assert plan.estimate(uso.ScenarioAuthor(lm)) == alone
    user = uso.UserSimulator("Play.\n\n{scenario}", uso.connect("offline/user"))
    author = uso.ScenarioAuthor(lm, observe=user)
    assert plan.estimate(author) == f"{alone}, 40 to 120 user calls"
    report = build_dataset(plan, author, tmp_path)
    assert report.calls["user"] == 40
    assert "40 user calls" in str(report)
