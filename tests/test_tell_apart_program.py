"""From the command line: can people be told from a simulator?"""

import json
import re

import pytest
from conftest import AIRLINE, ROOT

from programs import run as run_program

EXAMPLES = ROOT / "docs" / "examples"
BOTH = (EXAMPLES / "conversations_calibrated.jsonl", EXAMPLES / "conversations_base.jsonl")
RECORDED = ("--preferences", AIRLINE / "preferences.jsonl", "--dataset", AIRLINE, "--order")


def run(*arguments, cwd):
    return run_program("tell_apart", *arguments, cwd=cwd)


def test_two_files_are_told_apart_by_a_classifier(tmp_path):
    done = run(*BOTH, "--permutations", 19, "--json", "out.json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"^AUC of the logistic 0\.967 \[", done.stdout, re.M)
    assert "Fewer than 40 tasks: descriptive only" in done.stdout
    assert done.stdout.endswith("Written: out.json\n")
    (fields,) = json.loads((tmp_path / "out.json").read_text())
    assert len(fields["conversations"]) == 24


def test_a_reader_s_choices_are_calibrated(tmp_path):
    done = run(*RECORDED, "calibrated,brief,base", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "a recorded reader: right in 88.4 %" in done.stdout
    assert "Not shown to be more than a word counter" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "expected two files"),
        ((*RECORDED, "calibrated"), "--order with two prompts"),
        ((*BOTH, "--judge-lm", "offline/judge"), "no stand-in that compares texts"),
        ((*BOTH, "--json", BOTH[0]), "a file that this command reads"),
        ((BOTH[0], "missing.json"), "missing.json"),
    ],
)
def test_what_does_not_fit_together_says_so(tmp_path, arguments, says):
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stderr.startswith("error: ")
