import json

import pytest

from usersim_opt.basics.errors import DatasetError
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
