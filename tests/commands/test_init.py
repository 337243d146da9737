"""`usersim-opt init`: a project whose commands work as its README has them."""

import re

import pytest

from usersim_opt.basics import strict_json

NAMES = ["README.md", "tasks.json", "usersim.toml"]


def test_a_project_is_laid_out_and_nothing_is_overwritten(started, tmp_path):
    status, said, _ = started("init", tmp_path / "shop")
    assert status == 0
    assert sorted(file.name for file in (tmp_path / "shop").iterdir()) == NAMES
    assert f"cd {tmp_path / 'shop'} && usersim-opt build-dataset" in said
    (tmp_path / "shop" / "tasks.json").write_text("[]")
    again, said, error = started("init", tmp_path / "shop")
    assert (again, said) == (2, "")
    assert "is there already and stays as it is" in error
    assert (tmp_path / "shop" / "tasks.json").read_text() == "[]"


def test_a_folder_with_other_files_is_taken_and_a_file_is_not(started, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    assert started("init", tmp_path)[0] == 0
    assert (tmp_path / "notes.txt").read_text() == "mine"
    status, _, error = started("init", tmp_path / "notes.txt")
    assert (status, "is a file; expected a folder" in error) == (2, True)


def test_the_example_is_of_no_airline(started, tmp_path):
    started("init", tmp_path)
    for name in NAMES:
        assert not re.search(r"airline|flight|passenger", (tmp_path / name).read_text(), re.I)
    tasks = strict_json.load(tmp_path / "tasks.json", expected="tasks")
    assert len(tasks) >= 2
    assert all(set(task) == {"id", "instruction"} for task in tasks)


@pytest.mark.filterwarnings("ignore:3 training tasks, fewer than")  # its examples are six
def test_the_commands_of_its_readme_work_there(started, tmp_path, monkeypatch):
    started("init", tmp_path)
    monkeypatch.chdir(tmp_path)
    readme = (tmp_path / "README.md").read_text()
    commands = re.findall(r"^usersim-opt (.*?)(?: *#.*)?$", readme, re.MULTILINE)
    assert len(commands) >= 7
    for command in commands:
        if command in ("smoke", "optimize"):  # they have tests of their own, and take long
            (tmp_path / "tuned.txt").write_text("You are a customer. Write short messages.")
            continue
        if "--dry-run" in command:
            (tmp_path / "tuned.txt").unlink(missing_ok=True)
        status, said, error = started(*command.split())
        assert status == (1 if command.startswith("lint") else 0), error
        assert said, command
    assert (tmp_path / "data" / "splits.yaml").is_file()
