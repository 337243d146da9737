import dspy
import pytest
from helpers import scripted
from ollama_server import OllamaServer, chat_answer

import usersim_opt as uso
from usersim_opt.basics.asking import Asker, check_whole
from usersim_opt.basics.errors import BadReply
from usersim_opt.measuring.judge import read_verdicts
from usersim_opt.models.retry import Retry

VERDICTS = '{"verdicts": [{"id": "a", "evidence": "no", "verdict": "pass"}]}'
ROUTES = ("openai", "ollama")


def connected(route, server, **options):
    """The same server as a model of Ollama, or of a provider that DSPy reaches."""
    if route == "ollama":
        retry = Retry(attempts=1)
        return uso.connect("ollama/m", api_base=server.url, retry=retry, **options)
    options |= {"api_key": "x", "num_retries": 0}
    return uso.connect("openai/m", api_base=server.url + "/v1", **options)


def customer(lm):
    return uso.UserSimulator("You are a customer.\n{scenario}", lm)(scenario="s", history=[])


def asker(lm):
    return Asker("Grade it.", lm, role="judge").ask("x")


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("call", [customer, asker])
def test_an_answer_that_was_cut_off_is_an_error_that_names_the_option(route, call):
    with OllamaServer(lambda body: (200, chat_answer("no, th", done_reason="length"))) as server:
        with pytest.raises(BadReply, match="cut off at the token limit max_tokens=3; raise max_"):
            call(connected(route, server, max_tokens=3))
        with pytest.raises(BadReply, match=r"set max_tokens \(num_predict in Ollama\)"):
            call(connected(route, server))


def test_ollama_s_own_option_is_named_where_it_is_set():
    with OllamaServer(lambda body: (200, chat_answer("no, th", done_reason="length"))) as server:
        with pytest.raises(BadReply, match="num_predict=3; raise num_predict"):
            customer(connected("ollama", server, num_predict=3))
        with pytest.raises(BadReply, match="of the server or provider; set max_tokens"):
            customer(connected("ollama", server, num_predict=-1))


@pytest.mark.parametrize("engine", ["auto", "litellm"])
def test_an_answer_that_a_content_filter_stopped_is_an_error(engine):
    answer = 200, chat_answer("no, th", done_reason="content_filter")
    with (
        OllamaServer(lambda body: answer) as server,
        pytest.raises(BadReply, match="content filter"),
    ):
        customer(connected("openai", server, engine=engine))


def test_a_cut_answer_by_litellm_is_an_error_as_well():
    with (
        OllamaServer(lambda body: (200, chat_answer("no", done_reason="length"))) as server,
        pytest.raises(BadReply, match="cut off"),
    ):
        customer(connected("openai", server, engine="litellm"))


def test_the_history_of_a_model_is_kept_as_its_owner_wants_it():
    lm, _ = scripted("no, thursday")
    with dspy.context(disable_history=False):
        customer(lm)
    assert [entry["outputs"] for entry in lm.history] == [["no, thursday"]]
    with dspy.context(disable_history=True):
        customer(lm)
    assert len(lm.history) == 1


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    "thoughts",
    [
        "<think>\nThe story: {1}.\n</think>\n\n",
        "The story: {1}.\n</think>\n",
        "<thinking>The story: {1}.</thinking>\n",
        "[THINK]The story: {1}.[/THINK]",
        "<|channel|>analysis<|message|>The story: {1}.<|end|><|channel|>final<|message|>",
    ],
)
def test_thoughts_reach_neither_a_reply_nor_a_verdict(route, thoughts):
    with OllamaServer(lambda body: (200, chat_answer(thoughts + VERDICTS))) as server:
        lm = connected(route, server)
        assert customer(lm).reply == VERDICTS
        (verdict,) = read_verdicts(asker(lm), ["a"])
        assert verdict.scored


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("call", [customer, asker])
def test_an_answer_that_is_nothing_but_thinking_is_an_error(route, call):
    with (
        OllamaServer(lambda body: (200, chat_answer("<think>\nThe story"))) as server,
        pytest.raises(BadReply, match="nothing but thinking"),
    ):
        call(connected(route, server))


def test_a_stop_token_in_a_thought_does_not_end_the_conversation():
    lm, _ = scripted("<think>###STOP### or not?</think>no, thursday")
    prediction = customer(lm)
    assert (prediction.reply, prediction.stopped) == ("no, thursday", False)


@pytest.mark.parametrize(
    "response",
    [
        {"choices": [{"finish_reason": "stop"}, {"finish_reason": "length"}]},
        {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}},
    ],
)
def test_a_cut_answer_is_seen_in_every_form_that_providers_give(response):
    lm, _ = scripted("x")
    with pytest.raises(BadReply, match="max_completion_tokens=5"):
        check_whole(lm, {"response": response, "kwargs": {"max_completion_tokens": 5}})
    check_whole(lm, {"response": {"choices": [{"finish_reason": "stop"}]}, "kwargs": {}})
