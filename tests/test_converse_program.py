"""programs/converse.py: with the stand-ins, with a person at the terminal, and used wrongly."""

import sys

import pytest
from conftest import AIRLINE, BASE_PROMPT, ROOT
from processes import started

import usersim_opt as uso
from programs import run

CALIBRATED = BASE_PROMPT.with_name("calibrated.txt")
DATA = ("--dataset", AIRLINE, "--tasks", "003,008", "--user-options", "temperature=0.9")


def converse(folder, *arguments):
    return run("converse", *arguments, cwd=folder)


def test_two_prompts_talk_with_the_stand_in_and_are_set_side_by_side(tmp_path):
    prompts = ("--prompt", CALIBRATED, "--against", BASE_PROMPT)
    rest = ("--max-turns", 4, "--run-dir", "talks", "--html", "page.html", "--seeds", 2)
    first = converse(tmp_path, *prompts, *DATA, *rest)
    assert first.returncode == 0, first.stderr
    assert first.stdout.count("4 conversations") == 2
    assert "Task 003, seed 0" in first.stdout
    assert "stand-in" in first.stdout
    page = (tmp_path / "page.html").read_text()
    assert "<h4>base</h4>" in page
    assert "<h4>calibrated</h4>" in page
    folders = sorted((tmp_path / "talks").iterdir())
    assert [len(uso.read_conversations(folder)) for folder in folders] == [4, 4]
    refused = converse(tmp_path, *prompts, *DATA, *rest)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("error: page.html: is there already")
    again = converse(tmp_path, *prompts, *DATA, *rest, "--force")
    assert again.stdout == first.stdout


def test_the_customer_rates_each_conversation_and_the_answers_lie_beside_them(tmp_path):
    rest = ("--prompt", BASE_PROMPT, *DATA, "--max-turns", 2, "--survey")
    done = converse(tmp_path, *rest, "--run-dir", "talks")
    assert done.returncode == 0, done.stderr
    assert "Survey: 2 conversations rated, 16 answers read" in done.stdout
    (folder,) = (tmp_path / "talks").iterdir()
    before = (folder / "survey.json").read_bytes()
    assert b'"model": "offline/user temperature=0.9"' in before
    assert converse(tmp_path, *rest, "--run-dir", "talks").returncode == 0
    assert (folder / "survey.json").read_bytes() == before
    without = converse(tmp_path, *rest)
    assert without.returncode == 2
    assert "--survey is given without --run-dir" in without.stderr


WITH_PERSON = ("--prompt", BASE_PROMPT, *DATA, "--agent", "me")


def test_a_person_is_the_agent_and_sees_the_customer_turn_by_turn(tmp_path):
    program = [sys.executable, str(ROOT / "programs" / "converse.py")]
    arguments = map(str, [*WITH_PERSON, "--max-turns", 3, "--run-dir", "talks"])
    pipes = {"stdin": -1, "stdout": -1, "stderr": -1}
    with started([*program, *arguments], cwd=tmp_path, **pipes) as process:
        out, err = process.communicate("What is your user id?\n\nAnd the code?\n" * 2)
    assert process.returncode == 0, err
    assert out.count("Hi! How can I help you today?") == 2
    assert out.count("\ncustomer  ") == 6
    assert "Task 003, seed 0: the limit of turns" in out
    (folder,) = (tmp_path / "talks").iterdir()
    talks = uso.read_conversations(folder)
    assert [talk.agent for talk in talks] == ["a person"] * 2
    assert [talks[0].turns[n].text for n in (2, 4)] == ["What is your user id?", "And the code?"]


@pytest.mark.parametrize("text", ["", "\nWhich one?\n"])
def test_a_person_who_leaves_ends_the_conversation_without_a_traceback(tmp_path, text):
    done = run("converse", *WITH_PERSON, cwd=tmp_path, said=text)
    assert done.returncode == 0, done.stderr
    assert "the person left" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("options", [("--personas", 2), ("--difficulty", "hard")])
def test_customers_are_steered_and_the_record_says_so(tmp_path, options):
    rest = ("--max-turns", 2, "--run-dir", "talks")
    done = converse(tmp_path, "--prompt", BASE_PROMPT, *DATA, *options, *rest)
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "talks").iterdir()
    names = {talk.steering for talk in uso.read_conversations(folder)}
    assert len(names) == 1
    assert names.pop().startswith(("2 personas in 2 conversations", "difficulty hard"))


WRONG = {
    "personas": (("--personas", "3"), "3 personas for 2 conversations"),
    "difficulty": (("--difficulty", "brutal"), "invalid choice: 'brutal'"),
    "both": (("--difficulty", "hard", "--personas", "2"), "not allowed with"),
    "task": (("--tasks", "999"), "has no task '999'"),
    "agent": (("--agent", "nobody"), "model 'nobody'"),
    "empty policy": (("--policy", "/dev/null"), "policy"),
    "html": (("--html", "."), "is a folder"),
    "turns": (("--max-turns", "0"), "expected a whole number"),
}


@pytest.mark.parametrize(("wrong", "why"), WRONG.values(), ids=WRONG.keys())
def test_a_mistake_is_told_in_a_line(tmp_path, wrong, why):
    done = converse(tmp_path, "--prompt", BASE_PROMPT, *DATA, *wrong)
    assert (done.returncode, done.stdout) == (2, "")
    assert why in done.stderr
    assert "Traceback" not in done.stderr


def test_another_prompt_in_the_same_folder_has_a_place_of_its_own(tmp_path):
    for prompt in (BASE_PROMPT, CALIBRATED):
        done = converse(tmp_path, "--prompt", prompt, *DATA, "--max-turns", 2, "--run-dir", "t")
        assert done.returncode == 0, done.stderr
    more = converse(tmp_path, "--prompt", prompt, *DATA, "--max-turns", 3, "--run-dir", "t")
    assert more.returncode == 2
    assert "max_turns was 2, is 3" in more.stderr
