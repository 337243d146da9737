import json
from collections import Counter

import pytest
from hostile import HOSTILE
from hypothesis import given
from hypothesis import strategies as st
from talks import conversations, talk

import usersim_opt as uso
from usersim_opt.basics.errors import DatasetError, InputError
from usersim_opt.basics.text import is_blank
from usersim_opt.customer.simulator import GREETING
from usersim_opt.tau.conversations import FORMS

SUFFIX = {"jsonl": "jsonl", "tau_bench": "json", "tau2": "json"}
USER = {"role": "user", "content": "move my flight"}
DONE = {"role": "user", "content": "###STOP###"}
AGENT = {"role": "assistant", "content": "Which one?"}
TOOL = {"role": "assistant", "content": None, "tool_calls": [{"name": "get_user"}]}


def written(folder, form, talks):
    return uso.write_conversations(talks, folder / f"{form}.{SUFFIX[form]}", form=form)


def seen(conversation):
    """Whether something of each turn can be seen, as in all that a rollout makes."""
    return not any(is_blank(turn.text) for turn in conversation.turns)


@pytest.mark.parametrize("form", FORMS)
@given(st.lists(conversations().filter(seen), min_size=1, max_size=3))
def test_each_form_gives_back_what_was_written(tmp_path_factory, form, talks):
    file = written(tmp_path_factory.mktemp("forms"), form, talks)
    assert uso.read_conversations(file) == talks


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_each_form_holds_any_text(tmp_path, form, text):
    talks = [talk(GREETING, f"x{text}", agent=text, user=text)]
    assert uso.read_conversations(written(tmp_path, form, talks)) == talks


def read(folder, data, name="results.json"):
    (folder / name).write_text(json.dumps(data))
    return uso.read_conversations(folder / name)


def simulation(**changes):
    return {
        "id": "1",
        "task_id": "7",
        "seed": 626729,
        "trial": 1,
        "termination_reason": "user_stop",
        "messages": [{"role": "assistant", "content": GREETING}, USER, TOOL, AGENT, DONE],
    } | changes


def tau2(*simulations, **info):
    return {"info": info, "tasks": [], "simulations": list(simulations)}


def test_a_result_of_tau2_itself_is_read_with_what_it_says(tmp_path):
    info = {"user_info": {"llm": "m", "global_simulation_guidelines": "Be a user."}}
    (conversation,) = read(tmp_path, tau2(simulation(), **info))
    assert [turn.role for turn in conversation.turns] == ["agent", "customer", "agent", "customer"]
    assert conversation.key == ("7", 626729)
    assert (conversation.end, conversation.token) == ("stopped", "###STOP###")
    assert (conversation.user, conversation.agent) == ("m", "unknown")
    assert len(conversation.prompt_sha256) == 64


@pytest.mark.parametrize(
    ("reason", "end", "fault"),
    [
        ("max_steps", "turn_limit", None),
        ("agent_stop", "failed", "agent_left"),
        ("too_many_errors", "failed", "agent_error"),
        ("user_error", "failed", "customer_error"),
        ("infrastructure_error", "failed", "harness_error"),
        ("judge_stop", "failed", "agent_loop"),
    ],
)
def test_the_reasons_of_all_versions_of_tau2_have_a_meaning(tmp_path, reason, end, fault):
    (conversation,) = read(tmp_path, tau2(simulation(termination_reason=reason)))
    assert (conversation.end, conversation.fault) == (end, fault)


OTHER_VERSIONS = {
    "voice": (tau2(simulation(messages=None, ticks=[{}])), "holds ticks, as voice results"),
    "index": (tau2(simulation(messages=None)), "index of a tau2 1.0 folder"),
    "reason": (tau2(simulation(termination_reason="user_bored")), "another version of tau2"),
    "no token": (tau2(simulation(messages=[USER])), "no customer's turn has a stop token"),
    "messages": (tau2(simulation(messages="hi")), "expected a list of messages"),
    "simulations": ({"simulations": {}}, "expected a text result of tau2"),
    "simulation": (tau2("x"), r"simulations\[0\]"),
    "ours": (tau2(simulation(info={"usersim_opt": 3})), "usersim_opt"),
    "tasks": ([{"id": "0", "user_scenario": {}}], "is no trajectory"),
    "metrics": ({"pass_at_k": {}}, "neither a list of trajectories nor"),
    "number": (3, "neither"),
}


@pytest.mark.parametrize(("data", "why"), OTHER_VERSIONS.values(), ids=OTHER_VERSIONS.keys())
def test_another_version_is_refused_in_words(tmp_path, data, why):
    with pytest.raises(DatasetError, match=why):
        read(tmp_path, data)


def test_a_trajectory_of_tau_bench_itself_gets_its_greeting_back(tmp_path):
    system = {"role": "system", "content": "policy"}
    transfer = {"role": "assistant", "tool_calls": [{"name": "transfer_to_human_agents"}]}
    entries = [
        {"task_id": 3, "trial": 2, "reward": 1.0, "info": {}, "traj": [system, USER, AGENT, DONE]},
        {"task_id": 4, "trial": 0, "traj": [system, USER, transfer]},
        {"task_id": 5, "trial": 0, "traj": [system, USER, AGENT]},
    ]
    talks = read(tmp_path, entries)
    assert [each.end for each in talks] == ["stopped", "failed", "turn_limit"]
    assert (talks[0].key, talks[0].turns[0].text) == (("3", 2), GREETING)
    assert talks[1].fault == "agent_left"


def test_lines_of_turns_are_read_as_others_have_converted_them(tmp_path):
    turns = [USER, AGENT | {"role": "agent"}]
    line = {"task_id": 0, "trial": 1, "agent_model": "gpt", "turns": turns}
    (conversation,) = read(tmp_path, line, "t.jsonl")
    assert Counter(turn.role for turn in conversation.turns) == {"agent": 2, "customer": 1}
    assert conversation.agent == "gpt"


def test_a_folder_without_a_rollout_and_an_unknown_form_are_refused(tmp_path):
    with pytest.raises(DatasetError, match="folder of a rollout"):
        uso.read_conversations(tmp_path)
    with pytest.raises(InputError, match="expected one of jsonl, tau_bench, tau2"):
        uso.write_conversations([talk()], tmp_path / "x", form="csv")


def test_a_line_that_is_no_conversation_is_named(tmp_path):
    file = tmp_path / "c.jsonl"
    file.write_text(json.dumps({"task": "001", "criterion": 3}) + "\n")
    with pytest.raises(DatasetError, match="c.jsonl:1"):
        uso.read_conversations(file)
