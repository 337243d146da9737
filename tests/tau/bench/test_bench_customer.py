"""Our customer as a user of tau-bench: what it is sent, what it hands on, when it is silent."""

import pytest
from helpers import scripted

import usersim_opt as uso
from usersim_opt.tau.bench.customer import Customer, Nobody, SideError, translated

PROMPT = "Play the customer.\n\n<scenario>\n{scenario}\n</scenario>"
STORY = "You want tea."


def customer(*answers):
    lm, engine = scripted(*answers)
    return Customer(uso.UserSimulator(PROMPT, lm), seed=7), engine


def test_the_model_sees_the_prompt_with_the_story_and_the_talk_from_its_side():
    played, engine = customer("tea please", "yes, green")
    assert played.reset(STORY) == "tea please"
    assert played.step("Which one?") == "yes, green"
    assert engine.requests[1].system == PROMPT.replace("{scenario}", STORY)
    assert [(each.role, each.text) for each in engine.requests[1].messages] == [
        ("user", "Hi! How can I help you today?"),
        ("assistant", "tea please"),
        ("user", "Which one?"),
    ]
    assert (played.calls, played.get_total_cost()) == (2, 0.0)
    assert [turn.role for turn in played.turns] == ["agent", "customer", "agent", "customer"]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("###STOP###", "###STOP###"),
        ("thanks ###TRANSFER###", "thanks ###STOP###"),
        ("###OUT-OF-SCOPE###", "###STOP###"),
        ("stop", "stop"),
    ],
)
def test_each_stop_token_ends_tau_bench_and_the_record_keeps_it(text, seen):
    played, _ = customer("hi", text)
    played.reset(STORY)
    assert played.step("Yes?") == translated(text) == seen
    assert played.turns[-1].text == text


def test_a_customer_who_has_left_is_not_asked_again():
    played, engine = customer("###TRANSFER###")
    played.reset(STORY)
    assert played.left == "###TRANSFER###"
    assert played.step("Hello?") == "###STOP###"
    assert (len(engine.requests), played.calls, len(played.turns)) == (1, 1, 2)


def test_a_new_conversation_knows_nothing_of_the_last_one():
    played, engine = customer("tea ###STOP###", "salt")
    played.reset(STORY)
    assert played.reset("You want salt.") == "salt"
    assert len(engine.requests[1].messages) == 1
    assert not played.left


@pytest.mark.parametrize("nothing", [None, "", " \n"])
def test_an_agent_that_says_nothing_is_told_apart(nothing):
    played, _ = customer("hi")
    played.reset(STORY)
    with pytest.raises(SideError) as raised:
        played.step(nothing)
    assert raised.value.fault == "agent_silent"


def test_a_model_that_fails_is_the_customer_s_fault():
    played, _ = customer(RuntimeError("down"))
    with pytest.raises(SideError, match="the customer: .*down") as raised:
        played.reset(STORY)
    assert raised.value.fault == "customer_error"


def test_guards_are_held_to_each_turn():
    played, _ = customer("**tea**")
    played.reset(STORY)
    assert [each.guard for each in played.turns[-1].broken] == ["markup"]


def test_nobody_says_one_word_and_never_leaves():
    nobody = Nobody()
    assert {nobody.reset(STORY), nobody.step("Yes?"), nobody.step("Hm?")} == {"Hello."}
    assert (len(nobody.turns), nobody.left, nobody.calls) == (6, "", 0)
