"""The fault matrix: what a server can do wrong, and how an evaluation of twenty scenarios ends."""

import itertools
import threading
import time

import pytest
from helpers import StoppedThreads
from ollama_server import own_port

import usersim_opt as uso
from usersim_opt.basics.errors import ModelError, TooManyErrors
from usersim_opt.models.loopback import OllamaServer, counted_answer, stand_ins
from usersim_opt.models.retry import Retry

QUICK = Retry(attempts=6, longest_pause=0.01)


def good(body):
    return 200, counted_answer(body, "no, thursday")


def now_and_then(fault, every=4):
    """A server with a fault in the fourth, eighth and twelfth answer.

    Were as many answers to hang as it has threads, it would be silent.
    """
    numbers, faulty = itertools.count(1), (every, 2 * every, 3 * every)
    return lambda body: fault(body) if next(numbers) in faulty else good(body)


def always(fault):
    return fault


def evaluated(airline, base_prompt, reply, **options):
    with OllamaServer(reply, models=("user:latest",)) as server:
        lm = uso.connect("ollama/user", api_base=server.url, retry=QUICK, **options)
        found = uso.evaluate(
            uso.UserSimulator(base_prompt, lm), airline.train[:20], uso.RubricMetric(), workers=4
        )
        return found, len(server.bodies)


def busy(body):
    return 503, {"error": "server busy, please try again.  maximum pending requests exceeded"}


def slowed(body):
    return 429, {"error": "too many requests"}


def crashed(body):
    return 500, {
        "error": "model runner has unexpectedly stopped, this may be due to resource limitations"
    }


OVER = threading.Event()
"""A test has ended, and what hangs may go on."""


@pytest.fixture(autouse=True)
def _over():
    OVER.clear()
    yield
    OVER.set()


def hangs(body):
    OVER.wait()
    return good(body)


def cut_off(body):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n"
    return 200, head + b'{"model": "user", "mess'


def silent(body):
    return 200, None


def empty(body):
    return 200, counted_answer(body, "")


def only_thinking(body):
    return 200, counted_answer(body, "<think>I should say something")


def thinking_apart(body):
    answer = counted_answer(body, "")
    return 200, answer | {
        "message": answer["message"] | {"thinking": "hm"},
        "done_reason": "length",
    }


def page(body):
    return 200, "<html><body>Welcome to your router</body></html>"


def no_json(body):
    return 200, '{"model": "user", "message": '


def other_json(body):
    return 200, {"hello": "world"}


def missing(body):
    return 404, {"error": "model 'user' not found"}


def cut_prompt(body):
    return 200, counted_answer(body, "no") | {"prompt_eval_count": 3}


@pytest.mark.parametrize(
    "fault", [busy, slowed, crashed, hangs, cut_off, silent, empty, only_thinking, thinking_apart]
)
def test_a_fault_that_passes_costs_a_retry_and_no_score(airline, base_prompt, fault):
    # What is good comes in time, if not at once then in one of six attempts.
    patience = {"timeout": 3.0} if fault is hangs else {}
    found, calls = evaluated(airline, base_prompt, now_and_then(fault), **patience)
    assert found.errors == 0
    assert calls > 20
    assert {outcome.reply for outcome in found.outcomes} == {"no, thursday"}


@pytest.mark.parametrize(
    ("fault", "reason"),
    [(page, "is not Ollama"), (no_json, "is not Ollama"), (other_json, "is not Ollama")],
)
def test_an_answer_that_is_none_is_an_error_without_a_retry(airline, base_prompt, fault, reason):
    found, calls = evaluated(airline, base_prompt, now_and_then(fault, every=7))
    assert calls == 20
    assert found.errors == 2
    assert all(reason in outcome.why for outcome in found.outcomes if outcome.status == "error")
    assert found.pass_rate is not None


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (busy, "is busy"),
        (slowed, "is busy"),
        (crashed, "unexpectedly stopped"),
        (hangs, "did not answer in time"),
        (cut_off, "broke off"),
        (empty, "empty answer"),
        (only_thinking, "empty answer"),
        (thinking_apart, "by thinking; use think=False"),
        (page, "is not Ollama"),
        (no_json, "is not Ollama"),
    ],
)
def test_a_fault_that_stays_gives_no_figure_and_says_why(airline, base_prompt, fault, reason):
    patience = {"timeout": 0.05} if fault is hangs else {}
    with pytest.raises(TooManyErrors, match="20 of 20 calls failed") as caught:
        evaluated(airline, base_prompt, always(fault), **patience)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "advice"), [(missing, "ollama pull user"), (cut_prompt, "set num_ctx=")]
)
def test_a_fault_of_the_set_up_ends_it_at_once_with_advice(airline, base_prompt, fault, advice):
    with (
        StoppedThreads(2, free=4) as threads,
        OllamaServer(lambda body: (threads.hold(), fault(body))[1]) as server,
    ):
        lm = uso.connect("ollama/user", api_base=server.url, retry=QUICK)
        with pytest.raises(ModelError, match=advice):
            uso.evaluate(
                uso.UserSimulator(base_prompt, lm),
                airline.train[:60],
                uso.RubricMetric(),
                workers=threads,
            )
        # The first prompts are too short for a cut to be certain, and a cut is counted once more.
        assert len(server.bodies) <= 2 * (4 + 2)


def test_a_refused_port_gives_no_figure_and_says_what_to_start(airline, base_prompt):
    lm = uso.connect("ollama/user", api_base="127.0.0.1:9", retry=QUICK)
    with pytest.raises(TooManyErrors, match="start it with `ollama serve`"):
        uso.evaluate(uso.UserSimulator(base_prompt, lm), airline.train[:20], uso.RubricMetric())


def test_a_slow_first_byte_is_waited_for(airline, base_prompt):
    def slow(body):
        time.sleep(0.15)
        return good(body)

    found, calls = evaluated(airline, base_prompt, slow)
    assert (found.errors, calls) == (0, 20)


@pytest.fixture
def port():
    with own_port() as port:
        yield port


def test_a_server_that_dies_in_the_middle_and_returns_is_gone_on_with(
    airline, base_prompt, metric, tmp_path, port
):
    with OllamaServer(stand_ins, port=port, models=("user:latest",)) as server:
        lm = uso.connect("ollama/user", api_base=server.url, retry=QUICK, temperature=0.9)

        def compiled(run_dir, reach=None):
            optimizer = uso.RubricOptimizer(
                metric=metric,
                proposer_lm=uso.connect("offline/proposer"),
                run_dir=run_dir,
                max_calls=700,
                seed=6,
            )
            return optimizer.compile(
                uso.UserSimulator(base_prompt, lm), trainset=airline.train, valset=airline.smoke
            )

        whole = compiled(tmp_path / "whole")
        calls = len(server.bodies)
    answered = itertools.count(1)
    dead = threading.Event()

    def mortal(body):
        if next(answered) > 70:
            dead.set()
        return (200, None) if dead.is_set() else stand_ins(body)

    with (
        OllamaServer(mortal, port=port),
        pytest.raises(TooManyErrors, match="mend the model connection"),
    ):
        compiled(tmp_path / "run")
    assert dead.is_set()
    with OllamaServer(stand_ins, port=port) as server:
        resumed = compiled(tmp_path / "run")
        assert len(server.bodies) < calls
    assert resumed.result.best_smoke.errors == 0
    assert whole.result.best_smoke.errors == 0
