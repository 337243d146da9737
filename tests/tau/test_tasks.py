import json

import pytest

import usersim_opt as uso
from usersim_opt.basics.errors import DatasetError
from usersim_opt.tau.tasks import load_tasks

PYTHON = """
from tau_bench.types import Action, Task
import os
os.system("touch /ran")     # nothing of this is ever run
raise SystemExit("never")

TASKS_TEST = [
    Task(
        annotator="0",
        user_id="ana_ng_12",
        instruction="Your user id is ana_ng_12. You want " "to cancel {it}.",
        actions=[Action(name="cancel", kwargs={"id": "X"})],
        outputs=[],
    ),
    Task(instruction="You are Bo. " + "You want a refund.", user_id="bo", actions=[]),
]
"""
OLD = (
    'tasks = [{"annotator": 0, "user_id": "ana", "instruction": "You want out.", "actions": '
    '[{"name": "x", "arguments": {}}]}]\n'
)
TAU2 = [
    {
        "id": "7",
        "description": {"purpose": "x"},
        "user_scenario": {
            "persona": None,
            "instructions": {
                "domain": "airline",
                "reason_for_call": "You want out.\nNow.",
                "known_info": "You are Ana.",
                "unknown_info": None,
                "task_instructions": "Be firm.",
            },
        },
    },
    {"id": "[a]b|c", "user_scenario": {"persona": "Old.", "instructions": "You want in."}},
]


def write(tmp_path, name, content):
    file = tmp_path / name
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def test_tau_bench_s_python_file_is_read_and_not_run(tmp_path):
    tasks = uso.load_tau_bench(write(tmp_path, "tasks_test.py", PYTHON))
    assert [task.story for task in tasks] == [
        "Your user id is ana_ng_12. You want to cancel {it}.",
        "You are Bo. You want a refund.",
    ]
    assert [(task.id, task.source) for task in tasks] == [
        ("000", "tau-bench:0"),
        ("001", "tau-bench:1"),
    ]


def test_a_story_that_joins_literals_is_read_and_one_that_joins_anything_else_is_a_fault(tmp_path):
    good = "TASKS = [Task(user_id='a', instruction=' '.join(('You want tea.', 'Now.')))]\n"
    (task,) = uso.load_tau_bench(write(tmp_path, "good.py", good))
    assert task.story == "You want tea. Now."
    for number, call in enumerate(("' '.join(WISHES)", "' '.join(('a', f(1)))", "f('a')", "1 + 2")):
        bad = f"TASKS = [Task(user_id='a', instruction={call})]\n"
        with pytest.raises(DatasetError, match="field 'instruction' is None"):
            uso.load_tau_bench(write(tmp_path, f"bad{number}.py", bad))


def test_the_older_form_with_dicts_is_read_too(tmp_path):
    assert (
        uso.load_tau_bench(write(tmp_path, "tasks.py", OLD), domain="retail")[0].domain == "retail"
    )


def test_the_compact_json_is_read(tmp_path):
    (task,) = uso.load_tau_bench(
        write(
            tmp_path,
            "t.json",
            [{"id": 12, "instruction": " You want out. ", "user_id": "x", "actions": []}],
        )
    )
    assert (task.source, task.story) == ("tau-bench:12", "You want out.")


def test_a_tau2_story_is_laid_out_as_tau2_puts_it_before_its_user(tmp_path):
    structured, plain = uso.load_tau2(write(tmp_path, "tasks.json", TAU2))
    assert structured.story == (
        "Instructions:\n\tDomain: airline\n\tReason for call:\n\t\tYou want "
        "out.\n\t\tNow.\n\tKnown info:\n\t\tYou are Ana.\n\tTask instructions:\n\t\tBe "
        "firm."
    )
    assert (structured.id, structured.source, structured.domain) == ("000", "tau2:7", "airline")
    assert plain.story == "Persona:\n\tOld.\nInstructions:\n\tYou want in."


