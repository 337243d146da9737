"""--dry-run: the plan is told, nothing is written, no model is asked."""

import json
import re

import pytest
from conftest import ROOT

from usersim_opt.models.offline import OfflineEngine

FIRST_FORM = ROOT / "tests" / "corpus" / "first_form"
"""A small set in which a judge has work."""
WISHES = (
    "Ana lamp Ben clock Cem chair Dora kettle Emil radio Fay rug Gil bench Hana vase Ivo mirror"
)
PEOPLE, THINGS = WISHES.split()[::2], WISHES.split()[1::2]
SMOKE = ["--dataset", FIRST_FORM, "--split", "smoke", "--prompt", "d.txt"]
TASKS = ["--tasks", "tasks.json"]
COMMANDS = {
    "optimize": ["--dataset", "airline", "--out", "o.txt", "--max-calls", "900"],
    "evaluate": [*SMOKE, "--save", "e.jsonl"],
    "consider": ["d.txt", "--prompt", "base", "--dataset", FIRST_FORM, "--out", "o.txt"],
    "ablate": ["base", "--dataset", FIRST_FORM, "--out", "o.txt", "--max-calls", "900"],
    "build-dataset": [*TASKS, "--out", "data", "--smoke", "2", "--observe", "offline/user"],
    "converse": ["--prompt", "base", "--dataset", FIRST_FORM, "--run-dir", "talks", "--survey"],
    "calibrate-judge": [FIRST_FORM, "--split", "smoke", "--save", "j.json"],
}
WRITES = {
    "optimize": ["runs/airline-", "o.txt, o.json, o.md"],
    "evaluate": ["e.jsonl"],
    "consider": ["runs/draft-", "o.txt, o.json, o.md"],
    "ablate": ["o.txt, o.json, o.md"],
    "build-dataset": ["data: tasks, 35 scenarios"],
    "converse": ["talks"],
    "calibrate-judge": ["j.json"],
}
SPENDS = {
    "optimize": "at most 900 calls of all roles together",
    "ablate": "at most 900 calls",
    "build-dataset": r"35 scenarios to write, \d+ to \d+ author calls, \d+ to \d+ user calls",
    "evaluate": r"\d+ replies, a call each, and at most [1-9]\d* calls of the judge",
    "converse": r"conversations? of at most 20 customer turns",
    "consider": "at most 4,000 calls",
    "calibrate-judge": r"at most [\d,]+ calls: [\d,]+ labelled replies, 3 times each",
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tasks = [
        {"id": number, "instruction": f"You are {name}. You want your {thing}, order {number}."}
        for number, (name, thing) in enumerate(zip(PEOPLE, THINGS, strict=True))
    ]
    (tmp_path / "tasks.json").write_text(json.dumps(tasks))
    (tmp_path / "d.txt").write_text("You are a customer.\n- Write short messages.\n")
    return tmp_path


@pytest.fixture
def no_calls(monkeypatch):
    """Any call of a stand-in is an error."""

    def call(*arguments, **keywords):
        raise AssertionError("a model was asked")

    monkeypatch.setattr(OfflineEngine, "complete", call)


@pytest.mark.usefixtures("no_calls")
@pytest.mark.parametrize("command", COMMANDS)
def test_the_plan_is_told_and_nothing_is_done(started, folder, command):
    before = sorted(folder.rglob("*"))
    status, said, error = started(command, *COMMANDS[command], "--dry-run")
    assert (status, error) == (0, "")
    assert said.startswith("Dry run: nothing is written, and no model is asked.\n\nreads ")
    assert re.search(SPENDS[command], said)
    written = said.partition("\nwrites")[2]
    assert all(file in written for file in WRITES[command])
    assert sorted(folder.rglob("*")) == before


@pytest.mark.usefixtures("folder")
def test_the_plan_of_an_evaluation_is_what_it_takes(started):
    _, said, _ = started("evaluate", *SMOKE, "--dry-run")
    replies = int(re.search(r"(\d+) replies, a call each", said)[1])
    _, measured, _ = started("evaluate", *SMOKE)
    assert f"over {replies} replies" in measured


@pytest.mark.usefixtures("no_calls", "folder")
@pytest.mark.parametrize("wrong", [["--user-lm", "offline/usr"], ["--prompt", "none.txt"]], ids=str)
def test_mistakes_are_told_in_a_dry_run_as_well(started, wrong):
    status, said, error = started(
        "optimize", "--dataset", FIRST_FORM, "--out", "o.txt", *wrong, "--dry-run"
    )
    assert (status, said) == (2, "")
    assert error.startswith("error: ")
