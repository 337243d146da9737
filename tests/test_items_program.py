"""From the command line: evaluations are saved, and items are read from whatever was answered."""

import csv
import json
import shlex

import pytest
from conftest import BASE_PROMPT, ROOT

import usersim_opt as uso
from programs import run

AIRLINE = ROOT / "tests" / "corpus" / "first_form"
"""A small set in which a judge has work."""


def listed_commands(program):
    lines = (ROOT / "docs" / "commands.md").read_text().replace("\\\n", " ").splitlines()
    start = f"usersim-opt {program} "
    return [shlex.split(line, comments=True)[2:] for line in lines if line.startswith(start)]


@pytest.fixture(scope="module")
def few():
    return uso.load_dataset(AIRLINE)


@pytest.fixture
def replies(tmp_path, few):
    """Replies of two prompts: the natural examples, and thanks for everything."""
    lines = []
    for name, scenario in few.scenarios.items():
        natural = scenario.examples.natural[0]
        lines += [
            {"scenario": name, "prompt": "polite", "reply": f"Thank you so much! {natural}"},
            {"scenario": name, "prompt": "natural", "reply": natural},
        ]
    file = tmp_path / "replies.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)) + "\n")
    return file


def test_both_sides_of_a_comparison_are_saved_and_read_as_respondents(tmp_path):
    shared = ["--dataset", AIRLINE, "--split", "smoke", "--prompt", BASE_PROMPT, "--seeds", 1]
    against = ["--against", ROOT / "optimized" / "airline" / "calibrated.txt"]
    options = ["--user-options", "temperature=0.9", "--save", "new.jsonl"]
    done = run("evaluate", *shared, *against, *options, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Saved: new.old.jsonl\nSaved: new.jsonl\n" in done.stdout
    old, new = (uso.read_evaluation(tmp_path / name) for name in ("new.old.jsonl", "new.jsonl"))
    assert (old.origin.name, new.origin.name) == ("calibrated", "base")
    assert new.origin.prompt_sha256 == uso.read_prompt(BASE_PROMPT).sha256
    items = run("items", "new.jsonl", "new.old.jsonl", cwd=tmp_path)
    assert (items.returncode, items.stderr) == (0, "")
    assert "Answered by: base " in items.stdout
    assert "offline stand-in models" in items.stdout


@pytest.mark.parametrize(
    ("save", "complaint"),
    [(".", "is a folder"), (BASE_PROMPT, "a file that this command reads")],
)
def test_a_place_where_nothing_can_be_saved_is_named_before_anything_is_played(
    tmp_path, save, complaint
):
    shared = ["--dataset", AIRLINE, "--split", "smoke", "--prompt", BASE_PROMPT]
    done = run("evaluate", *shared, "--save", save, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert complaint in done.stderr


def test_replies_are_graded_and_the_files_hold_every_item(tmp_path, replies, few):
    (tmp_path / "people.jsonl").write_text(
        '{"scenario": "001.3", "who": "p1", "reply": "no, the outbound"}\n'
        '{"scenario": "999.1", "who": "p1", "reply": "no"}\n'
    )
    (tmp_path / "preferences.jsonl").write_text(
        '{"scenario": "001.3", "prompt": "polite", "score": 1}\n'
        '{"scenario": "001.3", "prompt": "polite", "score": 2}\n'
    )
    extra = ["--people", "people.jsonl", "--preferences", "preferences.jsonl"]
    files = ["--csv", "i.csv", "--json", "i.json", "--html", "i.html"]
    done = run("items", replies, "--dataset", AIRLINE, *extra, *files, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("Written: i.csv\nWritten: i.json\nWritten: i.html\n")
    assert "people.jsonl:2: scenario '999.1' is none of the" in done.stdout
    assert "preferences.jsonl:1, :2: contradict each other on scenario 001.3" in done.stdout
    assert all(len(line) <= 100 for line in done.stdout.splitlines())
    criteria = sum(len(each.criteria) for each in few.scenarios.values())
    with (tmp_path / "i.csv").open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert len(rows) == len(json.loads((tmp_path / "i.json").read_text())["items"]) == criteria
    (row,) = [
        each for each in rows if (each["scenario"], each["people verdicts"]) == ("001.3", "1")
    ][:1]
    assert row["split"] in ("train", "smoke", "test")
    assert "Thank you so much!" in (tmp_path / "i.html").read_text()


def test_a_judge_decides_where_no_check_does(tmp_path, replies):
    options = ["--dataset", AIRLINE, "--json", "i.json"]
    run("items", replies, *options, cwd=tmp_path)
    without = json.loads((tmp_path / "i.json").read_text())
    done = run("items", replies, *options, "--force", "--judge-lm", "offline/judge", cwd=tmp_path)
    assert done.returncode == 0
    judged = json.loads((tmp_path / "i.json").read_text())
    assert (without["offline"], judged["offline"]) == (False, True)
    assert {item["decided_by"] for item in without["items"]} == {"check", "nobody"}
    assert "judge" in {item["decided_by"] for item in judged["items"]}


def test_one_dimension_can_be_picked_and_the_rest_is_pointed_at(tmp_path, replies):
    options = [replies, "--dataset", AIRLINE, "--dimension", "communication_style.politeness"]
    done = run("items", *options, "--most", 2, cwd=tmp_path)
    assert done.returncode == 0
    assert "The worst items (2 of " in done.stdout
    assert "--csv FILE writes them" in done.stdout
    wrong = run("items", replies, "--dataset", AIRLINE, "--dimension", "politeness", cwd=tmp_path)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "dimension 'politeness': no item has it" in wrong.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nowhere"], "nowhere: cannot be read"),
        (["."], ".: is a folder without a run"),
        (["replies.jsonl"], "no data set is named to grade them on"),
        (["replies.jsonl", "--csv", "replies.jsonl"], "a file that this command reads"),
        (["replies.jsonl", "--html", "."], "is a folder; expected the name of a file"),
        (["replies.jsonl", "--dataset", AIRLINE, "--people", "none"], "none: cannot be read"),
    ],
)
@pytest.mark.usefixtures("replies")
def test_a_user_s_mistake_is_one_line_without_a_traceback(tmp_path, arguments, complaint):
    done = run("items", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert complaint in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.usefixtures("tuned")
@pytest.mark.parametrize("arguments", listed_commands("items"), ids=" ".join)
def test_the_readme_s_items_do_what_they_say(tmp_path, tuned_dir, replies, arguments):
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "mine").symlink_to(tuned_dir)
    (tmp_path / "my_data").symlink_to(AIRLINE)
    done = run("items", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "The worst items" in done.stdout
    for line in done.stdout.splitlines():
        if line.startswith("Written: "):
            assert (tmp_path / line.partition(": ")[2]).read_text()


def test_the_readme_shows_how_to_read_a_run_and_a_file_of_replies():
    sources = {arguments[0] for arguments in listed_commands("items")}
    assert sources == {"runs/mine", "replies.jsonl"}
