"""What a comparison is refused for before anything is spent."""

import shutil

import pytest
from conftest import ROOT

FIRST_FORM = ROOT / "tests" / "corpus" / "first_form"


@pytest.mark.parametrize("command", ["evaluate", "converse"])
def test_two_files_of_the_same_text_are_not_compared(started, tmp_path, command):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("You are a customer.")
    arguments = ["--prompt", tmp_path / "a.txt", "--against", tmp_path / "b.txt"]
    status, _, said = started(command, "--dataset", FIRST_FORM, "--split", "smoke", *arguments)
    assert status == 2
    assert "hold the same text (sha256 " in said


@pytest.mark.parametrize("arguments", [["evaluate", "--prompt"], ["ablate", "--out", "o.txt"]])
def test_a_split_without_scenarios_is_named_with_those_that_have_some(
    started, tmp_path, monkeypatch, arguments
):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(FIRST_FORM, "data")
    status, _, said = started(*arguments, "base", "--dataset", "data", "--split", "test")
    assert status == 2
    assert "--split is test, and data has no scenarios for it; expected one of train, smoke" in said
