"""An evaluation in a checkout, played in a small stand-in for one that has the same interface."""

import json
import sys
from pathlib import Path

import pytest
from helpers import scripted
from tau2_here import QUIET

import usersim_opt as uso
from usersim_opt.basics.errors import InputError, ResumeMismatch, TooManyErrors
from usersim_opt.commands import evaluate_tau_bench
from usersim_opt.models.loopback import OllamaServer, chat_answer
from usersim_opt.tau.bench import package
from usersim_opt.tau.bench.package import package_in

pytestmark = QUIET
STANDIN = Path(__file__).with_name("standin")
BASE = "Play the customer.\n\n{scenario}"
OTHER = "Be the customer.\n\n{scenario}"


def bench(**options):
    return uso.tau.checkout(STANDIN, domain="shop", **options)


def lm(*answers):
    return scripted(*answers)[0]


def rewards(found, name="prompt"):
    return [run.reward for run in found.of(name)]


def test_the_oracle_does_all_and_the_idle_agent_what_is_trivial():
    found = bench().evaluate({"base": BASE, "other": OTHER}, "oracle", lm="offline/user", trials=2)
    assert rewards(found, "base") == rewards(found, "other") == [1.0] * 8
    assert [run.reward for run in found.idle] == [0.0, 1.0, 0.0, 1.0]
    assert found.trivial == {"1", "3"}
    assert found.features("base")["user_words_per_turn"] > 0
    assert "tau_bench shop test: 4 tasks with 4 different texts" in str(found)
    assert "other against base: +0.0 points" in str(found)
    assert {run.talk.seed for run in found.of("base")} == {626729, 373753}


@pytest.mark.parametrize("token", ["###STOP###", "###TRANSFER###", "###OUT-OF-SCOPE###"])
def test_a_customer_who_leaves_ends_it_whatever_the_token(token):
    found = bench(task_ids=[1]).evaluate(BASE, "oracle", lm=lm("jam?", f"ok {token}"))
    (one,) = found.of("prompt")
    assert (one.termination, one.talk.end, one.talk.token) == ("user_stop", "stopped", token)
    assert one.reward == 1.0


def test_a_tool_that_ends_it_is_the_agent_s_end():
    found = bench(task_ids=[3]).evaluate(BASE, "oracle", lm=lm("the owner please"))
    (one,) = found.of("prompt")
    assert (one.termination, one.talk.fault, one.reward) == ("agent_stop", "agent_left", 1.0)
    assert one.talk.why == "the agent left or handed over"


def test_the_parts_of_a_reward_are_told_as_far_as_they_are_known():
    found = bench().evaluate(BASE, "oracle", lm="offline/user")
    assert [dict(run.parts) for run in found.of("prompt")] == [
        {"DB": 1.0},
        {"DB": 1.0},
        {"DB": 1.0, "COMMUNICATE": 1.0},
        {"DB": 1.0},
    ]
    assert [dict(run.parts) for run in found.idle][2] == {"COMMUNICATE": 0.0}


def test_a_customer_who_hangs_up_while_the_agent_asks_is_premature():
    class Asks:
        def solve(self, env, task_index, max_num_steps):
            env.reset(task_index=task_index)
            action = package_in(STANDIN).types.Action
            env.step(action(name="respond", kwargs={"content": "Shall I sell it to you?"}))

    maker = uso.tau.AgentMaker("asks", lambda environment, task: Asks())
    found = bench(task_ids=[0]).evaluate(BASE, maker, lm=lm("tea", "yes ###STOP###"))
    (one,) = found.of("prompt")
    assert (one.premature, one.reward) == (True, 0.0)


class Agent:
    """An agent that does one thing with the environment."""

    def __init__(self, do):
        self.do = do

    def solve(self, env, task_index, max_num_steps):
        """Begin, and do it."""
        env.reset(task_index=task_index)
        self.do(env, package_in(STANDIN).types.Action)


def played(do, *answers):
    maker = uso.tau.AgentMaker("mine", lambda environment, task: Agent(do))
    found = bench(task_ids=[0]).evaluate(BASE, maker, lm=lm(*answers or ["tea"]))
    (one,) = found.of("prompt")
    return one


FAULTS = {
    "the agent raises": (lambda env, action: 1 / 0, "agent_error", None),
    "the agent says nothing": (
        lambda env, action: env.step(action(name="respond", kwargs={"content": " "})),
        "agent_silent",
        0.0,
    ),
    "the environment fails": (
        lambda env, action: env.step(action(name="explode", kwargs={})),
        "harness_error",
        None,
    ),
}


@pytest.mark.parametrize(("do", "fault", "reward"), FAULTS.values(), ids=FAULTS)
def test_whoever_fails_is_named_and_only_a_silent_agent_gets_a_zero(do, fault, reward):
    one = played(do)
    assert (one.talk.fault, one.reward) == (fault, reward)


def test_a_customer_s_model_that_fails_is_never_the_agent_s_zero():
    one = played(lambda env, action: None, RuntimeError("down"))
    assert (one.talk.fault, one.reward, one.termination) == ("customer_error", None, "user_error")
    assert "down" in one.talk.why


def test_an_agent_that_comes_to_no_end_gets_tau_bench_s_zero():
    one = played(lambda env, action: env.step(action(name="sell", kwargs={"what": "tea"})))
    assert (one.termination, one.talk.end, one.reward) == ("max_steps", "turn_limit", 0.0)
    assert one.talk.calls == {"user": 1, "agent": 1}


def test_eight_lost_runs_and_no_other_end_it():
    with pytest.raises(TooManyErrors, match="the first 8 simulations were lost"):
        bench(task_ids=[0]).evaluate(BASE, "oracle", lm=lm(RuntimeError("down")), trials=9)


