"""docs/own_domain.md: the way from a list of stories to a tuned prompt, every step of it."""

import re

import pytest
from conftest import ROOT
from pages import run_command, run_python

import usersim_opt as uso
from usersim_opt.scenarios.authoring.lint import lint_dataset

PAGE = (ROOT / "docs" / "own_domain.md").read_text()
(STORIES,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
(PYTHON,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
BUILD, DELETE, AGAIN, LINT, OPTIMIZE, EVALUATE = re.findall(
    r"^(?:usersim-opt|rm) .*$", PAGE, re.MULTILINE
)
OF_AIRLINES = re.compile(r"\b(?:airlines?|flights?|passengers?|booking|reservation|seat|bags?)\b")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the page's tasks and the data set that its first command makes of them."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "tasks.json").write_text(STORIES)
    with pytest.MonkeyPatch.context() as patch:
        assert run_command(BUILD, patch, folder) == 0
    return folder


def test_a_list_of_stories_becomes_a_data_set_of_its_own_domain(folder):
    data = uso.load_dataset(folder / "dental")
    assert {task.domain for task in data.tasks.values()} == {"dental"}
    assert {name: len(data.splits[name]) for name in data.splits} == {
        "train": 3,
        "smoke": 2,
        "test": 1,
    }


def test_no_airline_word_stands_in_what_was_written_for_a_clinic(folder):
    files = (folder / "dental").rglob("*.yaml")
    assert {word for file in files for word in OF_AIRLINES.findall(file.read_text())} == set()


def test_what_a_build_has_written_has_no_faults(folder):
    assert [str(fault) for fault in lint_dataset(uso.load_dataset(folder / "dental"))] == []


def test_the_linter_s_command_is_content(folder, monkeypatch, capsys):
    assert run_command(LINT, monkeypatch, folder) == 0
    assert capsys.readouterr().out.startswith("0 faults, ")


@pytest.mark.filterwarnings("ignore:.*training tasks, fewer than")
def test_the_folder_is_optimized_and_its_prompt_measured(folder, monkeypatch, capsys):
    assert run_command(OPTIMIZE, monkeypatch, folder) == 0
    assert "Prompt: tuned.txt" in capsys.readouterr().out
    assert run_command(EVALUATE, monkeypatch, folder) == 0
    assert capsys.readouterr().out.startswith("Split: smoke\n")


@pytest.mark.filterwarnings("ignore:.*training tasks, fewer than")
def test_the_page_s_python_takes_the_folder_as_it_is(folder, monkeypatch):
    assert run_python(PYTHON, monkeypatch, folder)["best"].result.versions


def test_what_is_deleted_stays_deleted(folder, monkeypatch, capsys):
    file = folder / DELETE.removeprefix("rm ")
    text = file.read_text()
    file.unlink()
    assert run_command(AGAIN, monkeypatch, folder) == 0
    assert "0 scenarios to write" in capsys.readouterr().out
    assert not file.exists()
    assert run_command(f"{AGAIN} --restore", monkeypatch, folder) == 0
    assert file.read_text() == text
