import gc
import threading
import time
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor

import pytest
from helpers import CRITERION, StoppedThreads, outcome, scenario, scripted
from ollama_server import ollama

import usersim_opt as uso
from usersim_opt.basics.errors import InputError, ModelError, TooManyErrors
from usersim_opt.measuring.job import Job, job_seed
from usersim_opt.measuring.outcome import Grade, Outcome, Verdict
from usersim_opt.measuring.runner import Runner, stop_if_hopeless
from usersim_opt.scenarios.records import Task


def jobs(simulator, n, **changes):
    """One job each for `n` repeats of one scenario; `changes` replace fields."""
    task = Task(id="001", domain="d", source="s", story="You are {x}.")
    fields = {
        "simulator": simulator,
        "task": task,
        "scenario": scenario(),
        "version": "v000",
        "stage": "s",
    } | changes
    return [Job(**fields, repeat=i, seed=job_seed(1, "s", "001.3", i)) for i in range(n)]


def test_outcomes_come_in_the_order_of_the_jobs_and_each_is_seen_once():
    lm, engine = scripted(lambda request: (time.sleep(0.001 * (request.config.seed % 7)), "no")[1])
    seen = []
    outcomes = Runner(uso.RubricMetric(), workers=4).run(
        jobs(uso.UserSimulator("p", lm), 20), on_done=seen.append
    )
    assert [o.repeat for o in outcomes] == list(range(20))
    assert sorted(seen, key=lambda o: o.repeat) == outcomes
    assert len({request.config.seed for request in engine.requests}) == 20


def test_a_failure_is_an_outcome_with_a_reason_and_no_score():
    lm, _ = scripted(lambda request: RuntimeError("boom") if request.config.seed % 2 else "no")
    outcomes = Runner(uso.RubricMetric()).run(jobs(uso.UserSimulator("p", lm), 30))
    failed = [o for o in outcomes if o.status == "error"]
    assert 0 < len(failed) < 30
    assert all(o.grade is None and o.pass_rate is None and "boom" in o.why for o in failed)


def test_a_failing_judge_is_an_error_and_a_babbling_one_leaves_unscored():
    rubric = scenario(criteria=[{k: v for k, v in CRITERION.items() if k != "check"}])
    lm, _ = scripted("no")
    for answer, status, calls, why in (
        (RuntimeError("down"), "error", 1, "judge: "),
        ("well, pass I guess", "unscored", 2, "no JSON"),
        ("", "error", 2, "judge gave an empty answer"),
    ):
        judge, _ = scripted(answer)
        (outcome,) = Runner(uso.RubricMetric(uso.RubricJudge(judge))).run(
            jobs(uso.UserSimulator("p", lm), 1, scenario=rubric)
        )
        assert (outcome.status, outcome.calls) == (status, {"user": 1, "judge": calls})
        assert why in outcome.why


def test_a_borrowed_executor_is_used_and_left_open():
    lm, _ = scripted(lambda request: threading.current_thread().name)
    with ThreadPoolExecutor(2, thread_name_prefix="mine") as executor:
        outcomes = Runner(uso.RubricMetric(), workers=executor).run(
            jobs(uso.UserSimulator("p", lm), 4)
        )
        assert all(o.reply.startswith("mine") for o in outcomes)
        assert executor.submit(int, "3").result() == 3


def test_a_process_pool_is_refused_with_the_reason_before_a_run_has_a_folder(
    simulator, airline, tmp_path
):
    folder = tmp_path / "run"
    with ProcessPoolExecutor(1) as pool:
        optimizer = uso.RubricOptimizer(
            metric=uso.RubricMetric(),
            proposer_lm=uso.connect("offline/proposer"),
            run_dir=folder,
            workers=pool,
        )
        with pytest.raises(InputError, match="cannot send prompts to its processes"):
            optimizer.compile(simulator, trainset=airline.train, valset=airline.smoke)
    assert not folder.exists()


def test_an_interrupt_ends_the_run_with_what_is_done_seen():
    seen = []

    def interrupt(outcome):
        seen.append(outcome)
        if len(seen) == 3:
            raise KeyboardInterrupt

    with StoppedThreads(2, free=3) as threads:
        lm, engine = scripted(lambda request: (threads.hold(), "no")[1])
        with pytest.raises(KeyboardInterrupt):
            Runner(uso.RubricMetric(), workers=threads).run(
                jobs(uso.UserSimulator("p", lm), 50), on_done=interrupt
            )
    assert 3 <= len(engine.requests) <= 3 + 2


def test_seeds_differ_by_stage_scenario_and_repeat_but_not_by_version():
    seeds = {
        job_seed(1, stage, name, repeat)
        for stage in "ab"
        for name in ("001.1", "001.2")
        for repeat in range(3)
    }
    assert len(seeds) == 12
    assert all(0 <= seed < 2**31 for seed in seeds)


@pytest.mark.parametrize("status", [401, 404])
def test_what_every_further_call_would_meet_ends_the_run_at_once(status):
    refusal = {
        404: (404, {"error": "model 'm' not found"}),
        401: (400, {"error": "request (9000 tokens) exceeds the available context size"}),
    }[status]
    with (
        StoppedThreads(2, free=1) as threads,
        ollama(lambda body: (threads.hold(), refusal)[1]) as server,
    ):
        simulator = uso.UserSimulator("p", uso.connect("ollama/m", api_base=server.url))
        with (
            Runner(uso.RubricMetric(), workers=threads) as runner,
            pytest.raises(ModelError, match="ollama pull m|raise num_ctx"),
        ):
            runner.run(jobs(simulator, 50))
        assert len(server.bodies) <= 1 + 2


