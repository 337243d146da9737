"""Simulations in the real tau2, without a model: rewards, lost runs, resume, tau2's own form."""

import json

import pytest
from conftest import BASE_PROMPT
from helpers import scripted
from tau2_here import QUIET, tau2_or_skip

import usersim_opt as uso
from usersim_opt.basics.errors import InputError, ResumeMismatch, TooManyErrors
from usersim_opt.models.loopback import OllamaServer, chat_answer
from usersim_opt.tau.chosen import chosen
from usersim_opt.tau.downstream import trial_seeds
from usersim_opt.tau.scores import passes
from usersim_opt.tau.simulation_file import SimulationFile
from usersim_opt.tau.simulation_results import results_with_rewards
from usersim_opt.tau.users import with_tools

TAU2 = tau2_or_skip()
pytestmark = QUIET
BASE = uso.read_prompt(BASE_PROMPT)
FIVE = ["0", "1", "2", "3", "4"]


def rewards(found, name="prompt"):
    return [each.reward for each in found.of(name)]


@pytest.fixture(scope="module")
def airline(tmp_path_factory):
    """Airline 0-4 under two prompts with the oracle, and the folder."""
    folder = tmp_path_factory.mktemp("airline")
    prompts = {"base": BASE, "plain": "Be a customer."}
    found = uso.tau.evaluate(
        prompts, "oracle", lm="offline/user", task_ids=FIVE, trials=2, workers=2, run_dir=folder
    )
    return found, folder


def test_the_oracle_does_all_and_the_idle_agent_what_is_trivial(airline):
    found, _ = airline
    assert rewards(found, "base") == rewards(found, "plain") == [1.0] * 10
    assert [each.reward for each in found.idle] == [1.0, 1.0, 0.0, 0.0, 1.0]
    assert found.trivial == {"0", "1", "4"}


def test_the_table_says_it_all(airline):
    found, _ = airline
    text = str(found)
    assert "(idle agent)" in text
    assert "5 tasks with 5 different texts" in text
    assert "trivial: 0, 1, 4" in text
    assert "plain against base: +0.0 points" in text
    assert "Ends under base: 10 agent_stop" in text
    assert found.features("base")["user_words_per_turn"] > 0


def test_trials_have_tau2_s_seeds(airline):
    found, _ = airline
    assert trial_seeds(2) == [626729, 373753]
    assert {each.talk.seed for each in found.of("base")} == {626729, 373753}


def test_the_same_call_plays_nothing_again_and_other_inputs_are_refused(airline, monkeypatch):
    found, folder = airline
    same = {"lm": "offline/user", "task_ids": FIVE, "trials": 2, "run_dir": folder}
    prompts = {"base": BASE, "plain": "Be a customer."}
    monkeypatch.setattr("usersim_opt.tau.downstream.simulate", None)
    again = uso.tau.evaluate(prompts, "oracle", **same)
    assert again.simulations == found.simulations
    with pytest.raises(ResumeMismatch, match="agent was 'oracle', is 'idle'"):
        uso.tau.evaluate(prompts, "idle", **same)


def test_tau2_loads_the_results_and_has_the_same_pass_k(airline, tmp_path):
    from tau2.data_model.simulation import Results  # noqa: PLC0415 - only where tau2 is
    from tau2.metrics.agent_metrics import compute_metrics  # noqa: PLC0415 - as above

    found, folder = airline
    assert compute_metrics(Results.load(folder / "tau2_base.json")).avg_reward == 1.0
    failed = {("2", 0), ("3", 0), ("3", 1)}
    runs = [
        each.model_copy(update={"reward": float(each.pair not in failed)})
        for each in found.of("base")
    ]
    file = tmp_path / "mixed.json"
    file.write_text(json.dumps(results_with_rewards(runs, chosen("airline", FIVE))))
    metrics = compute_metrics(Results.load(file))
    assert passes(runs) == pytest.approx([0.7, 0.6])
    assert list(metrics.pass_hat_ks.values()) == pytest.approx(passes(runs))
    assert uso.read_conversations(file) == [each.talk for each in runs]


def test_no_file_holds_an_address_or_a_key(airline):
    _, folder = airline
    for file in folder.iterdir():
        text = file.read_text()
        assert "api_key" not in text
        assert "127.0.0.1" not in text


def test_pass_k_is_tau2_s_own():
    from tau2.metrics.agent_metrics import pass_hat_k  # noqa: PLC0415 - only where tau2 is

    from usersim_opt.tau.scores import pass_hat  # noqa: PLC0415 - beside the other

    for n in range(1, 7):
        for c in range(n + 1):
            for k in range(1, n + 1):
                assert pass_hat(n, c, k) == pytest.approx(pass_hat_k(n, c, k))


def test_a_customer_with_tools_makes_the_calls_that_the_oracle_names():
    found = uso.tau.evaluate(
        BASE, "oracle", lm="offline/obeying", domain="telecom", task_ids="small", workers=2
    )
    assert rewards(found) == [1.0] * 20
    assert [each.reward for each in found.idle] == [0.0] * 20
    assert {run.talk.prompt_sha256 for run in found.of("prompt")} == {with_tools(BASE).sha256}


def test_telecom_s_tasks_share_a_few_texts():
    tasks = chosen("telecom", None)
    assert (len(tasks.tasks), len(set(tasks.texts.values()))) == (114, 15)


def lost(reply, tmp_path):
    """The one simulation with a customer that a server answers for."""
    with OllamaServer(reply) as server:
        lm = uso.connect("openai/m", api_base=f"{server.url}/v1", api_key="secret", num_retries=0)
        found = uso.tau.evaluate(BASE, "idle", lm=lm, task_ids=["0"], run_dir=tmp_path)
    (run,) = found.of("prompt")
    assert "secret" not in "".join(file.read_text() for file in tmp_path.iterdir())
    return run, str(found)


