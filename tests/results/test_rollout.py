import json
import os
import signal
import sys

import pytest
from conftest import AIRLINE, BASE_PROMPT, ROOT
from helpers import scripted, until
from processes import started, usual_signals

import usersim_opt as uso
from usersim_opt.basics.errors import (
    DatasetError,
    InputError,
    JournalError,
    ResumeMismatch,
    TooManyErrors,
)
from usersim_opt.basics.sealing import unsealed
from usersim_opt.results import lock
from usersim_opt.results.conversation_file import FILE, HEAD

FEW = ("003", "008", "013")


@pytest.fixture
def tasks(airline):
    return [airline.tasks[name] for name in FEW]


@pytest.fixture
def agent():
    return uso.LMAgent(uso.connect("offline/agent"))


def test_every_task_is_played_with_every_seed_in_this_order(simulator, agent, tasks):
    talks = uso.rollout(simulator, agent, tasks, seeds=2, max_turns=4)
    assert [talk.key for talk in talks] == [(name, seed) for name in FEW for seed in (0, 1)]
    assert talks[0] == uso.converse(simulator, agent, tasks[0], max_turns=4, seed=0)
    assert len({talk.turns for talk in talks}) == 6
    assert "6 conversations" in str(talks)
    assert "stand-in" in str(talks)


def test_seeds_can_be_named(simulator, agent, tasks):
    talks = uso.rollout(simulator, agent, tasks[:1], seeds=[7, 3], max_turns=2)
    assert [talk.seed for talk in talks] == [7, 3]
    for wrong in ([], [1, 1], [True], 0):
        with pytest.raises(InputError, match="seeds"):
            uso.rollout(simulator, agent, tasks, seeds=wrong)


def test_the_file_is_the_same_whatever_the_number_of_threads(simulator, agent, tasks, tmp_path):
    for workers in (1, 5):
        folder = tmp_path / str(workers)
        uso.rollout(simulator, agent, tasks, seeds=3, workers=workers, run_dir=folder, max_turns=4)
    files = [(tmp_path / name / FILE).read_bytes() for name in ("1", "5")]
    assert files[0] == files[1]
    assert uso.read_conversations(tmp_path / "1") == uso.read_conversations(tmp_path / "5" / FILE)


def test_what_is_kept_is_not_played_again(tasks, tmp_path):
    lm, engine = scripted("hm", "###STOP###")
    sim, play = uso.UserSimulator("p", lm), {"run_dir": tmp_path, "max_turns": 2, "workers": 1}
    first = uso.rollout(sim, lambda history: "Which?", tasks, **play)
    asked = len(engine.requests)
    assert list(uso.rollout(sim, lambda history: "Which?", tasks, **play)) == list(first)
    assert len(engine.requests) == asked


PLAY = """
import sys
import usersim_opt as uso

data = uso.load_dataset(sys.argv[1])
sim = uso.UserSimulator(uso.read_prompt(sys.argv[2]), uso.connect("offline/user", temperature=0.9))
agent = uso.LMAgent(uso.connect("offline/agent"))
tasks = [data.tasks[name] for name in data.splits["train"]]
print("ready", flush=True)
uso.rollout(sim, agent, tasks, seeds=3, workers=4, run_dir=sys.argv[3], max_turns=5)
print("done", flush=True)
"""


def playing(folder):
    command = [sys.executable, "-W", "ignore", "-c", PLAY, str(AIRLINE), str(BASE_PROMPT), folder]
    return started(command, stdout=-1, cwd=ROOT)


def kept(folder):
    file = folder / FILE
    return file.read_bytes().count(b"\n") if file.exists() else 0


def test_after_kills_in_the_middle_the_file_is_the_same_to_the_byte(tmp_path):
    with playing(tmp_path / "whole") as process:
        process.communicate()
    broken, kills = tmp_path / "broken", 0
    for least in (3, 20, 45):
        with playing(broken) as process:
            process.stdout.readline()
            until(lambda least=least: kept(broken) >= least or process.poll() is not None)
            kills += process.poll() is None
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
    assert kills >= 1
    with playing(broken) as process:
        assert "done" in process.communicate()[0]
    for name in (FILE, HEAD):
        assert (broken / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert kept(broken) == 90


def test_a_torn_last_line_is_played_again(simulator, agent, tasks, tmp_path):
    play = {"run_dir": tmp_path, "max_turns": 3}
    uso.rollout(simulator, agent, tasks, **play)
    whole = (tmp_path / FILE).read_bytes()
    for size in (len(whole) - 1, len(whole) - 200, 10, 0):
        (tmp_path / FILE).write_bytes(whole[:size])
        uso.rollout(simulator, agent, tasks, **play)
        assert (tmp_path / FILE).read_bytes() == whole


def test_a_full_disk_leaves_whole_lines_and_the_run_goes_on(
    simulator, agent, tasks, tmp_path, monkeypatch
):
    play = {"run_dir": tmp_path / "a", "max_turns": 3, "workers": 1}
    sync, synced = os.fsync, []

    def full(number):
        synced.append(number)
        if len(synced) == 3:  # the first is that of the head
            raise OSError(28, "No space left on device")
        sync(number)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(JournalError, match="No space.*make room"):
            uso.rollout(simulator, agent, tasks, **play)
    assert len(uso.read_conversations(tmp_path / "a")) == 1
    uso.rollout(simulator, agent, tasks, **play)
    uso.rollout(simulator, agent, tasks, **play | {"run_dir": tmp_path / "b"})
    assert (tmp_path / "a" / FILE).read_bytes() == (tmp_path / "b" / FILE).read_bytes()


def test_a_line_that_is_no_conversation_is_named(simulator, agent, tasks, tmp_path):
    uso.rollout(simulator, agent, tasks, run_dir=tmp_path, max_turns=3)
    lines = (tmp_path / FILE).read_text().splitlines(keepends=True)
    (tmp_path / FILE).write_text(lines[0] + '{"task": 3}\n' + lines[2])
    with pytest.raises(DatasetError, match=f"{FILE}:2"):
        uso.rollout(simulator, agent, tasks, run_dir=tmp_path, max_turns=3)


def test_a_line_that_was_changed_is_named_by_whoever_reads_it(simulator, agent, tasks, tmp_path):
    play = {"run_dir": tmp_path, "max_turns": 3}
    whole = uso.rollout(simulator, agent, tasks, **play)
    file = tmp_path / FILE
    lines = file.read_bytes().splitlines(keepends=True)
    bent = lines[1].replace(b'"seed": 0', b'"seed": 1')
    file.write_bytes(b"".join([lines[0], bent, *lines[2:]]))
    said = f"{FILE}:2: .*checksum is missing or wrong"
    with pytest.raises(InputError, match=said):
        uso.rollout(simulator, agent, tasks, **play)
    with pytest.raises(DatasetError, match=said):
        uso.read_conversations(tmp_path)
    file.write_bytes(b"".join(unsealed(line.strip()) + b"\n" for line in lines))
    assert list(uso.rollout(simulator, agent, tasks, **play)) == list(whole)


@pytest.mark.parametrize("change", ["prompt", "seeds", "tasks", "max_turns", "agent"])
def test_a_folder_of_other_inputs_is_refused(simulator, agent, tasks, tmp_path, change):
    uso.rollout(simulator, agent, tasks, run_dir=tmp_path, max_turns=3)
    other = {"sim": simulator, "agent": agent, "tasks": tasks, "seeds": 1, "max_turns": 3}
    other |= {
        "prompt": {"sim": simulator.with_prompt("Be brief.")},
        "seeds": {"seeds": 2},
        "tasks": {"tasks": tasks[:2]},
        "max_turns": {"max_turns": 4},
        "agent": {"agent": uso.LMAgent(agent.lm, "Another policy.")},
    }[change]
    given = [other.pop(name) for name in ("sim", "agent", "tasks")]
    with pytest.raises(ResumeMismatch, match=f"{change} was"):
        uso.rollout(*given, run_dir=tmp_path, **other)


def test_a_folder_in_use_is_refused(simulator, agent, tasks, tmp_path):
    held = lock.acquire(tmp_path)
    with pytest.raises(JournalError, match="in use"):
        uso.rollout(simulator, agent, tasks, run_dir=tmp_path)
    lock.release(held)


def test_a_file_of_another_format_is_refused(simulator, agent, tasks, tmp_path):
    (tmp_path / HEAD).write_text(json.dumps({"format": 9, "inputs": {}}))
    with pytest.raises(JournalError, match="format 9"):
        uso.rollout(simulator, agent, tasks, run_dir=tmp_path)
    (tmp_path / HEAD).unlink()
    (tmp_path / FILE).write_text("")
    with pytest.raises(JournalError, match="without"):
        uso.rollout(simulator, agent, tasks, run_dir=tmp_path)


def test_the_budget_is_kept_and_plays_the_same_in_one_session_or_two(
    simulator, agent, airline, tmp_path
):
    tasks = [airline.tasks[name] for name in airline.splits["smoke"]]
    play = {"max_turns": 4, "seeds": 2}
    once = uso.rollout(simulator, agent, tasks, run_dir=tmp_path / "a", max_calls=60, **play)
    spent = sum(sum(talk.calls.values()) for talk in once)
    assert 60 - 7 < spent <= 60
    assert once.left_out == 20 - len(once) > 0
    assert "left out" in str(once)
    uso.rollout(simulator, agent, tasks, run_dir=tmp_path / "b", max_calls=20, **play)
    twice = uso.rollout(simulator, agent, tasks, run_dir=tmp_path / "b", max_calls=60, **play)
    assert twice == once
    assert (tmp_path / "a" / FILE).read_bytes() == (tmp_path / "b" / FILE).read_bytes()


def test_what_failed_by_a_call_is_played_again_and_a_loop_is_not(tasks, tmp_path):
    lm, engine = scripted("hm")
    sim, is_down = uso.UserSimulator("p", lm), True

    def desk(history):
        if is_down and len(history) == 2:
            raise ConnectionError("down")
        return "Which one?"

    play = {"run_dir": tmp_path, "max_turns": 6}
    assert {talk.fault for talk in uso.rollout(sim, desk, tasks, **play)} == {"agent_error"}
    is_down = False
    assert {talk.fault for talk in uso.rollout(sim, desk, tasks, **play)} == {"agent_loop"}
    asked = len(engine.requests)
    uso.rollout(sim, desk, tasks, **play)
    assert len(engine.requests) == asked
    assert kept(tmp_path) == 3


@pytest.mark.parametrize("workers", [1, 3])
def test_a_rollout_of_which_every_call_fails_stops_and_can_be_gone_on_with(
    tasks, tmp_path, workers
):
    sim = uso.UserSimulator("p", scripted(ConnectionError("down"))[0])
    play = {"run_dir": tmp_path, "seeds": 20, "workers": workers, "max_turns": 2}
    with pytest.raises(TooManyErrors, match="down"):
        uso.rollout(sim, len, tasks, **play)
    # With several threads more may have failed before the first eight are seen.
    assert kept(tmp_path) == 8 if workers == 1 else kept(tmp_path) >= 8
    up = uso.UserSimulator("p", scripted("hm")[0])
    assert len(uso.rollout(up, lambda history: "Which?", tasks[:1], max_turns=1)) == 1


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_keeps_what_is_finished(simulator, tasks, tmp_path, workers):
    calls = []

    def desk(history):
        calls.append(history)
        if len(calls) == 2 * workers + 1:
            until(lambda: kept(tmp_path) >= 1)
            os.kill(os.getpid(), signal.SIGINT)
        return f"Which one, {len(calls)}?"

    with usual_signals(), pytest.raises(KeyboardInterrupt):
        uso.rollout(simulator, desk, tasks, run_dir=tmp_path, max_turns=3, workers=workers, seeds=4)
    talks = uso.read_conversations(tmp_path)
    assert 1 <= len(talks) < 12
    assert all(len(talk.customer) == 3 for talk in talks if talk.end == "turn_limit")


@pytest.mark.parametrize(
    "wrong", [{"seeds": 0}, {"workers": 0}, {"max_calls": 0}, {"max_turns": True}], ids=str
)
def test_numbers_that_are_none_are_refused(simulator, agent, tasks, wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        uso.rollout(simulator, agent, tasks, **wrong)


def test_tasks_that_are_none_or_stand_there_twice_are_refused(simulator, agent, tasks):
    for wrong in ([], ["001"], [tasks[0], tasks[0]], "001"):
        with pytest.raises(InputError, match="task"):
            uso.rollout(simulator, agent, wrong)
