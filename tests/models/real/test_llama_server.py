"""A real model's wire: real tokens, real counts, real cuts. What it says is worth nothing."""

from contextlib import contextmanager
from itertools import count

import pytest
from helpers import small_dataset
from llama_here import llama_server, weights_or_skip

import usersim_opt as uso
from usersim_opt.basics.errors import ModelError, TooManyErrors, Unreachable
from usersim_opt.measuring.runner import ignore
from usersim_opt.results.record import read_record

WEIGHTS = weights_or_skip()
WORD = {"max_tokens": 12, "stop": [" "]}
"""Options by which an answer is a word or so, so that sixty calls are soon over."""


@pytest.fixture(scope="module")
def address():
    """A server with the model in it."""
    with llama_server(WEIGHTS) as url:
        yield url


@pytest.fixture
def model(address):
    """Connects to the server as to any address that speaks OpenAI's protocol."""

    def connected(**options):
        base = {"api_base": f"{address}/v1", "api_key": "none", "temperature": 0.8}
        return uso.connect("openai/smollm2", **(base | options))

    return connected


@pytest.fixture(scope="module")
def data():
    return small_dataset()


def customer(lm):
    return uso.UserSimulator(uso.Prompt("Be a customer of few words.\n\n{scenario}\n"), lm)


def test_preflight_has_its_answer_and_names_a_server_that_is_not_there(model):
    assert "answers" in str(uso.preflight(model(max_tokens=12), "user"))
    with pytest.raises(Unreachable, match="user model openai/smollm2"):
        uso.preflight(model(api_base="http://127.0.0.1:9/v1", num_retries=0), "user")


def test_every_reply_has_the_server_s_own_count_of_its_tokens(model, data):
    found = uso.evaluate(
        customer(model(**WORD)), data.train, uso.RubricMetric(), workers=2, progress=ignore
    )
    assert {outcome.status for outcome in found.outcomes} == {"scored"}
    for outcome in found.outcomes:
        assert 10 < outcome.tokens["user"] < 100
        assert outcome.calls == {"user": 1, "judge": 0}


def test_an_answer_at_the_token_limit_is_no_reply(model, data):
    with pytest.raises(TooManyErrors, match=r"cut off at the token limit max_tokens=2"):
        uso.evaluate(
            customer(model(max_tokens=2)), data.train[:2], uso.RubricMetric(), progress=ignore
        )


def test_a_prompt_beyond_the_context_is_an_error_at_once(model, data):
    lm = model(max_tokens=2)
    long = uso.Prompt("Be brief. " * 600 + "\n\n{scenario}\n")
    with pytest.raises(ModelError, match="context"):
        uso.evaluate(
            uso.UserSimulator(long, lm), data.train[:1], uso.RubricMetric(), progress=ignore
        )


@contextmanager
def stopped_at(number, monkeypatch):
    """Ctrl-C while the reply of this number is graded."""
    grade, numbers = uso.RubricMetric.grade, count(1)

    def interrupted(metric, scenario, reply):
        if next(numbers) == number:
            raise KeyboardInterrupt
        return grade(metric, scenario, reply)

    with monkeypatch.context() as patched:
        patched.setattr(uso.RubricMetric, "grade", interrupted)
        yield


def tuned(folder, model, data):
    """The result of a search of sixty calls."""
    optimizer = uso.RubricOptimizer(
        metric=uso.RubricMetric(),
        proposer_lm=uso.connect("offline/proposer"),
        run_dir=folder,
        max_calls=60,
        minibatch_size=2,
        seed=6,
        workers=2,
    )
    optimizer.despite_ceiling = True
    user = customer(model(**WORD))
    return optimizer.compile(user, trainset=data.train, valset=data.smoke).result


def test_a_search_of_sixty_calls_is_gone_on_with_and_nothing_is_paid_twice(
    model, data, tmp_path, monkeypatch
):
    folder = tmp_path / "run"
    with stopped_at(20, monkeypatch), pytest.raises(KeyboardInterrupt):
        tuned(folder, model, data)
    before = read_record(folder).outcomes
    assert 15 < len(before) < 25
    result = tuned(folder, model, data)
    assert result.record.outcomes[: len(before)] == before
    assert len({outcome.key for outcome in result.record.outcomes}) == len(result.record.outcomes)
    assert 40 < sum(result.calls.values()) <= 60
    assert result.tokens["user"] > 10 * result.calls["user"]
    monkeypatch.setattr(uso.UserSimulator, "forward", None)
    assert tuned(folder, model, data).shipped == result.shipped
