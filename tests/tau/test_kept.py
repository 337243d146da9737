"""A finished evaluation in tau2, read back without tau2."""

import json

import pytest
from made_simulations import runs

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.tau.kept import keep
from usersim_opt.tau.shown import Downstream
from usersim_opt.tau.simulation_file import SimulationFile

OLD, NEW, IDLE = "a" * 64, "b" * 64, "c" * 64


def of(prompt, simulations, user="offline/user"):
    changes = {"prompt_sha256": prompt, "user": user}
    return tuple(
        run.model_copy(update={"talk": run.talk.model_copy(update=changes)}) for run in simulations
    )


@pytest.fixture
def folder(tmp_path):
    """The folder of two prompts on two tasks, and what it was made from."""
    found = Downstream(
        domain="airline",
        simulations={"old": of(OLD, runs(t0=[1, None])), "new": of(NEW, runs(t0=[0, 1]))},
        idle=of(IDLE, runs(t0=[1], t1=[0]), user="silent"),
        texts={"t0": 0, "t1": 1},
        left_out=2,
        tau2="nvidia 26.3",
    )
    with SimulationFile.open(tmp_path, {"made": "here"}) as file:
        for run in [*found.idle, *found.of("old"), *found.of("new")]:
            file.add(run)
    keep(found, tmp_path, prompts={"old": OLD, "new": NEW})
    return tmp_path, found


def test_what_was_found_is_found_again(folder):
    path, found = folder
    assert uso.tau.read(path) == found
    assert str(uso.tau.read(path)) == str(found)
    assert "airline (tau2, nvidia 26.3): 2 tasks" in str(found)


def test_a_folder_that_holds_no_finished_evaluation_is_refused(folder, tmp_path):
    path, _ = folder
    with pytest.raises(InputError, match=r"comparison.json: is not there; expected the folder"):
        uso.tau.read(tmp_path / "nothing")
    (path / "comparison.json").write_text('{"domain": 3}')
    with pytest.raises(InputError, match="comparison.json"):
        uso.tau.read(path)


def test_a_run_of_a_task_that_is_not_there_is_refused(folder):
    path, _ = folder
    file = path / "comparison.json"
    data = json.loads(file.read_text()) | {"texts": {"t0": 0}}
    file.write_text(json.dumps(data))
    with pytest.raises(InputError, match="has no task 't1', of which a run is kept"):
        uso.tau.read(path)


@pytest.mark.parametrize("line", ["{", '{"domain": "airline"}', "3"])
def test_a_line_that_is_no_simulation_is_named(folder, line):
    path, _ = folder
    file = path / "simulations.jsonl"
    file.write_text(f"{line}\n{file.read_text()}")
    with pytest.raises(InputError, match="simulations.jsonl:1"):
        uso.tau.read(path)


def test_a_reward_that_was_changed_is_named(folder):
    path, _ = folder
    file = path / "simulations.jsonl"
    file.write_text(file.read_text().replace('"reward": 1.0', '"reward": 0.0'))
    with pytest.raises(InputError, match="simulations.jsonl:1: .*checksum is missing or wrong"):
        uso.tau.read(path)
