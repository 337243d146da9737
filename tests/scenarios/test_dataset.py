import shutil

import pytest
from conftest import AIRLINE
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import DatasetError
from usersim_opt.basics.files import write_yaml
from usersim_opt.basics.validation import parse
from usersim_opt.scenarios import dataset
from usersim_opt.scenarios.records import Scenario


@pytest.fixture
def folder(tmp_path):
    """A small dataset on disk: tasks 001 to 003 of the airline set."""
    for name in ("tasks", "scenarios"):
        (tmp_path / name).mkdir()
        for file in sorted((AIRLINE / name).glob("00[123]*.yaml")):
            shutil.copy(file, tmp_path / name)
    (tmp_path / "splits.yaml").write_text('train: ["001"]\nsmoke: ["002"]\ntest: ["003"]\n')
    return tmp_path


def edit(file, old, new):
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_the_splits_are_examples_with_story_and_history_as_inputs(folder):
    data = dataset.load_dataset(folder)
    assert [len(split) for split in (data.train, data.smoke, data.test)] == [8, 7, 8]
    example = data.train[0]
    assert set(example.inputs().keys()) == {"scenario", "history"}
    assert example.scenario == data.tasks["001"].story
    assert example.history.messages == [
        {
            "role": "agent",
            "content": "Hello, reservations, Joan speaking. What can I do for you?",
        }
    ]
    assert example.record == data.scenarios["001.1"]


def test_a_test_task_needs_no_scenario_but_a_train_task_does(folder):
    for file in (folder / "scenarios").glob("003.*"):
        file.unlink()
    assert dataset.load_dataset(folder).test == []
    for file in (folder / "scenarios").glob("001.*"):
        file.unlink()
    with pytest.raises(
        DatasetError, match=r"tasks/001\.yaml: the task is in train but has no scenario"
    ):
        dataset.load_dataset(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("scenarios/001.3.yaml", 'id: "001.3"', 'id: "002.3"', "id is '002.3'; expected '001.3'"),
        (
            "scenarios/001.3.yaml",
            'id: "001.3"',
            "id: 5",
            "id: Input should be a valid string (got 5)",
        ),
        ("scenarios/001.3.yaml", 'id: "001.3"', 'id: "../../x"', "id: String should match"),
        (
            "scenarios/001.3.yaml",
            "type: wrong_assumption",
            "type: wrong",
            "type: 'wrong' is not known; expected one of initial_request, ",
        ),
        (
            "scenarios/001.3.yaml",
            "stresses: [clarification, error_reaction]",
            "stresses: [style]",
            "stresses: 'style' is not known; expected one of communication_style, ",
        ),
        (
            "scenarios/001.3.yaml",
            "clarification.pushback",
            "clarification.pushbak",
            "criteria: dimension: 'clarification.pushbak' is not known; expected one of ",
        ),
        (
            "scenarios/001.3.yaml",
            "id: only_the_return",
            "id: no_order_behind_it",
            "'no_order_behind_it' is used twice",
        ),
        (
            "scenarios/001.3.yaml",
            "history:",
            "histroy:",
            "histroy: is no field here, did you mean 'history'?; and 1 more",
        ),
        (
            "scenarios/001.3.yaml",
            "stresses: [clarification, error_reaction]",
            "stresses: clarification",
            "stresses: Input should be a valid tuple",
        ),
        (
            "scenarios/001.3.yaml",
            "- id: only_the_return",
            "- id: &a only_the_return",
            "aliases and anchors",
        ),
        (
            "scenarios/001.3.yaml",
            "stresses:",
            "type: wrong_assumption\nstresses:",
            "'type' stands twice",
        ),
        (
            "tasks/001.yaml",
            "domain: airline",
            "domain: 7",
            "domain: Input should be a valid string (got 7)",
        ),
        ("tasks/001.yaml", "domain: airline", "domain: ''", "domain: is ''; expected a text"),
        ("splits.yaml", '"001"', '"009"', "train: '009' is no task"),
        ("splits.yaml", '["002"]', '["001"]', "smoke: '001' stands in train, too"),
        ("splits.yaml", "smoke:", "smoked:", "smoked: is no field here, did you mean 'smoke'?"),
        ("splits.yaml", 'train: ["001"]', "train: 001", "train: Input should be a valid list"),
    ],
)
def test_a_fault_is_named_with_file_and_field(folder, file, old, new, complaint):
    edit(folder / file, old, new)
    with pytest.raises(DatasetError) as caught:
        dataset.load_dataset(folder)
    assert str(folder / file) in str(caught.value)
    assert complaint in str(caught.value)


