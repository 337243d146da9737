"""Tasks from the generator of the real tau2: sound, reproducible, a source of data sets."""

import json
import sys

import pytest
from tau2_here import QUIET, tasks_of, tau2_or_skip

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.commands import compose_tasks
from usersim_opt.tau.composed import DOMAIN
from usersim_opt.tau.solved import unsound
from usersim_opt.tau.tasks import load_tasks

TAU2 = tau2_or_skip()
pytestmark = QUIET
SERVICE = ("service_issue",)


def environment():
    return TAU2.registry.get_env_constructor(DOMAIN)()


@pytest.fixture(scope="module")
def service():
    """All tasks of the smallest kind."""
    return uso.tau.compose(1000, kinds=SERVICE, faults=(1, 5))


def test_every_task_can_be_failed_and_solved_and_the_others_are_refused(service):
    assert (len(service.tasks), len(service.refused)) == (15, 32)
    assert set(service.refused.values()) == {"its assertions hold before the solution"}
    assert "15 tasks composed and replayed, with 3 different texts" in str(service)
    assert "refused, 32 of them: its assertions hold before the solution" in str(service)


def test_they_are_tau2_s_own_where_it_ships_the_same(service):
    shipped = {task.id.partition("[PERSONA")[0]: task for task in tasks_of(DOMAIN, "full")}
    same = [(task, shipped[task.id.partition("[PERSONA")[0]]) for task in service.tasks
            if task.id.partition("[PERSONA")[0] in shipped]  # fmt: skip
    assert same
    for ours, theirs in same:
        assert ours.evaluation_criteria == theirs.evaluation_criteria
        assert ours.initial_state == theirs.initial_state


def test_a_task_that_is_spoiled_is_seen(service):
    task = max(service.tasks, key=lambda each: len(each.evaluation_criteria.actions))
    wanted = task.evaluation_criteria
    short = wanted.model_copy(update={"actions": wanted.actions[:-1]})
    why = unsound(task.model_copy(update={"evaluation_criteria": short}), environment)
    assert why == "its assertions fail after the solution"
    whole = task.initial_state.model_copy(update={"initialization_actions": []})
    why = unsound(task.model_copy(update={"initial_state": whole}), environment)
    assert why == "its assertions hold before the solution"


def test_the_same_seed_draws_the_same_and_faults_are_as_many_as_asked_for():
    ids = [
        [task.id for task in uso.tau.compose(4, kinds=SERVICE, faults=(2, 2), seed=3).tasks]
        for _ in range(2)
    ]
    assert ids[0] == ids[1]
    assert all(each.count("|") == 1 for each in ids[0])


def test_the_command_writes_them_with_personas_of_a_file(tmp_path, monkeypatch, capsys):
    people, out = tmp_path / "people.yaml", tmp_path / "t.json"
    people.write_text("Hasty: You have a train to catch.\n")
    options = ["--count", "2", "--kinds", "service_issue", "--personas", str(people)]
    monkeypatch.setattr(sys, "argv", ["it", "--out", str(out), *options])
    assert compose_tasks.main() == 0
    told = capsys.readouterr().out
    assert "2 tasks composed and replayed, with 1 different text" in told
    stories = [task.story for task in load_tasks(out)]
    assert all(story.startswith("Persona:\n\tYou have a train to catch.") for story in stories)


def test_an_oracle_wins_them_against_a_customer_of_ours_and_doing_nothing_does_not(service):
    found = uso.tau.evaluate(
        "Be a customer.\n\n{scenario}",
        "oracle",
        lm="offline/obeying",
        domain=DOMAIN,
        task_ids=service.tasks[:3],
    )
    assert [run.reward for run in found.of("prompt")] == [1.0] * 3
    assert [run.reward for run in found.idle] == [0.0] * 3
    with pytest.raises(InputError, match="names a task twice"):
        uso.tau.evaluate("A.", "idle", lm="offline/obeying", domain=DOMAIN,
                         task_ids=service.tasks[:1] * 2)  # fmt: skip


def test_they_are_written_in_tau2_s_form_and_read_as_tasks_of_a_data_set(tmp_path):
    personas = {"Hasty": "You have a train to catch.", "Calm": None}
    found = uso.tau.compose(4, kinds=SERVICE, personas=personas)
    file = found.write(tmp_path / "tasks.json")
    tasks = load_tasks(file)
    assert [task.source for task in tasks] == [f"tau2:{task.id}" for task in found.tasks]
    assert [("train to catch" in task.story) for task in tasks] == [True, False, True, False]
    assert all(task.source.endswith(("Hasty]", "Calm]")) for task in tasks)
    assert type(found.tasks[0]).model_validate(json.loads(file.read_text())[0]) == found.tasks[0]