def test_an_empty_message_of_the_customer_is_never_the_agent_s_zero(tmp_path):
    run, text = lost(lambda body: (200, chat_answer("")), tmp_path)
    assert run.reward is None
    assert run.talk.fault == "customer_error"
    assert "the customer's model gave an empty message" in text
    with SimulationFile.open(
        tmp_path, json.loads((tmp_path / "tau2.json").read_text())["inputs"]
    ) as file:
        assert run.key not in file.played


def test_a_server_that_fails_is_named(tmp_path):
    run, text = lost(lambda body: (500, {"error": "out of memory"}), tmp_path)
    assert run.reward is None
    assert "Lost under prompt, 1 of them (customer_error): the customer: " in text


def test_eight_lost_runs_and_no_other_end_it():
    lm = uso.connect("openai/m", api_base="http://127.0.0.1:9/v1", api_key="x", num_retries=0)
    with pytest.raises(TooManyErrors, match="the first 8 simulations were lost"):
        uso.tau.evaluate(
            {"a": "A customer.", "b": "B customer."}, "idle", lm=lm, task_ids=["0"], trials=9
        )


def test_an_agent_that_says_nothing_gets_its_zero():
    class Mute:
        """Says nothing."""

        def __getattr__(self, name):
            return lambda *_, **__: None

        def generate_next_message(self, message, state):
            return TAU2.AssistantMessage(role="assistant", content=" ", cost=0.0), state

    mute = uso.tau.AgentMaker("mute", lambda environment, task: Mute())
    found = uso.tau.evaluate(BASE, mute, lm="offline/user", task_ids=["0"])
    (run,) = found.of("prompt")
    assert (run.reward, run.talk.fault) == (0.0, "agent_silent")


def test_a_budget_leaves_out_what_does_not_surely_fit():
    found = uso.tau.evaluate(BASE, "idle", lm="offline/user", task_ids=["0"], max_calls=10)
    assert found.of("prompt") == ()
    assert "The budget ended it: 1 run left out." in str(found)


WRONG = {
    "domain": ({"domain": "bank"}, "domain is 'bank'; the installed tau2 has"),
    "id": ({"task_ids": ["0", "999"]}, "tau2 has no task '999'"),
    "split": ({"task_ids": "tiny"}, "names the split 'tiny'"),
    "twice": ({"task_ids": ["0", "0"]}, "names a task twice"),
    "trials": ({"trials": 0}, "trials is 0"),
}


@pytest.mark.parametrize(("options", "message"), WRONG.values(), ids=WRONG)
def test_wrong_arguments_are_refused_before_anything_is_played(options, message):
    with pytest.raises(InputError, match=message):
        uso.tau.evaluate(BASE, "idle", lm="offline/user", **options)


def test_an_agent_that_cannot_be_made_ends_it_in_words():
    broken = uso.tau.AgentMaker("mine", lambda environment, task: 1 / 0)
    with pytest.raises(InputError, match="the agent 'mine' cannot be made: ZeroDivisionError"):
        uso.tau.evaluate(BASE, broken, lm="offline/user", task_ids=["0"])


def test_an_agent_by_an_unknown_name_is_refused():
    with pytest.raises(InputError, match="agent is 'genius'"):
        uso.tau.evaluate(BASE, "genius", lm="offline/user", task_ids=["0"])


def test_a_server_that_fails_is_asked_five_times_a_task_and_no_more():
    with OllamaServer(lambda body: (500, {"error": "out of memory"})) as server:
        lm = uso.connect("openai/m", api_base=f"{server.url}/v1", api_key="secret")
        found = uso.tau.evaluate(BASE, "idle", lm=lm, task_ids=["0"])
        assert len(server.bodies) <= 5
    assert [run.reward for run in found.of("prompt")] == [None]


def test_a_folder_of_the_other_line_is_refused(airline, tmp_path):
    _, folder = airline
    head = json.loads((folder / "tau2.json").read_text())
    head["inputs"]["tau2"] = "upstream 1.0.1"
    (tmp_path / "tau2.json").write_text(json.dumps(head))
    prompts = {"base": BASE, "plain": "Be a customer."}
    with pytest.raises(ResumeMismatch, match="tau2 was 'upstream 1.0.1', is 'nvidia 26.3'"):
        uso.tau.evaluate(
            prompts, "oracle", lm="offline/user", task_ids=FIVE, trials=2, run_dir=tmp_path
        )


def test_what_was_kept_is_read_back_and_priced_and_judged(airline):
    found, folder = airline
    prompts = {"base": BASE, "plain": "Be a customer."}
    assert uso.tau.read(folder) == found
    what = {"lm": "offline/user", "task_ids": FIVE, "trials": 3, "run_dir": folder}
    price = uso.tau.price(prompts, "oracle", **what)
    assert (price.kept, price.runs, price.calls("agent")) == (20, 10, 0)
    lm, engine = scripted(lambda request: '{"errors": []}')
    errors = uso.tau.judge_customers(found, prompts, judge=lm)
    assert len(errors.readable("base")) == len(errors.readable("plain")) == 10
    assert "Domain: airline" in engine.requests[0].messages[-1].text


def test_with_an_agent_that_never_leaves_the_customer_ends_it():
    found = uso.tau.evaluate(
        BASE, "offline/agent", lm="offline/user", task_ids=["0", "1"], workers=2
    )
    assert [run.talk.token for run in found.of("prompt")] == ["###STOP###"] * 2
