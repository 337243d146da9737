"""The programs of traits: what they move, without tau2, and what they take from agents, with it."""

import sys

import pytest
from conftest import AIRLINE, ROOT
from processes import run as run_command
from talks import talk
from test_evaluate_tau2_program import is_here

import usersim_opt as uso
from programs import run


def check(folder, *arguments):
    return run("check_traits", "--dataset", AIRLINE, *arguments, cwd=folder)


def test_a_trait_is_checked_on_conversations_that_are_kept(tmp_path):
    tasks = "001,003,008,009,010,012"
    rest = ("--tasks", tasks, "--max-turns", 2, "--run-dir", "talks", "--traits", "impatience=high")
    done = check(tmp_path, *rest)
    assert done.returncode == 1, done.stderr
    assert "impatience high: 6 tasks, 6 conversations without it, 6 with it" in done.stdout
    assert "signs of impatience  " in done.stdout
    assert "Not passed: " in done.stdout
    names = sorted(folder.name for folder in (tmp_path / "talks").iterdir())
    assert names == ["impatience_high", "none"]


def test_recorded_conversations_are_checked_by_the_stories_of_their_tasks(tmp_path):
    names = [str(number) for number in range(6)]
    for file, text in (("plain", "flight K3VQ8T"), ("played", "flight K3VQ8T, hurry up")):
        talks = [talk("Hi!", text, task=name) for name in names]
        uso.write_conversations(talks, tmp_path / f"{file}.json", form="tau2")
    tasks = [{"id": int(name), "instruction": f"You want flight K3VQ8T, {name}."} for name in names]
    (tmp_path / "tasks.json").write_text(str(tasks).replace("'", '"'))
    rest = ("--recorded", "plain.json", "played.json", "--stories", "tasks.json")
    done = check(tmp_path, *rest, "--traits", "impatience=high")
    assert done.returncode == 0, done.stderr + done.stdout
    assert "Passed: moved as meant, facts stay." in done.stdout


def test_recorded_conversations_have_one_choice_of_traits(tmp_path):
    done = check(tmp_path, "--recorded", "plain.json", "played.json")
    assert done.returncode == 2
    assert "--recorded: expected --traits once" in done.stderr


def test_wrong_traits_are_named_before_anything_is_played(tmp_path):
    prompt = ROOT / "optimized" / "airline" / "base.txt"
    rest = ("--prompt", prompt, "--dataset", AIRLINE, "--traits", "anger=high")
    done = run("converse", *rest, cwd=tmp_path)
    assert done.returncode == 2
    assert "error: trait 'anger': there is none" in done.stderr


def test_positions_are_two_numbers(tmp_path):
    done = run("evaluate_traits", "--positions", "3", cwd=tmp_path)
    assert done.returncode == 2
    assert "expected the first and the last, such as 0-9" in done.stderr


@pytest.mark.skipif(not is_here(), reason="tau2 is not installed")
def test_drops_are_printed_for_the_tasks_at_some_positions_of_a_shuffled_split(tmp_path):
    rest = ("--positions", "0-1", "--shuffle", "--seed", 7, "--run-dir", "runs", "--check")
    program = [sys.executable, str(ROOT / "programs" / "evaluate_traits.py")]
    arguments = [*map(str, rest), "--traits", "impatience=high"]
    done = run_command([*program, *arguments], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "With oracle:" in done.stdout
    assert "airline  oracle  2 " in done.stdout
    assert "With oracle, impatience high: 2 tasks" in done.stdout
    assert (tmp_path / "runs" / "oracle" / "tau2_impatience_high.json").is_file()
