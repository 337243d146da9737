"""`usersim-opt smoke`: what it checks, and that it says so where something is amiss."""

import usersim_opt as uso
from usersim_opt.basics.errors import PromptError

STEPS = ["versions", "data set", "models", "search", "export", "page"]


def test_each_step_is_told_and_nothing_is_left_behind(started, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    status, said, error = started("smoke")
    assert (status, error) == (0, "")
    lines = said.splitlines()
    assert [line.partition(":")[0] for line in lines[:-2]] == [f"ok  {step}" for step in STEPS]
    assert lines[-1].startswith(f"usersim-opt {uso.__version__} works here.")
    assert sorted(tmp_path.iterdir()) == before


def test_a_step_that_fails_ends_it(started, monkeypatch):
    def broken(name):
        raise PromptError(f"{name}: is gone")

    monkeypatch.setattr(uso, "read_prompt", broken)
    status, said, _ = started("smoke")
    assert status == 1
    assert said.splitlines()[-1] == "FAILED  data set: base: is gone"
