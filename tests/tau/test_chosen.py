"""Which tasks of tau2 are played, with a made registry in tau2's place."""

from types import SimpleNamespace

import pytest

from usersim_opt.basics.errors import InputError
from usersim_opt.tau import chosen as module
from usersim_opt.tau.chosen import chosen


def task(name, *, basis=("DB",), assertions=None):
    wanted = SimpleNamespace(reward_basis=list(basis), nl_assertions=assertions)
    return SimpleNamespace(id=name, user_scenario=f"story {name}", evaluation_criteria=wanted)


@pytest.fixture
def retail(monkeypatch):
    """A domain of upstream's line: two tasks have a judge in their basis, one needs it."""
    tasks = [
        task("0"),
        task("1", basis=["DB", SimpleNamespace(value="NL_ASSERTION")]),
        task("2", basis=["DB", SimpleNamespace(value="NL_ASSERTION")], assertions=["Polite."]),
    ]
    registry = SimpleNamespace(
        get_domains=lambda: ["retail"],
        get_tasks_loader=lambda domain: lambda task_split_name: tasks,
    )
    monkeypatch.setattr(module, "tau2", lambda: SimpleNamespace(registry=registry))


def test_tasks_that_a_judge_grades_are_refused_before_one_can_be_down(retail):
    with pytest.raises(InputError, match=r"tasks 2 are graded by a judge model.*by task_ids"):
        chosen("retail", None)


def test_a_basis_that_names_a_judge_who_has_nothing_to_judge_is_fine(retail):
    assert list(chosen("retail", ["1", "0"]).texts) == ["1", "0"]
