"""A customer that is steered by its goals."""

import json

import pytest
from conftest import BASE_PROMPT
from helpers import scripted

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.customer.steering import check_steering
from usersim_opt.realism.goals.components import Component, advanced, start
from usersim_opt.realism.goals.steering import steering_text
from usersim_opt.scenarios.records import Task

STORY = "You are Ada. You want your flight moved. You would like a window seat. You stay polite."
TASK = Task(id="001", domain="airline", source="test", story=STORY)
SPLIT = {
    "components": [
        {"class": "profile", "text": "Stays polite."},
        {"class": "objective", "text": "Wants the flight moved."},
        {"class": "preference", "text": "Would like a window seat."},
    ]
}


def judged(request):
    """All is done after the first turn; the reason names what the story does not."""
    data = request.messages[-1].text.partition("<material>")[2].partition("</material>")[0]
    data = json.loads(data)
    if "story" in data:
        return json.dumps(SPLIT)
    status = {"profile": "ALIGNED", "objective": "COMPLETE", "preference": "MISALIGNED"}
    states = [
        {"id": part["id"], "reason": "Secret QX99ZZ.", "status": status[part["class"]]}
        for part in data["parts"]
    ]
    return json.dumps({"states": states})


HISTORY = [
    {"role": "agent", "content": "Hi!"},
    {"role": "customer", "content": "move my flight"},
    {"role": "agent", "content": "Done."},
]


def test_the_text_says_what_is_open_and_what_is_settled():
    steering = uso.realism.GoalSteering(scripted(judged)[0])
    first = steering(TASK, HISTORY[:1], seed=0)
    assert "bring it up when it fits:\n- Wants the flight moved." in first
    assert "- Stays polite." in first
    then = steering(TASK, HISTORY, seed=0)
    assert "do not bring it up again:\n- Wants the flight moved." in then
    assert "QX99ZZ" not in then


def test_nothing_is_asked_twice_and_the_price_is_what_a_turn_costs_at_the_most():
    lm, engine = scripted(judged)
    steering = uso.realism.GoalSteering(lm)
    check_steering(steering)
    for _ in range(2):
        assert steering(TASK, HISTORY[:1], seed=0) == steering(TASK, HISTORY[:1], seed=1)
    assert len(engine.requests) == 1
    steering(TASK, HISTORY, seed=0)
    assert len(engine.requests) == 2
    assert steering.price == 2
    assert steering.name == "goals by scripted/model"


def test_a_story_that_cannot_be_split_steers_nobody():
    steering = uso.realism.GoalSteering(scripted("Hm.")[0])
    assert steering(TASK, HISTORY[:1], seed=0) == ""
    assert steering(TASK, HISTORY, seed=0) == ""
    assert [lost.about for lost in steering.lost] == ["components of task 001"]


def test_a_broken_rule_and_a_refusal_have_words_of_their_own():
    parts = (Component("policy.1", "policy", "Gives no password."),
             Component("objective.1", "objective", "Wants it moved."))  # fmt: skip
    judgement = {"policy.1": ("MISALIGNED", ""), "objective.1": ("ATTEMPTED", "")}
    text = steering_text(parts, advanced(start(parts), parts, judgement))
    assert "were refused; do not go on about it unless something changes:\n- Wants it" in text
    assert "You have not kept to this; keep to it from now on:\n- Gives no password." in text


def test_converse_and_rollout_use_it(tmp_path):
    user, engine = scripted("move my flight")
    sim = uso.UserSimulator(uso.read_prompt(BASE_PROMPT), user)
    steering = uso.realism.GoalSteering(scripted(judged)[0])
    talks = uso.rollout(
        sim, lambda _: "Done.", [TASK], max_turns=2, steering=steering, run_dir=tmp_path / "run"
    )
    assert talks[0].end == "turn_limit", talks[0].why
    assert talks[0].steering == "goals by scripted/model"
    systems = [str(request.system) + str(request.messages) for request in engine.requests]
    assert "bring it up when it fits" in systems[0]
    assert "do not bring it up again" in systems[1]


def test_a_connection_that_fails_is_the_conversation_s_fault_and_no_lost_answer():
    user, _ = scripted("move my flight")
    sim = uso.UserSimulator(uso.read_prompt(BASE_PROMPT), user)
    steering = uso.realism.GoalSteering(scripted(RuntimeError("no route"))[0])
    talk = uso.converse(sim, lambda _: "Done.", TASK, steering=steering)
    assert talk.fault == "customer_error"
    assert steering.lost == ()


def test_a_stand_in_cannot_steer():
    with pytest.raises(InputError, match="offline stand-in"):
        uso.realism.GoalSteering(uso.connect("offline/judge"))
