import json

import pytest
from realism_cases import said

from tests.conftest import ROOT
from usersim_opt.basics.errors import InputError
from usersim_opt.tau.result_sets import read_results

CHAT = said("hi", "ok")


def written(tmp_path, data, name="results.json"):
    file = tmp_path / name
    file.write_text(data if isinstance(data, str) else json.dumps(data))
    return file


def lines(*records):
    return "\n".join(map(json.dumps, records)) + "\n"


def told(results):
    return [(talk.task, talk.run, talk.reward) for talk in results.talks]


SIMULATION = {"task_id": "3", "trial": 1, "reward_info": {"reward": 1.0}, "messages": CHAT}
TAU2 = {"info": {"environment_info": {"domain_name": "retail"}}, "simulations": [SIMULATION]}


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (
            lines({"source": "gpt-4o-airline.json", "task_id": 0, "trial": 2, "turns": CHAT}),
            "t.jsonl",
            ("airline_0", "2", None),
        ),
        ([{"task_id": 0, "trial": 2, "reward": 0, "traj": CHAT}], "r.json", ("0", "2", 0.0)),
        (TAU2, "r.json", ("retail_3", "1", 1.0)),
        ([CHAT], "r.json", ("conversation_0", "1", None)),
        (
            [{"domain": "airline", "task_id": 1, "messages": CHAT}],
            "r.json",
            ("airline_1", "1", None),
        ),
        ({"airline_0": {"conversation": CHAT, "reward": 1}}, "r.json", ("airline_0", "1", 1.0)),
    ],
)
def test_every_form_is_read(tmp_path, data, name, expected):
    assert told(read_results(written(tmp_path, data, name))) == [expected]


def test_a_folder_of_tau2_is_read_by_its_results(tmp_path):
    written(tmp_path, TAU2)
    assert told(read_results(tmp_path)) == [("retail_3", "1", 1.0)]


def test_a_domain_that_no_file_says_can_be_named(tmp_path):
    file = written(tmp_path, [{"task_id": 0, "traj": CHAT}])
    assert read_results(file, domain="airline").talks[0].task == "airline_0"


def test_a_second_conversation_of_a_task_is_one_of_a_further_run(tmp_path):
    file = written(tmp_path, [{"task_id": 0, "messages": CHAT}] * 2)
    assert told(read_results(file)) == [("0", "1", None), ("0", "1 (2)", None)]


def test_what_is_left_out_is_noted(tmp_path):
    broken = {"task_id": "4", "messages": [], "termination_reason": "infrastructure_error"}
    silent = {"task_id": "5", "messages": CHAT[:1]}
    file = written(tmp_path, {"simulations": [SIMULATION, broken, silent]})
    first, second = read_results(file, domain="airline").notes
    assert first.endswith("1 conversation left out: the customer says nothing")
    assert second.endswith("1 simulation left out: no messages, or the machinery failed")


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ("{", "is no JSON"),
        ("3", "holds 3; expected conversations such as"),
        ("[]", "none of 0 conversations has a word of the customer"),
        (
            "[[]]",
            "none of 1 conversation has a word of the customer; expected messages of the role",
        ),
        ('[{"turns": [{"role": "agent", "content": "x"}]}]', "none of 1 conversation has a word"),
        ('["hi"]', "conversation 0: is 'hi'; expected an entry as in"),
        ('[{"text": "hi"}]', "conversation 0: is {'text': 'hi'}; expected an entry"),
        ('[{"messages": "hi"}]', "conversation_0, run 1: is a str; expected messages"),
        ('[["hi"]]', "conversation_0, run 1: message 0 is 'hi'; expected messages"),
        ('[{"messages": [], "reward": "high"}]', "conversation 0: reward is 'high'; expected a"),
        ('{"simulations": [3]}', "simulation 0: is 3; expected a simulation"),
        ('{"simulations": []}', "none of 0 conversations"),
        ('{"airline_0": 3}', "airline_0: is 3; expected an entry"),
    ],
)
def test_what_is_no_result_set_is_refused_by_name(tmp_path, data, complaint):
    file = written(tmp_path, data)
    with pytest.raises(InputError) as error:
        read_results(file)
    assert str(file) in str(error.value)
    assert complaint in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match="nothing.json: cannot be read"):
        read_results(tmp_path / "nothing.json")


def test_conversations_of_ours_are_read_as_they_were_played():
    read = read_results(ROOT / "docs" / "examples" / "conversations_calibrated.jsonl")
    assert (len(read.talks), read.tasks, len(read.runs)) == (12, 12, 1)
    first = read.talks[0].messages
    assert [turn["role"] for turn in first[:2]] == ["assistant", "user"]
    assert first[1]["content"] == "need to move my flight to boston to an earlier day"
