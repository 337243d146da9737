import json

import pytest

from usersim_opt.basics.errors import DatasetError
from usersim_opt.customer.simulator import GREETING
from usersim_opt.tau.dialogues import load_dialogues

LINE = {
    "source": "x",
    "turns": [
        {"role": "user", "content": "hi \u2028"},
        {"role": "tool_call", "name": "f", "arguments": "{}"},
        {"role": "agent", "content": "Yes?"},
    ],
}


def test_dialogues_are_read_without_tool_calls(tmp_path):
    (tmp_path / "d.jsonl").write_text(
        json.dumps(LINE, ensure_ascii=False) + "\n\n" + json.dumps(LINE) + "\n"
    )
    found = load_dialogues(tmp_path / "d.jsonl")
    assert [[(turn.role, turn.text) for turn in dialogue] for dialogue in found] == [
        [("customer", "hi \u2028"), ("agent", "Yes?")]
    ] * 2


@pytest.mark.parametrize("line", ['{"turns": 3}', '{"turns": [{"role": "user"}]}', '{"x": 1}'])
def test_a_line_that_is_no_dialogue_is_named(tmp_path, line):
    (tmp_path / "d.jsonl").write_text(json.dumps(LINE) + "\n" + line + "\n")
    with pytest.raises(DatasetError, match=r"d\.jsonl:2: is no dialogue"):
        load_dialogues(tmp_path / "d.jsonl")


@pytest.mark.parametrize("line", ["{", "[]"])
def test_a_line_that_is_no_record_is_named(tmp_path, line):
    (tmp_path / "d.jsonl").write_text(json.dumps(LINE) + "\n" + line + "\n")
    with pytest.raises(DatasetError, match=r"d\.jsonl:2: is no JSON record"):
        load_dialogues(tmp_path / "d.jsonl")


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(DatasetError, match=r"none\.jsonl: cannot be read"):
        load_dialogues(tmp_path / "none.jsonl")
    (tmp_path / "d.jsonl").write_bytes(b"{\xe9}")
    with pytest.raises(DatasetError, match=r"d\.jsonl: byte 1 is not UTF-8"):
        load_dialogues(tmp_path / "d.jsonl")


def test_historical_trajectories_of_tau_bench_are_read_without_their_greeting(tmp_path):
    messages = [
        {"role": "system", "content": "You serve customers."},
        {"role": "user", "content": "my oven is cold"},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]},
        {"role": "tool", "content": "{}", "name": "look_up"},
        {"role": "assistant", "content": "I have found it."},
    ]
    entry = {"task_id": 3, "reward": 0.0, "info": {}, "traj": messages, "trial": 0}
    (tmp_path / "gpt.json").write_text(json.dumps([entry, entry | {"trial": 1}]))
    found = load_dialogues(tmp_path / "gpt.json")
    assert [[(turn.role, turn.text) for turn in dialogue] for dialogue in found] == [
        [("customer", "my oven is cold"), ("agent", "I have found it.")]
    ] * 2


def test_results_of_tau2_are_read_too_and_what_is_neither_is_named(tmp_path):
    talk = [{"role": "assistant", "content": GREETING}, {"role": "user", "content": "hey"}]
    ended = {"id": "a", "task_id": "0", "termination_reason": "max_steps", "messages": talk}
    (tmp_path / "r.json").write_text(json.dumps({"simulations": [ended]}))
    ((turn,),) = load_dialogues(tmp_path / "r.json")
    assert (turn.role, turn.text) == ("customer", "hey")
    (tmp_path / "n.json").write_text('{"turns": []}')
    with pytest.raises(DatasetError, match=r"n\.json: is neither a list of trajectories"):
        load_dialogues(tmp_path / "n.json")
