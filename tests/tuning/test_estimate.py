import threading

import pytest
from helpers import scripted
from ollama_server import ollama

import usersim_opt as uso
from usersim_opt.models.loopback import counted_answer
from usersim_opt.tuning.estimate import SAMPLE, estimate, longest_texts, provable
from usersim_opt.tuning.proposal import PromptProposer
from usersim_opt.tuning.splits import splits_of


def clock(*seconds):
    times = iter(seconds)
    return lambda: next(times)


PROPOSER = PromptProposer(uso.connect("offline/proposer"))


def foretold(simulator, data, metric, *, proposer=PROPOSER, seconds=(0.8, 2.0), **options):
    """An estimate whose replies take so many seconds together, and its proposal so many."""
    replies, proposal = seconds
    times = clock(100, 100 + replies, 200, 200 + proposal)
    splits = splits_of(data.train, data.smoke, minibatch_size=10)
    return estimate(simulator, splits, metric, proposer=proposer, clock=times, **options)


def test_a_run_s_cost_is_told_by_role_from_a_few_replies(airline, simulator, metric):
    cost = foretold(simulator, airline, metric, calls=3000, workers=SAMPLE)
    assert cost.calls == 3000
    user, judge, proposer = (cost.roles[role] for role in ("user", "judge", "proposer"))
    assert 2500 < user.calls + judge.calls + proposer.calls <= 3001
    assert judge.read > judge.written > 0
    # a proposal holds prompt, pieces and failures, a reply the prompt and a chat
    assert proposer.read / proposer.calls > 5 * user.read / user.calls
    assert cost.tokens == user.tokens + judge.tokens + proposer.tokens
    # 0.8 s for a reply and its judging, 2 s for each proposal, one after another
    seconds = 0.8 * user.calls / SAMPLE + 2.0 * proposer.calls
    assert 60 * cost.minutes == pytest.approx(seconds, rel=0.02)
    assert str(cost).startswith("up to 3,000 calls, about ")
    assert f"{user.read:,} tokens read, {user.written:,} written" in str(cost)


def test_loading_is_told_apart_where_user_and_judge_take_turns_on_a_server(airline, base_prompt):
    def answer(body):
        return 200, counted_answer(body, "no") | {"load_duration": 30_000_000_000}

    with ollama(answer) as server:
        user = uso.connect("ollama/a", api_base=server.url)
        judge = uso.RubricJudge(uso.connect("ollama/b", api_base=server.url))
        sim, metric = uso.UserSimulator(base_prompt, user), uso.RubricMetric(judge)
        cost = foretold(sim, airline, metric, calls=600, workers=1, seconds=(1000, 2))
    assert cost.loading == pytest.approx(20 * 30 / 60)
    assert cost.minutes > cost.loading
    assert "10.0 of them for loading models" in str(cost)


def test_prompts_are_foreseen_to_grow_with_the_calls(airline, simulator, checked):
    few, many = (
        foretold(simulator, checked, uso.RubricMetric(), calls=calls).roles["user"]
        for calls in (1000, 6000)
    )
    assert many.read / many.calls > 1.05 * few.read / few.calls


def test_an_estimate_is_set_beside_what_was_spent(simulator, checked):
    cost = foretold(simulator, checked, uso.RubricMetric(), calls=1000)
    assert cost.beside(2 * cost.tokens).endswith("the estimate was -50 % off.")
    assert not cost.beside(0)


@pytest.mark.parametrize(("workers", "abreast"), [(2, 2), (4, 4), (2 * SAMPLE, SAMPLE)])
def test_replies_are_timed_abreast_and_twice_as_many_threads_take_half_the_time(
    checked, base_prompt, workers, abreast
):
    together = threading.Barrier(abreast, timeout=60)
    lm, _ = scripted(lambda request: (together.wait(), "no")[1])
    simulator = uso.UserSimulator(base_prompt, lm)
    seconds = 0.1 * SAMPLE / abreast
    metric = uso.RubricMetric()
    cost = foretold(simulator, checked, metric, calls=1000, workers=workers, seconds=(seconds, 0.0))
    user = cost.roles["user"]
    # the scripted model counts two tokens a call
    assert user.tokens == pytest.approx(2 * user.calls, rel=0.5)
    assert 60 * cost.minutes == pytest.approx(0.1 * user.calls / workers, rel=0.01)


def test_the_longest_texts_are_as_long_as_what_is_sent(airline):
    longest = longest_texts([*airline.train, *airline.smoke])
    assert len(longest["user"]) > 6_500 + max(len(task.story) for task in airline.tasks.values())
    assert longest["judge"].startswith("<material>")
    assert len(longest["proposer"]) > 10_000


def test_what_a_run_can_prove_is_told_for_three_pass_rates(airline, metric):
    few, many = (provable(airline.smoke, metric, calls=calls) for calls in (600, 9000))
    assert "points from 70 %" in few
    assert "1 reply each" in few
    assert "; no gain could be proven from 97 % (" in few
    assert "6 replies each" in many
    smallest = [float(part.split()[0]) for part in many.split(", ")]
    assert smallest == sorted(smallest, reverse=True)
    assert smallest[0] == pytest.approx(7, abs=1)


def test_of_a_split_that_proves_nothing_it_is_told_what_to_do(airline, metric):
    tasks = airline.splits["smoke"][:3]
    few = [each for task in tasks for each in airline.smoke if each.record.task_id == task]
    said = provable(few[::4], metric, calls=400)
    assert said.startswith("no gain could be proven from 50 %, 70 %, 90 %, 97 % (3 replies each")
    assert said.endswith("move tasks from train to smoke in splits.yaml.")
    assert "splits.yaml" not in provable(airline.smoke, metric, calls=600)


def test_calls_that_pay_for_no_reply_to_each_scenario_prove_nothing(airline, metric):
    assert provable(airline.smoke, metric, calls=50).startswith("nothing: 296 calls")