def test_the_tokens_of_user_and_judge_are_counted():
    rubric = scenario(
        criteria=[CRITERION, {k: v for k, v in CRITERION.items() if k != "check"} | {"id": "calm"}]
    )
    lm, _ = scripted("no")
    judge, _ = scripted('{"verdicts": [{"id": "calm", "evidence": "", "verdict": "pass"}]}')
    with Runner(uso.RubricMetric(uso.RubricJudge(judge))) as runner:
        (outcome,) = runner.run(jobs(uso.UserSimulator("p", lm), 1, scenario=rubric))
    assert outcome.tokens == {"user": 2, "judge": 2}


def test_an_interrupt_or_a_fatal_error_loses_nothing_that_was_answered():
    for error, raised in (
        (KeyboardInterrupt(), KeyboardInterrupt),
        (RuntimeError("the disk is full"), RuntimeError),
    ):
        seen = []

        def fail_once(outcome, seen=seen, error=error):
            seen.append(outcome)
            if len(seen) == 1:
                raise error

        with StoppedThreads(4, free=1) as threads:
            lm, engine = scripted(lambda request, threads=threads: (threads.hold(), "no")[1])
            with pytest.raises(raised):
                Runner(uso.RubricMetric(), workers=threads).run(
                    jobs(uso.UserSimulator("p", lm), 20), on_done=fail_once
                )
        assert len(seen) == len(engine.requests) <= 1 + 4


def test_an_executor_that_loses_a_job_stops_the_run_with_the_reason():
    class Lossy(ThreadPoolExecutor):
        def submit(self, *args):
            future = Future()
            future.set_exception(OSError("worker killed"))
            return future

    lm, _ = scripted("no")
    with pytest.raises(
        TooManyErrors, match=r"lost a job \(OSError: worker killed\); mend the workers"
    ):
        Runner(uso.RubricMetric(), workers=Lossy(1)).run(jobs(uso.UserSimulator("p", lm), 3))


def test_python_s_garbage_collector_is_left_as_it_was_whatever_happens():
    before = gc.get_threshold()
    during = []
    lm, _ = scripted(lambda request: during.append(gc.get_threshold()) or "no")
    simulator = uso.UserSimulator("p", lm)
    Runner(uso.RubricMetric()).run(jobs(simulator, 1))
    assert gc.get_threshold() == before != during[0]

    def interrupt(outcome):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Runner(uso.RubricMetric()).run(jobs(simulator, 1), on_done=interrupt)
    assert gc.get_threshold() == before


@pytest.mark.parametrize(
    ("failed", "of", "stops"),
    [
        (0, 5, False),
        (1, 1, True),
        (1, 2, False),
        (2, 3, False),
        (3, 4, True),
        (4, 20, False),
        (5, 20, True),
    ],
)
def test_a_run_stops_if_more_than_a_fifth_fails_and_more_than_a_handful(failed, of, stops):
    outcomes = [
        outcome(f"{i:03}.1", 1, 1, status="error" if i < failed else "scored") for i in range(of)
    ]
    if stops:
        with pytest.raises(TooManyErrors, match=f"{failed} of {of} calls failed"):
            stop_if_hopeless(outcomes)
    else:
        stop_if_hopeless(outcomes)


def judged(name, lost, of, evidence="the judge's answer holds no JSON object: 'Hm.'"):
    """A reply on which the judge had to give some verdicts, the first of which are missing."""
    verdicts = [
        Verdict(
            criterion=f"c{i}",
            outcome="unscored" if i < lost else "pass",
            evidence=evidence if i < lost else "",
            source="judge",
        )
        for i in range(of)
    ]
    checked = Verdict(criterion="short", outcome="pass", evidence="", source="check")
    grade = Grade(scenario=name, verdicts=(checked, *verdicts))
    return Outcome(scenario=name, version="v", stage="s", repeat=0, status="scored", grade=grade)


@pytest.mark.parametrize(
    ("answers", "of", "each", "stops"),
    [
        (0, 10, 3, False),
        (1, 1, 3, True),
        (1, 2, 3, False),
        (2, 3, 3, False),
        (3, 4, 3, True),
        (3, 60, 3, False),
        (4, 60, 3, True),
        (9, 60, 1, False),
        (10, 60, 1, True),
    ],
)
def test_a_run_stops_if_more_than_a_twentieth_of_the_judge_s_verdicts_is_missing(
    answers, of, each, stops
):
    outcomes = [judged(f"{i:03}.1", each if i < answers else 0, 3) for i in range(of)]
    if stops:
        said = rf"^{each * answers} of {3 * of} \(.*missing, the last because .*'Hm\.'"
        with pytest.raises(TooManyErrors, match=said):
            stop_if_hopeless(outcomes)
    else:
        stop_if_hopeless(outcomes)


def test_criteria_that_nobody_had_to_decide_stop_nothing():
    reply = judged("001.1", 1, 1)
    checked, missing = reply.verdicts
    by_nobody = missing.model_copy(update={"source": "nobody"})
    grade = Grade(scenario="001.1", verdicts=(checked, by_nobody))
    stop_if_hopeless([reply.model_copy(update={"grade": grade})] * 10)
    with pytest.raises(TooManyErrors):
        stop_if_hopeless([reply] * 10)