def test_files_and_folders_that_are_not_there_are_named(folder, tmp_path):
    with pytest.raises(DatasetError, match="no such folder"):
        dataset.load_dataset(tmp_path / "nowhere")
    (folder / "scenarios" / "notes.yaml").write_text("a: 1\n")
    with pytest.raises(DatasetError, match=r"notes\.yaml: the file name is no scenario id"):
        dataset.load_dataset(folder)
    (folder / "scenarios" / "notes.yaml").unlink()
    (folder / "splits.yaml").unlink()
    with pytest.raises(DatasetError, match=r"splits\.yaml: cannot be read"):
        dataset.load_dataset(folder)


def test_a_scenario_without_its_task_is_named(folder):
    (folder / "tasks" / "003.yaml").unlink()
    with pytest.raises(DatasetError, match="there is no task '003'"):
        dataset.load_dataset(folder)


@given(st.integers(12, 200), st.integers())
def test_a_split_keeps_every_task_once(n, seed):
    ids = [f"{i:03}" for i in range(n)]
    parts = dataset.split_tasks(ids, seed=seed)
    assert sorted(parts["train"] + parts["smoke"] + parts["test"]) == ids
    assert len(parts["test"]) == round(n * 0.2)
    assert len(parts["smoke"]) == 5
    assert parts == dataset.split_tasks(reversed(ids), seed=seed)


def test_too_few_tasks_cannot_be_split():
    with pytest.raises(
        DatasetError, match="6 tasks are 1 for test.*leave smoke .--smoke. out, .* from 2 to 3"
    ):
        dataset.split_tasks([f"{i:03}" for i in range(6)], seed=1, smoke=5)
    with pytest.raises(DatasetError, match="3 tasks are 0 for test.*give at least 4 tasks"):
        dataset.split_tasks([f"{i:03}" for i in range(3)], seed=1)


@pytest.mark.parametrize(
    ("n", "sizes"), [(4, (2, 2, 0)), (6, (3, 2, 1)), (9, (4, 3, 2)), (12, (5, 5, 2))]
)
def test_few_tasks_are_split_so_that_a_gain_can_be_proven(n, sizes):
    parts = dataset.split_tasks([f"{i:03}" for i in range(n)], seed=1)
    assert tuple(len(parts[name]) for name in dataset.SPLITS) == sizes


def test_a_file_holds_no_form_of_examples_that_the_scenario_does_not_have(airline):
    today = dataset.scenario_data(airline.scenarios["001.3"])
    criterion = today["criteria"][0]["id"]
    old = {"pass": ["no the return stays"], "fail": {"reply": "ok", "fails": [criterion]}}
    first = parse(today | {"examples": old}, Scenario, where="001.3")
    assert set(dataset.scenario_data(first)["examples"]) == {"pass", "fail"}
    near = {"reply": "no and no", "fails": [first.criteria[0].id], "fault": "says it twice"}
    examples = {"natural": ["no"], "near": [near], "contrary": []}
    data = dataset.scenario_data(first) | {"examples": examples}
    later = parse(data, Scenario, where="001.3")
    assert dataset.scenario_data(later)["examples"] == {"natural": ["no"], "near": [near]}


def test_records_survive_their_files(airline, tmp_path):
    file = tmp_path / "scenario.yaml"
    for scenario in airline.scenarios.values():
        write_yaml(file, dataset.scenario_data(scenario))
        read = parse(strict_yaml.load(file), Scenario, where=str(file))
        assert read.of_task(airline.tasks[scenario.task_id]) == scenario


def test_another_split_of_the_same_tasks_is_taken_by_name(folder):
    other = 'train: ["003"]\nsmoke: ["001"]\ntest: ["002"]\n'
    (folder / "splits_other.yaml").write_text(other)
    assert dataset.load_dataset(folder).splits["train"] == ("001",)
    assert dataset.load_dataset(folder, splits="other").splits["train"] == ("003",)


@pytest.mark.parametrize("name", ["study", "../splits", "/etc/passwd", "*"])
def test_a_split_that_is_not_there_is_named_with_those_that_are(folder, name):
    (folder / "splits_other.yaml").write_text((folder / "splits.yaml").read_text())
    with pytest.raises(DatasetError, match=r"no split named .*; those with a name: other; write"):
        dataset.load_dataset(folder, splits=name)
