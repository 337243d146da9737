"""A user model and a judge on one Ollama that holds one of them at a time."""

import json
import sys
from operator import attrgetter

import pytest
from helpers import CRITERION, scenario, small_dataset
from ollama_server import chat_answer, ollama
from terminals import Terminal

import usersim_opt as uso
from usersim_opt.measuring.job import Job, job_seed
from usersim_opt.measuring.runner import Runner
from usersim_opt.models.loopback import OllamaServer, stand_ins
from usersim_opt.models.sharing import must_swap, share_windows
from usersim_opt.results.record import read_record
from usersim_opt.scenarios.records import Task

UNCHECKED = {name: value for name, value in CRITERION.items() if name != "check"}
VERDICTS = json.dumps(
    {"verdicts": [{"id": "short", "because": "b", "evidence": "no", "verdict": "pass"}]}
)


def answer(body):
    return 200, chat_answer(VERDICTS if body["model"] == "judge" else "no, thursday")


@pytest.fixture
def server():
    with ollama(answer, server={"fits": 1}) as running:
        yield running


def jobs(server, number):
    rubric = scenario(criteria=[UNCHECKED])
    user = uso.UserSimulator("p", uso.connect("ollama/user", api_base=server.url))
    task = Task(id="001", domain="d", source="s", story="You are {x}.")
    return [
        Job(user, task, rubric, "v000", "s", repeat, job_seed(1, "s", rubric.id, repeat))
        for repeat in range(number)
    ]


def rubric_metric(server, model="judge", **options):
    judge = uso.connect(f"ollama/{model}", api_base=server.url, **options)
    return uso.RubricMetric(uso.RubricJudge(judge))


def test_a_round_takes_two_loads_and_not_one_for_every_call(server):
    metric = rubric_metric(server)
    in_turns = Runner(metric, workers=1, replies_first=False).run(jobs(server, 10))
    assert len(server.loads) == 20
    server.loads.clear()
    in_blocks = Runner(metric, workers=1).run(jobs(server, 10))
    assert [name for name, _ in server.loads] == ["user:latest", "judge:latest"]
    assert in_blocks == in_turns
    assert {outcome.status for outcome in in_blocks} == {"scored"}


def test_the_bar_tells_how_often_models_were_loaded_and_for_how_long(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    told = []

    def loading(body):
        """Answers that say of each load that it took 20.5 s."""
        status, said = answer(body)
        new = len(server.loads) - len(told)
        told.extend(server.loads[len(told) :])
        return status, said | {"load_duration": 20_500_000_000 * new}

    with ollama(loading, server={"fits": 1}) as server:
        user = uso.connect("ollama/user", api_base=server.url)
        examples = small_dataset(criteria=[UNCHECKED]).smoke[:2]
        sim = uso.UserSimulator("Be a customer.\n\n{scenario}\n", user)
        uso.evaluate(sim, examples, rubric_metric(server), workers=1)
    last = terminal.written.rstrip().rpartition("\r")[2]
    assert "2/2" in last
    assert last.endswith("], 2 loads, 41 s")


def test_models_on_hosts_of_their_own_are_asked_one_after_the_other(server):
    with ollama(answer, server={"fits": 1}) as other:
        Runner(rubric_metric(other), workers=1).run(jobs(server, 3))
        assert [len(server.loads), len(other.loads)] == [1, 1]
        assert not must_swap(
            [uso.connect("ollama/a", api_base=server.url)],
            [uso.connect("ollama/b", api_base=other.url)],
        )


def test_what_is_told_comes_as_it_is_graded_and_replies_that_need_no_judge_at_once(server):
    seen = []
    checked = Runner(rubric_metric(server), workers=1, replies_first=True)
    mixed = jobs(server, 4)
    mixed[2] = Job(**(vars(mixed[2]) | {"scenario": scenario()}))
    outcomes = checked.run(mixed, on_done=seen.append)
    assert [outcome.repeat for outcome in seen] == [2, 0, 1, 3]
    assert [outcome.repeat for outcome in outcomes] == [0, 1, 2, 3]


def test_one_model_has_one_context_length_for_both(server):
    user = uso.connect("ollama/m", api_base=server.url, num_ctx=8192)
    judge = uso.connect("ollama/m:latest", api_base=server.url, num_ctx=16384)
    plain = uso.connect("ollama/m", api_base=server.url)
    other = uso.connect("ollama/n", api_base=server.url, num_ctx=4096)
    assert must_swap([user], [judge])
    share_windows([user, judge, plain, other])
    assert not must_swap([user, plain], [judge])
    assert must_swap([user], [other])
    assert other._engine_spec.options == {"num_ctx": 4096}


def test_a_run_has_the_same_record_and_winner_whatever_the_schedule(tmp_path, monkeypatch):
    data = small_dataset(criteria=[UNCHECKED])

    def tuned(folder):
        with OllamaServer(stand_ins, models=("user:latest", "judge:latest"), fits=1) as server:
            optimizer = uso.RubricOptimizer(
                metric=rubric_metric(server),
                proposer_lm=uso.connect("offline/proposer"),
                run_dir=tmp_path / folder / "run",  # apart: each has a smoke split that nobody used
                max_calls=80,
                minibatch_size=2,
                seed=6,
                workers=1,
            )
            optimizer.despite_ceiling = True
            user = uso.connect("ollama/user", api_base=server.url)
            sim = uso.UserSimulator("Be a customer.\n\n- Be brief.\n\n{scenario}\n", user)
            optimizer.compile(sim, trainset=data.train, valset=data.smoke)
            return read_record(tmp_path / folder / "run"), len(server.loads)

    blocks, few = tuned("blocks")
    monkeypatch.setattr("usersim_opt.measuring.runner.must_swap", lambda *lms: False)
    turns, many = tuned("turns")
    by_key = attrgetter("key")
    assert sorted(blocks.outcomes, key=by_key) == sorted(turns.outcomes, key=by_key)
    assert (blocks.versions, blocks.decisions) == (turns.versions, turns.decisions)
    assert 2 * few < many
