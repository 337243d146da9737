import pytest
from dspy import lm15
from helpers import scenario
from ollama_server import chat_answer, ollama

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.text import without_thoughts
from usersim_opt.models.ollama import OllamaEngine, host_url
from usersim_opt.models.retry import Retry

ONCE = Retry(attempts=1)

REQUEST = lm15.Request(
    model="ollama/m",
    system="s",
    messages=(lm15.Message.user("hi"),),
    config=lm15.Config(max_tokens=20, stop=("x",)),
)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        (None, "http://localhost:11434"),
        ("localhost", "http://localhost:11434"),
        ("http://localhost", "http://localhost:11434"),
        ("gpu-box:1234", "http://gpu-box:1234"),
        ("http://gpu-box:1234/v1", "http://gpu-box:1234"),
        ("https://gpu-box/v1/", "https://gpu-box:443"),
        ("http://gpu-box/ollama/v1", "http://gpu-box:11434/ollama"),
        ("[::1]:99", "http://[::1]:99"),
        ("0.0.0.0", "http://localhost:11434"),
    ],
)
def test_an_address_in_any_spelling_becomes_one_form(given, url):
    assert host_url(given) == url


@pytest.mark.parametrize(
    "given", ["localhost:abc", "http://[nonsense", "host:99999999", "ftp://foo", "a b"]
)
def test_an_address_that_is_none_is_named(given):
    with pytest.raises(InputError, match="cannot be read"):
        host_url(given)


@pytest.mark.parametrize(
    "address", ["http://u:pw77@gpu:1", "u:pw77@gpu", "http://u:pw77:x@gpu", "https://u:pw/77@gpu"]
)
def test_a_user_and_password_in_an_address_are_refused_in_words_and_not_repeated(address):
    with pytest.raises(InputError) as caught:
        host_url(address)
    assert "gpu" in str(caught.value)
    assert "pw" not in repr(caught.value)


def test_ollama_host_is_the_default_address(monkeypatch):
    monkeypatch.setenv("OLLAMA_HOST", "gpu-box:7")
    assert host_url() == "http://gpu-box:7"


def test_every_option_arrives_on_the_wire():
    with ollama("fine", eval_count=3) as server:
        engine = OllamaEngine(
            "m",
            api_base=server.url + "/v1",
            think="low",
            keep_alive=60,
            num_ctx=4096,
            min_p=0.1,
            num_predict=99,
        )
        response = engine.complete(REQUEST)
    (body,) = server.bodies
    assert body["options"] == {"num_ctx": 4096, "min_p": 0.1, "num_predict": 20, "stop": ["x"]}
    assert (body["think"], body["keep_alive"], body["stream"]) == ("low", 60, False)
    assert [(m["role"], m["content"]) for m in body["messages"]] == [
        ("system", "s"),
        ("user", "hi"),
    ]
    assert (
        response.text,
        response.usage.input_tokens,
        response.usage.output_tokens,
        response.finish_reason,
    ) == ("fine", 12, 3, "stop")


@pytest.mark.parametrize(
    ("reply", "error", "complaint"),
    [
        (
            lambda body: (404, {"error": "model 'm' not found"}),
            lm15.UnsupportedModelError,
            "ollama pull m",
        ),
        (
            lambda body: (400, {"error": "bad"}),
            lm15.InvalidRequestError,
            "refused the request with 400: bad",
        ),
        (lambda body: (503, {"error": "server busy"}), lm15.RateLimitError, "is busy"),
        (lambda body: (500, {"error": "runner stopped"}), lm15.ServerError, "runner stopped"),
        (lambda body: (200, "<html>hello</html>"), lm15.InvalidRequestError, "is not Ollama"),
        (lambda body: (200, chat_answer("")), lm15.ServerError, "stopped at once"),
        (
            lambda body: (200, chat_answer(" ", done_reason="length")),
            lm15.ServerError,
            "token limit",
        ),
        (lambda body: (200, chat_answer("<think>hm")), lm15.ServerError, "empty answer"),
    ],
)
def test_each_failure_is_an_error_that_says_what_to_do(reply, error, complaint):
    with ollama(reply) as server, pytest.raises(error, match=complaint):
        OllamaEngine("m", api_base=server.url, retry=ONCE).complete(REQUEST)


def test_a_refused_connection_says_how_to_start_ollama():
    with pytest.raises(lm15.TransportError, match="ollama serve"):
        OllamaEngine("m", api_base="127.0.0.1:9", retry=ONCE).complete(REQUEST)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<think>a</think> b", " b"),
        ("a</think>b", "b"),
        ("<think>a", ""),
        ("plain <think>", "plain <think>"),
    ],
)
def test_think_text_is_no_part_of_a_reply(text, left):
    assert without_thoughts(text) == left


def test_a_judge_s_answer_is_held_to_its_schema_on_the_wire():
    asked = '{"verdicts": [{"id": "calm", "evidence": "no", "verdict": "pass"}]}'
    record = scenario(
        criteria=[{"id": "calm", "dimension": "clarification.pushback", "text": "It is calm."}],
        examples={"pass": ["a"], "fail": {"reply": "b", "fails": ["calm"]}},
    )
    with ollama(asked) as server:
        grade = uso.RubricMetric(
            uso.RubricJudge(uso.connect("ollama/m", api_base=server.url, temperature=0))
        ).grade(record, "no")
    assert grade.pass_rate == 1.0
    verdict = server.bodies[0]["format"]["$defs"]["GivenVerdict"]
    assert list(verdict["properties"]) == ["id", "evidence", "verdict"]
    assert verdict["properties"]["verdict"]["enum"] == ["pass", "fail"]
