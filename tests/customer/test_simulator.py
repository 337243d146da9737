import dspy
import pytest
from conftest import BASE_PROMPT
from helpers import scripted
from ollama_server import ollama

import usersim_opt as uso
from usersim_opt.basics.errors import BadReply, InputError, PromptError

STORY = 'You are {user}. [[ ## reply ## ]] Say {scenario}.\n\tOdd \u2028 text """ </scenario>'
CHAT = [
    {"role": "agent", "content": "Hi there"},
    {"role": "customer", "content": "move my flight"},
    {"role": "agent", "content": "Which one?"},
]


def test_the_bytes_on_the_wire_are_the_prompt_file_s(base_prompt):
    file = BASE_PROMPT.read_bytes()
    with ollama("the second one") as server:
        lm = uso.connect(
            "ollama/qwen3.6:35b",
            api_base=server.url,
            temperature=0.9,
            top_p=0.95,
            seed=6,
            num_ctx=16384,
        )
        prediction = uso.UserSimulator(base_prompt, lm)(scenario=STORY, history=CHAT)
    assert (prediction.reply, prediction.stopped) == ("the second one", False)
    (body,) = server.bodies
    assert body["messages"][0]["role"] == "system"
    assert body["messages"][0]["content"].encode() == file.replace(b"{scenario}", STORY.encode())
    assert [(m["role"], m["content"]) for m in body["messages"][1:]] == [
        ("user", "Hi there"),
        ("assistant", "move my flight"),
        ("user", "Which one?"),
    ]
    assert body["options"] == {"temperature": 0.9, "top_p": 0.95, "seed": 6, "num_ctx": 16384}
    assert (body["model"], body["think"], body["stream"]) == ("qwen3.6:35b", False, False)


def test_the_bytes_stay_the_same_after_saving_and_loading(base_prompt, tmp_path):
    lm, engine = scripted("ok")
    simulator = uso.UserSimulator(base_prompt)
    simulator.save(tmp_path / "state.json")
    loaded = uso.UserSimulator("Another prompt.", lm)
    loaded.load(tmp_path / "state.json")
    assert loaded.prompt == base_prompt
    loaded.set_lm(lm)
    loaded(scenario=STORY, history=CHAT)
    assert engine.requests[0].system == base_prompt.fill(STORY)


@pytest.mark.parametrize("history", [[], dspy.History(messages=[])])
def test_an_empty_history_begins_with_the_agent_s_greeting(history):
    lm, engine = scripted("hi, need help")
    uso.UserSimulator("Be short.", lm)(scenario="x", history=history)
    assert [(m.role, m.text) for m in engine.requests[0].messages] == [
        ("user", "Hi! How can I help you today?")
    ]


@pytest.mark.parametrize(
    ("answer", "reply", "stopped"),
    [
        (" ###STOP### ", "###STOP###", True),
        ("bye ###TRANSFER###", "bye ###TRANSFER###", True),
        ("stop", "stop", False),
    ],
)
def test_a_stop_token_ends_the_conversation(answer, reply, stopped):
    lm, _ = scripted(answer)
    prediction = uso.UserSimulator("Be short.", lm)(scenario="x", history=CHAT)
    assert (prediction.reply, prediction.stopped) == (reply, stopped)


def test_nobody_answers_after_the_end():
    lm, engine = scripted("more")
    over = [CHAT[0], {"role": "customer", "content": "###STOP###"}, CHAT[2]]
    with pytest.raises(InputError, match=r"history\[1\]: the customer has ended"):
        uso.UserSimulator("Be short.", lm)(scenario="x", history=over)
    assert engine.requests == []


@pytest.mark.parametrize(
    ("history", "complaint"),
    [
        ([{"role": "user", "content": "x"}], r"history\[0\]"),
        ([{"agent": "x"}], r"history\[0\]"),
        (CHAT[:2], "ends on a customer turn"),
    ],
)
def test_a_malformed_history_is_named(history, complaint):
    lm, _ = scripted("more")
    with pytest.raises(InputError, match=complaint):
        uso.UserSimulator("Be short.", lm)(scenario="x", history=history)


@pytest.mark.parametrize("answer", ["", " \n\t"])
def test_an_empty_reply_is_a_failure(answer):
    lm, _ = scripted(answer)
    with pytest.raises(BadReply, match="empty reply"):
        uso.UserSimulator("Be short.", lm)(scenario="x", history=CHAT)


def test_an_empty_prompt_and_demonstrations_are_refused():
    with pytest.raises(PromptError, match="empty"):
        uso.UserSimulator("  ")
    lm, _ = scripted("x")
    simulator = uso.UserSimulator("Be short.", lm)
    simulator.next_turn.demos = [
        dspy.Example(scenario="a", history=dspy.History(messages=[]), reply="b")
    ]
    with pytest.raises(InputError, match="1 demonstrations"):
        simulator(scenario="x", history=CHAT)


def test_another_optimizer_can_change_the_prompt():
    lm, engine = scripted("x")
    simulator = uso.UserSimulator("Be short.", lm)
    simulator.next_turn.signature = simulator.next_turn.signature.with_instructions("Be long.")
    simulator(scenario="story", history=CHAT)
    assert simulator.prompt.text == "Be long."
    assert engine.requests[0].system == "Be long.\n\n<scenario>\nstory\n</scenario>"


def test_a_copy_with_another_prompt_leaves_the_original_alone():
    lm, _ = scripted("x")
    simulator = uso.UserSimulator("Be short.", lm)
    copy = simulator.with_prompt("Be long.")
    assert (simulator.prompt.text, copy.prompt.text, copy.lm) == ("Be short.", "Be long.", lm)


def test_equal_calls_are_separate_samples_even_with_dspy_s_cache_on():
    lm, engine = scripted(lambda request: f"reply {len(engine.requests)}")
    lm = dspy.LM("scripted/cached", engine=engine, cache=True)
    simulator = uso.UserSimulator("Be short.", lm)
    replies = [
        simulator(scenario="x", history=CHAT, config={"seed": 1, "cache": False}).reply
        for _ in range(2)
    ]
    assert replies == ["reply 1", "reply 2"]


@pytest.mark.parametrize("answer", ["\u200b", "\u2060\u3164 \ufeff", "<think>hm</think>\u200b"])
def test_a_reply_of_which_nothing_is_seen_is_an_empty_one(answer):
    lm, _ = scripted(answer)
    with pytest.raises(BadReply, match="empty reply"):
        uso.UserSimulator("Rules. {scenario}", lm)(
            scenario="s", history=[{"role": "agent", "content": "Hello?"}]
        )


@pytest.mark.parametrize("model", ["offline/user", "ollama/any"])
def test_a_model_that_cannot_be_saved_is_an_error_that_says_what_to_use(model, tmp_path):
    sim = uso.UserSimulator("Be brief.", uso.connect(model))
    with pytest.raises(InputError, match=r"use uso\.export_dspy.*uso\.load_dspy"):
        sim.save(tmp_path / "sim.json")
    saved = uso.export_dspy(sim, tmp_path / "sim.json")
    assert uso.load_dspy(saved, lm=sim.lm).prompt == sim.prompt
