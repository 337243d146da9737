import itertools
import sys

import dspy
import pytest
from dspy.utils.exceptions import LMAuthError
from helpers import scripted

import usersim_opt as uso
from usersim_opt.basics.errors import InputError, ModelError
from usersim_opt.customer.simulator import GREETING

TASK = uso.Task(id="001", domain="air", source="s", story="You want to fly on Friday, June 13.")


def customer(*replies):
    """A simulator that says these one after the other, the last one again and again."""
    return uso.UserSimulator("Be short.", scripted(*replies)[0])


def desk(*answers):
    """An agent function that says these in turn, and how often it said the last."""
    numbers = itertools.count()
    return lambda history: answers[next(numbers) % len(answers)]


def texts(conversation):
    return [turn.text for turn in conversation.turns]


@pytest.mark.parametrize("token", ["###STOP###", "###TRANSFER###", "###OUT-OF-SCOPE###"])
def test_the_customer_leaves_with_any_stop_token(token):
    talk = uso.converse(customer("move it", token), desk("Which one?"), TASK)
    assert (talk.end, talk.token, talk.fault) == ("stopped", token, None)
    assert texts(talk) == [GREETING, "move it", "Which one?", token]
    assert (talk.calls, talk.broken) == ({"user": 2, "agent": 1}, ())


def test_the_limit_counts_turns_of_the_customer_and_is_no_failure():
    talk = uso.converse(customer("hm"), desk("One?", "Two?"), TASK, max_turns=3)
    assert (talk.end, len(talk.customer), talk.turns[-1].role) == ("turn_limit", 3, "customer")


def raising(history):
    raise RuntimeError("no\x1b[31m database")


def leaving(history):
    sys.exit(3)


BAD = {
    "raises": (raising, "agent_error", "RuntimeError: no"),
    "exits": (leaving, "agent_error", "SystemExit: 3"),
    "nothing": (lambda history: None, "agent_silent", "gave a NoneType"),
    "blank": (desk(" \u200b\n"), "agent_silent", "empty text"),
    "bytes": (lambda history: b"hi", "agent_silent", "gave a bytes"),
    "loops": (desk("Which one?"), "agent_loop", "the same 3 times"),
    "loops in other letters": (desk("Which one?", "WHICH  one?"), "agent_loop", "3 times"),
    "label": (desk("Sure.\nCustomer: yes please"), "agent_role", "begins with"),
    "bold label": (desk("**User:** yes"), "agent_role", "begins with"),
    "leaves": (desk("Bye ###STOP###"), "agent_role", "###STOP###"),
    "echo": (lambda history: history[-1]["content"], "agent_role", "repeats"),
}


@pytest.mark.parametrize(("agent", "fault", "why"), BAD.values(), ids=BAD.keys())
def test_a_bad_agent_ends_the_conversation_with_a_reason(agent, fault, why):
    talk = uso.converse(customer("please move my flight"), agent, TASK)
    assert (talk.end, talk.fault) == ("failed", fault)
    assert why in talk.why
    assert "\n" not in talk.why
    assert "\x1b" not in talk.why
    assert talk.turns[-1].role == "customer"


def test_what_the_customer_s_model_raises_is_the_customer_s_fault():
    sim = customer("hm", ValueError("broken"))
    talk = uso.converse(sim, desk("Which one?"), TASK)
    assert (talk.end, talk.fault) == ("failed", "customer_error")
    assert texts(talk) == [GREETING, "hm", "Which one?"]


def test_an_error_that_all_conversations_would_meet_is_raised():
    with pytest.raises(ModelError, match="key"):
        uso.converse(customer(LMAuthError("wrong key")), desk("a"), TASK)


def test_an_agent_gets_a_history_of_its_own():
    seen = []

    def spoiling(history):
        seen.append([dict(turn) for turn in history])
        history.clear()
        return f"Question {len(seen)}?"

    talk = uso.converse(customer("a", "b"), spoiling, TASK, max_turns=3)
    assert seen[1] == [turn.message for turn in talk.turns[:4]]


def test_each_turn_is_streamed_in_order_and_an_agent_that_looks_sees_them_too():
    class Looking:
        def __init__(self):
            self.seen = []

        def __call__(self, history):
            return "Which one?"

        def see(self, turn):
            self.seen.append(turn)

    agent, streamed = Looking(), []
    talk = uso.converse(customer("hi", "###STOP###"), agent, TASK, on_turn=streamed.append)
    assert tuple(streamed) == tuple(agent.seen) == talk.turns
    assert talk.agent == "Looking"


def test_a_module_is_asked_with_the_history_and_gets_the_seed_where_it_takes_options():
    class Desk(dspy.Module):
        def forward(self, history, config):
            return dspy.Prediction(answer=f"{len(history)} turns, seed {config['seed']}")

    talk = uso.converse(customer("a", "b"), Desk(), TASK, max_turns=2, seed=11)
    assert talk.turns[2].text == "2 turns, seed 11"


def test_a_language_model_is_sent_its_policy_the_dialogue_and_the_seed():
    lm, engine = scripted("Which one?")
    agent = uso.LMAgent(lm, "  Only moves.\n\n{braces}")
    talk = uso.converse(customer("a", "b"), agent, TASK, max_turns=2, seed=11)
    (request,) = engine.requests
    assert request.system == "  Only moves.\n\n{braces}"
    assert [(m.role, m.text) for m in request.messages] == [("assistant", GREETING), ("user", "a")]
    assert request.config.seed == 11
    assert (talk.calls, talk.tokens) == ({"user": 2, "agent": 1}, {"user": 4, "agent": 2})


def test_the_guards_hold_for_each_turn_and_a_first_bare_token_is_too_early():
    talk = uso.converse(customer("As an AI, I want to fly"), desk("a"), TASK, max_turns=1)
    assert [each.guard for each in talk.turns[-1].broken] == ["meta"] or talk.broken
    early = uso.converse(customer("###STOP###"), desk("a"), TASK)
    assert [each.guard for each in early.broken] == ["early_stop"]
    assert uso.converse(customer("###STOP###"), desk("a"), TASK, guards=()).broken == ()


def test_the_same_seed_plays_the_same_conversation_again(simulator, airline):
    agent = uso.LMAgent(uso.connect("offline/agent"))
    played = [
        uso.converse(simulator, agent, airline.tasks["003"], seed=seed, max_turns=6)
        for seed in (4, 4, 5)
    ]
    assert played[0] == played[1] != played[2]


async def answering(history):
    return "hi"


@pytest.mark.parametrize(
    "wrong",
    [
        {"agent": "offline/agent"},
        {"agent": uso.LMAgent},
        {"agent": answering},
        {"task": "001"},
        {"max_turns": 0},
        {"seed": "x"},
        {"sim": lambda **inputs: "hi"},
        {"guards": ["markup"]},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_inputs_that_are_none_are_refused_before_anything_is_spent(wrong):
    lm, engine = scripted("hi")
    given = {"sim": uso.UserSimulator("p", lm), "agent": desk("a"), "task": TASK} | wrong
    with pytest.raises(InputError):
        uso.converse(given.pop("sim"), given.pop("agent"), given.pop("task"), **given)
    assert engine.requests == []


def test_a_policy_that_says_nothing_is_refused():
    with pytest.raises(InputError, match="policy"):
        uso.LMAgent(scripted("a")[0], " ")
