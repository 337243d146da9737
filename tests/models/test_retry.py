import itertools

import pytest
from dspy import lm15
from dspy.utils.exceptions import LMError
from ollama_server import OllamaServer, chat_answer, ollama, own_port

import usersim_opt as uso
from usersim_opt.models.retry import Retry

AT_ONCE = Retry(longest_pause=0)
BUSY = 503, {"error": "server busy, please try again.  maximum pending requests exceeded"}
EMPTY = 200, chat_answer("")
GOOD = 200, chat_answer("fine")


def serve(*answers):
    """Answers in turn, the last one for ever."""
    left = itertools.chain(answers, itertools.repeat(answers[-1]))
    return ollama(lambda body: next(left))


@pytest.mark.parametrize(
    "failing",
    [
        BUSY,
        (429, {"error": "slow down"}),
        (500, {"error": "model runner has unexpectedly stopped"}),
        EMPTY,
        (200, chat_answer("<think>x")),
        (200, chat_answer("x", done=False)),
    ],
)
def test_what_may_pass_is_tried_again(failing):
    with serve(failing, failing, GOOD) as server:
        assert uso.connect("ollama/m", api_base=server.url, retry=AT_ONCE)("hi") == ["fine"]
        assert len(server.bodies) == 3


@pytest.mark.parametrize(
    "failing",
    [
        (400, {"error": "bad"}),
        (404, {"error": "model 'm' not found"}),
        (500, {"error": 'option "num_ctx" must be of type integer'}),
        (200, "<html></html>"),
        (200, "{"),
        (404, "404 page not found"),
    ],
)
def test_what_cannot_pass_is_not_tried_again(failing):
    with serve(failing, GOOD) as server:
        with pytest.raises(LMError):
            uso.connect("ollama/m", api_base=server.url, retry=AT_ONCE)("hi")
        assert len(server.bodies) == 1


def test_it_gives_up_after_four_attempts():
    with serve(BUSY) as server:
        with pytest.raises(LMError, match="is busy"):
            uso.connect("ollama/m", api_base=server.url, retry=AT_ONCE)("hi")
        assert len(server.bodies) == 4


def test_after_an_empty_answer_another_seed_is_tried():
    with serve(EMPTY, GOOD) as server:
        uso.connect("ollama/m", api_base=server.url, retry=AT_ONCE, seed=6)("hi")
        assert [body["options"]["seed"] for body in server.bodies] == [6, 7]


def test_a_server_that_hangs_is_left_after_the_timeout():
    with (
        ollama("late", server={"delay": 600}) as server,
        pytest.raises(LMError, match="did not answer in time"),
    ):
        uso.connect("ollama/m", api_base=server.url, timeout=0.2, retry=Retry(attempts=1))("hi")


def test_a_server_that_comes_back_is_used_again():
    with own_port() as port:
        with OllamaServer(lambda body: GOOD, port=port) as server:
            lm = uso.connect("ollama/m", api_base=server.url, retry=Retry(attempts=1))
            assert lm("hi") == ["fine"]
        for _ in range(2):
            with pytest.raises(LMError, match="no Ollama answers|broke off"):
                lm("hi")
        with OllamaServer(lambda body: GOOD, port=port):
            assert lm("hi") == ["fine"]


def test_errors_of_no_kind_that_can_pass_come_through_at_once():
    calls = []
    with pytest.raises(lm15.AuthError):
        AT_ONCE.call(lambda: calls.append(0) or (_ for _ in ()).throw(lm15.AuthError("no")))
    assert calls == [0]
