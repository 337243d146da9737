"""From the command line: whether customers keep to their stories."""

import json

from conftest import AIRLINE, ROOT

from programs import run as run_program

EXAMPLES = ROOT / "docs" / "examples" / "conversations_base.jsonl"


def run(*arguments, cwd):
    return run_program("consistency", *arguments, "--dataset", AIRLINE, cwd=cwd)


def test_code_alone_looks_without_a_judge(tmp_path):
    done = run(EXAMPLES, "--json", "out.json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "12 conversations, 34 lines of the customer\n" in done.stdout
    assert "No judge was given" in done.stdout
    assert len(json.loads((tmp_path / "out.json").read_text())) == 12


def test_the_price_is_said_and_nothing_asked(tmp_path):
    done = run(EXAMPLES, "--price", "--measures", "prompt_to_line", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "34 calls, at most 68: prompt_to_line 34\n")
    done = run(EXAMPLES, "--price", "--goals", "--judge-lm", "openai/NAME", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "58 calls, at most 116\n")


def test_what_does_not_go_together_is_refused(tmp_path):
    done = run(EXAMPLES, "--goals", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "only a judge can follow goals" in done.stderr
    done = run(EXAMPLES, "--judge-lm", "offline/judge", cwd=tmp_path)
    assert done.returncode == 2
    assert "offline stand-in" in done.stderr