def test_the_checkout_s_own_agent_runs_on_a_model_of_ours_with_its_options(tmp_path):
    seen = []

    def reply(body):
        seen.append(body)
        return 200, chat_answer("sell tea" if len(seen) == 1 else "Done.")

    with OllamaServer(reply) as server:
        agent = uso.connect("openai/m", api_base=f"{server.url}/v1", api_key="secret", top_p=0.5)
        found = bench(task_ids=[0]).evaluate(
            BASE, agent, lm=lm("tea", "###STOP###"), run_dir=tmp_path
        )
    (one,) = found.of("prompt")
    assert (one.reward, one.talk.calls) == (1.0, {"user": 2, "agent": 2})
    assert [body["top_p"] for body in seen] == [0.5, 0.5]
    assert seen[0]["messages"][0] == {"role": "system", "content": "Sell what is asked for."}
    for file in tmp_path.iterdir():
        assert "secret" not in file.read_text()
        assert "127.0.0.1" not in file.read_text()


def test_the_folder_goes_on_refuses_other_inputs_and_holds_tau_bench_s_own_form(tmp_path):
    some = bench(task_ids=["0", "2"])
    found = some.evaluate({"base": BASE}, "oracle", lm="offline/user", trials=2, run_dir=tmp_path)
    again = some.evaluate({"base": BASE}, "oracle", lm="offline/user", trials=2, run_dir=tmp_path)
    assert again.simulations == found.simulations
    assert uso.tau.read(tmp_path) == found
    with pytest.raises(ResumeMismatch, match="agent was 'oracle', is 'idle'"):
        some.evaluate({"base": BASE}, "idle", lm="offline/user", trials=2, run_dir=tmp_path)
    entries = json.loads((tmp_path / "tau_bench_base.json").read_text())
    assert [(each["task_id"], each["trial"], each["reward"]) for each in entries] == [
        (0, 0, 1.0),
        (2, 0, 1.0),
        (0, 1, 1.0),
        (2, 1, 1.0),
    ]
    read = uso.read_conversations(tmp_path / "tau_bench_base.json")
    assert read == [run.talk for run in found.of("base")]


def test_the_command_prints_the_table_and_keeps_the_runs(tmp_path, monkeypatch, capsys):
    options = ["--checkout", str(STANDIN), "--domain", "shop", "--task-ids", "0-1"]
    monkeypatch.setattr(
        sys,
        "argv",
        [
            "it",
            *options,
            "--run-dir",
            str(tmp_path / "runs"),
            "--html",
            str(tmp_path / "page.html"),
        ],
    )
    assert evaluate_tau_bench.main() == 0
    told = capsys.readouterr().out
    assert "calibrated against base: +0.0 points" in told
    assert "tau_bench shop test: 2 tasks" in told
    assert (tmp_path / "runs" / "tau_bench_calibrated.json").exists()
    assert "tau_bench shop test" in (tmp_path / "page.html").read_text()


def test_a_budget_leaves_out_what_does_not_surely_fit():
    found = bench(task_ids=[0]).evaluate(BASE, "oracle", lm="offline/user", max_calls=60)
    assert found.of("prompt") == ()
    assert "The budget ended it: 1 run left out." in str(found)


WRONG = {
    "domain": ({"domain": "bank"}, "tau_bench has no such tasks: .*bank"),
    "split": ({"domain": "shop", "split": "dev"}, "tau_bench has no such tasks: .*dev"),
    "id": ({"domain": "shop", "task_ids": [0, 9]}, "tau_bench shop test has no task '9'"),
    "twice": ({"domain": "shop", "task_ids": [0, "0"]}, "names a task twice"),
    "none": ({"domain": "shop", "task_ids": []}, "is empty"),
}


@pytest.mark.parametrize(("options", "message"), WRONG.values(), ids=WRONG)
def test_tasks_that_are_not_there_are_named(options, message):
    with pytest.raises(InputError, match=message):
        uso.tau.checkout(STANDIN, **options)


def test_without_a_folder_it_is_the_one_on_the_path(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(STANDIN)
    found = uso.tau.checkout(domain="shop", task_ids=[0])
    assert found.stage.package is bench(task_ids=[0]).stage.package
    monkeypatch.setattr(package, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="neither tau_bench nor tau_trait is on Python's path"):
        uso.tau.checkout(domain="shop")


def test_a_folder_that_is_no_checkout_is_named(tmp_path):
    with pytest.raises(InputError, match="holds neither tau_bench nor tau_trait; expected a"):
        uso.tau.checkout(tmp_path)


def test_a_second_checkout_in_one_process_is_refused(tmp_path):
    bench()
    base = tmp_path / "tau_bench" / "envs" / "base.py"
    base.parent.mkdir(parents=True)
    base.write_text("")
    with pytest.raises(InputError, match="the package was imported from .* before"):
        uso.tau.checkout(tmp_path)


def test_a_package_that_cannot_be_imported_says_what_it_lacks(tmp_path):
    base = tmp_path / "tau_trait" / "envs" / "base.py"
    base.parent.mkdir(parents=True)
    base.write_text("import no_such_module\n")
    with pytest.raises(InputError, match="tau_trait cannot be imported .*no_such_module"):
        uso.tau.checkout(tmp_path)


def test_customers_of_others_are_made_as_before():
    envs = package_in(STANDIN).envs
    with pytest.raises(RuntimeError, match="no customer for llm gpt"):
        envs.get_env("shop", "llm", "gpt", "test", task_index=0)


@pytest.mark.parametrize("agent", ["genius", "Oracle"])
def test_an_agent_by_an_unknown_name_is_refused(agent):
    with pytest.raises(InputError, match=f"agent is '{agent}'"):
        bench(task_ids=[0]).evaluate(BASE, agent, lm="offline/user")
