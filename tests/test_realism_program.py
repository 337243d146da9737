"""From the command line: how like people recorded conversations are."""

import json
import re

import pytest
from conftest import BASE_PROMPT
from realism_cases import GOLDEN, entry, said

from programs import run as run_program


def run(*arguments, cwd):
    return run_program("measure_realism", *arguments, cwd=cwd)


def written(tmp_path, name, data):
    file = tmp_path / name
    file.write_text(json.dumps(data))
    return file


def chats(number=45):
    return [
        {"domain": "airline", "task_id": n, "messages": said("hi", "ok")} for n in range(number)
    ]


def test_published_means_of_people_stand_beside_recorded_conversations(tmp_path):
    file = written(tmp_path, "chats.json", chats())
    done = run(file, "--json", "out.json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "chats.json: 45 conversations, 45 tasks, 1 run\n" in done.stdout
    assert re.search(
        r"short_msg_rate +100.0 % .* 29.0 % +published \(B\) .* differs\n", done.stdout
    )
    assert done.stdout.endswith("Written: out.json\n")
    assert json.loads((tmp_path / "out.json").read_text())["conversations"] == 45


def test_the_index_is_that_of_the_golden_data(tmp_path):
    case = next(each for each in GOLDEN["aggregates"] if each["id"] == "usi6_full_surveys")
    parts = {"human": "human", "difficulty": "difficulty"}
    parts |= {"survey": "model_survey", "rerated": "human_rerated"}
    options = []
    for option, name in parts.items():
        options += [f"--{option}", written(tmp_path, f"{name}.json", case[name])]
    done = run(written(tmp_path, "model.json", case["model"]), *options, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\nUSI of the simulator, USI of people, on 6 conversations of 6 tasks" in done.stdout
    mean, sd = case["expected"]["model"]["usi"]
    assert re.search(rf"\nusi +{mean:.1f} +{sd:.1f} ", done.stdout)
    assert "descriptive only" in done.stdout


def test_a_second_file_is_compared(tmp_path):
    one = written(tmp_path, "one.json", chats())
    other = written(tmp_path, "other.json", chats(40))
    done = run(one, other, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\nBeside other.json\n" in done.stdout


def test_a_page_is_written_with_the_answers_of_a_survey(tmp_path):
    one = written(tmp_path, "one.json", chats(5))
    survey = {"a": {"survey": {"reuse": {"question": "?", "answer": "Maybe"}}}}
    answers = written(tmp_path, "answers.json", survey)
    done = run(one, "--survey", answers, "--html", "page.html", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("Written: page.html\n")
    page = (tmp_path / "page.html").read_text()
    assert "How like people is “one.json”?" in page
    assert "100 % Maybe" in page


def test_a_customer_rates_people_s_conversations(tmp_path):
    tasks = [{"id": n, "instruction": f"You are Mia {n}, you want bag {n}."} for n in range(3)]
    human = {"airline_0": entry("hi", "ok"), "airline_2_ann2": entry("hi", "no")}
    options = ["--tasks", f"airline={written(tmp_path, 'tasks.json', tasks)}", "--out", "a.json"]
    options += ["--user-options", "temperature=0.9"]
    file = written(tmp_path, "human.json", human)
    done = run_program("survey", file, *options, "--prompt", BASE_PROMPT, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 conversations rated, 16 answers read" in done.stdout
    assert "offline stand-in" in done.stdout
    assert set(json.loads((tmp_path / "a.json").read_text())) == set(human)
    unnamed = ["--tasks", "airline", *options[2:], "--prompt", "x"]
    wrong = run_program("survey", file, *unnamed, cwd=tmp_path)
    assert "expected a domain and its file" in wrong.stderr


def test_coverage_is_told_of_one_and_of_two(tmp_path):
    one = written(tmp_path, "one.json", chats(4))
    other = written(tmp_path, "other.json", chats(3))
    alone = run(one, "--coverage", "corrected", "--json", "out.json", cwd=tmp_path)
    assert (alone.returncode, alone.stderr) == (0, "")
    assert "one.json: 4 points in 13 dimensions" in alone.stdout
    assert json.loads((tmp_path / "out.json").read_text())["coverage"]["points"] == 4
    both = run(one, other, "--coverage", "corrected", cwd=tmp_path)
    assert (both.returncode, both.stderr) == (0, "")
    assert "one.json and other.json in 3 common tasks" in both.stdout


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["nothing.json"], "nothing.json: cannot be read"),
        (["chats.json", "--json", "chats.json"], "or writes already; name another file"),
        (["chats.json", "--json", "x", "--html", "x"], "or writes already; name another file"),
        (["chats.json", "--rerated", "chats.json"], "--rerated is given without --human"),
        (
            ["chats.json", "--human", "chats.json"],
            "expected a mapping",
        ),
        (["chats.json", "--human", "other.json"], "no task is common"),
        (["chats.json", "--domain", "bank"], "invalid choice: 'bank'"),
    ],
)
def test_what_does_not_fit_ends_in_one_line(tmp_path, options, complaint):
    written(tmp_path, "chats.json", chats(3))
    written(tmp_path, "other.json", {"retail_0": entry("hi")})
    done = run(*options, cwd=tmp_path)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr
