"""What an evaluation in tau2 takes, before anything is spent."""

import dspy
import pytest
from helpers import scripted
from made_simulations import runs

import usersim_opt as uso
from usersim_opt.tau import pricing
from usersim_opt.tau.simulation import AgentMaker
from usersim_opt.tau.simulation_file import SimulationFile
from usersim_opt.tau.timing import seconds_of

PROMPT = "Play."


class FakeTask:
    """A task of tau2 as far as a price needs it."""

    user_scenario = "x" * 35


class FakeTasks:
    """Two tasks of a domain without tools for customers."""

    has_user_tools = False
    domain = "airline"
    tasks = (FakeTask(), FakeTask())


@pytest.fixture(autouse=True)
def without_tau2(monkeypatch):
    monkeypatch.setattr(pricing, "chosen", lambda domain, ids: FakeTasks())
    monkeypatch.setattr(pricing, "_agent_text", lambda domain: 1000.0)


def priced(agent="oracle", **options):
    return uso.tau.price(PROMPT, agent, lm="offline/user", **options)


def folder(tmp_path, simulations):
    with SimulationFile.open(tmp_path, {"made": "here"}) as file:
        for each in simulations:
            file.add(each)
    return tmp_path


def test_without_runs_the_turns_are_assumed_and_it_says_so():
    found = priced("openai/m", trials=3)
    assert (found.runs, found.kept, found.is_assumed) == (6, 0, True)
    assert found.calls("user") == 6 * 8
    assert found.calls("agent") == 6 * 12
    assert found.tokens("agent") > found.calls("agent") * 1000
    assert found.most_calls == 6 * 200
    text = str(found)
    assert "Price: 6 runs to play, 0 kept" in text
    assert "user: about 48 calls, " in text
    assert "assumed: 8 turns of the customer in a run; minutes from 3 s a call" in text


def test_more_trials_and_prompts_cost_as_many_times_more():
    one, three = priced(), priced(trials=3)
    assert three.calls("user") == 3 * one.calls("user")
    two = uso.tau.price({"a": PROMPT, "b": "Act."}, "oracle", lm="offline/user")
    assert two.runs == 2 * one.runs


@pytest.mark.parametrize("agent", ["idle", "oracle", AgentMaker("mine", lambda *_: None, price=0)])
def test_a_script_costs_nothing(agent):
    found = priced(agent)
    assert (found.calls("agent"), found.tokens("agent")) == (0, 0)
    assert "agent: no calls" in str(found)


def test_a_judge_is_asked_once_a_run():
    judged = priced(trials=2).judged()
    assert judged.calls("judge") == 4
    assert "judge: about 4 calls" in str(judged)
    assert "judge" not in priced().a_run


def test_runs_that_are_kept_are_not_paid_again_and_tell_what_one_takes(tmp_path):
    kept = runs(t0=[1, 0, 1, 1, None])
    found = priced(trials=9, run_dir=folder(tmp_path, kept))
    assert (found.kept, found.runs, found.is_assumed) == (4, 14, False)
    assert found.calls("user") == 14  # made simulations have one call each
    assert "calls and tokens: the mean of 4 kept runs" in str(found)


def test_a_line_that_a_kill_cut_off_does_not_count(tmp_path):
    file = folder(tmp_path, runs(t0=[1])) / "simulations.jsonl"
    file.write_text(file.read_text() + '{"domain": "air')
    assert priced(run_dir=tmp_path).kept == 1


def test_minutes_follow_from_what_was_timed_and_from_the_workers():
    slow = priced(trials=4, workers=1, seconds={"user": 60.0})
    assert slow.minutes("user") == pytest.approx(slow.calls("user"))
    quick = priced(trials=4, workers=4, seconds={"user": 60.0})
    assert quick.minutes("user") == pytest.approx(slow.minutes("user") / 4)
    assert "minutes from one timed call" in str(slow)


def test_each_model_is_asked_before_anything_is_spent_and_timed():
    lm, engine = scripted("ready", "hi")
    ticks = iter([10.0, 12.5])
    found = seconds_of({"user": lm, "agent": "oracle"}, PROMPT, clock=lambda: next(ticks))
    assert found == {"user": 2.5}
    assert len(engine.requests) == 2


def test_a_stand_in_is_not_timed_and_a_dead_server_is_told_at_once():
    assert seconds_of({"user": uso.connect("offline/user"), "judge": None}, PROMPT) == {}
    dead = dspy.LM("openai/m", api_base="http://127.0.0.1:9/v1", api_key="x", num_retries=0)
    with pytest.raises(uso.UsersimError, match="user model openai/m"):
        seconds_of({"user": dead}, PROMPT)
