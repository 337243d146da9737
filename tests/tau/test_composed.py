"""Arguments of compose and its program, told before tau2 is asked for anything."""

import sys

import pytest
from conftest import ROOT
from processes import run

import usersim_opt as uso
from usersim_opt.basics.errors import InputError

PROGRAM = [sys.executable, str(ROOT / "programs" / "compose_tasks.py"), "--out", "tasks.json"]
WRONG = {
    "count": ({"count": 0}, "count is 0"),
    "kind": ({"kinds": ("sim",)}, "kind is 'sim'; expected service_issue"),
    "no kind": ({"kinds": ()}, "there are no kinds"),
    "faults": ({"faults": (3, 1)}, "faults are 3 to 1"),
    "name": ({"personas": {"a b": None}}, "a persona is called 'a b'; expected letters"),
    "text": ({"personas": {"Hasty": 3}}, "the persona Hasty is 3; expected a text, or null"),
    "none": ({"personas": {}}, "personas are {}; expected texts by their names"),
}


@pytest.mark.parametrize(("wrong", "message"), WRONG.values(), ids=WRONG)
def test_wrong_arguments_are_refused(wrong, message):
    with pytest.raises(InputError, match=message):
        uso.tau.compose(**{"count": 2} | wrong)


def test_the_program_reads_a_span_of_faults(tmp_path):
    done = run([*PROGRAM, "--faults", "2-x"], cwd=tmp_path)
    assert done.returncode == 2
    assert "'x': expected a whole number, 1 or more" in done.stderr
    assert not list(tmp_path.iterdir())