@pytest.mark.parametrize(
    ("name", "content", "source"),
    [
        ("a.py", PYTHON, "tau-bench:0"),
        ("b.json", TAU2, "tau2:7"),
        ("c.json", [{"id": 3, "instruction": "x", "user_id": "u"}], "tau-bench:3"),
        ("d.json", [{"id": 3, "instruction": "x"}], "d.json:3"),
        ("e.json", ["You want a filling."], "e.json:0"),
    ],
)
def test_the_form_of_a_file_is_found_out(tmp_path, name, content, source):
    assert load_tasks(write(tmp_path, name, content))[0].source == source


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("a.py", "x = [", "a.py:1: is no Python"),
        ("a.py", "x = 3", "holds no task"),
        ("a.py", 'T = [Task(instruction=f"{x}")]', "task 0: field 'instruction' is None"),
        ("a.py", "T = [Task(user_id='a')]", "task 0: field 'instruction' is missing"),
        ("a.py", "T = [3]", "task 0: is '3'; expected a mapping"),
        ("a.json", "{", "is no JSON"),
        ("a.json", {"a": 1}, "holds dict; expected a list"),
        ("a.json", [], "holds no task"),
        ("a.json", [{"id": 1, "instruction": ""}], "task 0: field 'instruction' is ''"),
        (
            "a.json",
            [TAU2[0], {"id": "x", "user_scenario": {"instructions": {"domain": "a"}}}],
            "task 1: field 'reason_for_call' is missing",
        ),
        (
            "a.json",
            [TAU2[0], {"user_scenario": {"instructions": "x"}}],
            "task 1: field 'id' is missing",
        ),
        ("a.json", [TAU2[0], 5], "task 1: is 5; expected a mapping"),
    ],
)
def test_a_broken_file_or_entry_is_named(tmp_path, name, content, complaint):
    with pytest.raises(DatasetError) as caught:
        load_tasks(write(tmp_path, name, content))
    assert complaint in str(caught.value)


def test_a_broken_entry_can_be_left_out_and_told(tmp_path):
    faults = []
    tasks = load_tasks(write(tmp_path, "a.json", [TAU2[0], 5, TAU2[1]]), on_fault=faults.append)
    assert [task.id for task in tasks] == ["000", "002"]
    assert len(faults) == 1


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DatasetError, match="cannot be read"):
        load_tasks(tmp_path / "none.json")


LINES = '{"id": "a", "story": "You are Jo."}\n{"id": "b", "story": "You are Kim."}\n'


@pytest.mark.parametrize("name", ["t.json", "t.jsonl", "t.ndjson"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_json_lines_are_read_whatever_the_ending_and_with_a_byte_order_mark(tmp_path, name, mark):
    tasks = load_tasks(write(tmp_path, name, mark + LINES))
    assert [task.story for task in tasks] == ["You are Jo.", "You are Kim."]


def test_a_list_is_read_with_a_byte_order_mark(tmp_path):
    tasks = load_tasks(write(tmp_path, "t.json", "\ufeff" + json.dumps(["You are Jo."])))
    assert [(task.story, task.domain) for task in tasks] == [("You are Jo.", "unknown")]


def test_a_domain_is_the_entry_s_own_or_the_one_that_is_given(tmp_path):
    entries = [{"story": "You want in.", "domain": "hotel"}, {"story": "You want out."}]
    tasks = load_tasks(write(tmp_path, "t.json", entries), domain="dental")
    assert [task.domain for task in tasks] == ["hotel", "dental"]


@pytest.mark.parametrize(
    ("second", "complaint"),
    [
        ({"id": "a", "story": "You want out."}, "task 1: the id 'a' is that of task 0, too"),
        ({"id": "b", "story": " you  want IN."}, "task 1: tells the same story as task 0"),
    ],
)
def test_an_id_or_a_story_that_stands_there_twice_is_refused(tmp_path, second, complaint):
    file = write(tmp_path, "t.json", [{"id": "a", "story": "You want in."}, second])
    with pytest.raises(DatasetError, match=complaint):
        load_tasks(file)
    faults = []
    assert len(load_tasks(file, on_fault=faults.append)) == len(faults) == 1


def test_tau2_s_tasks_may_share_a_story(tmp_path):
    twice = [TAU2[1], TAU2[1] | {"id": "8"}]
    assert len(load_tasks(write(tmp_path, "t.json", twice))) == 2
