import itertools
import json
from datetime import UTC, datetime

import pytest
from dspy import lm15
from dspy.utils.exceptions import LMError
from ollama_server import OllamaServer, chat_answer, ollama, own_port

import usersim_opt as uso
from usersim_opt.basics.leaving import leaving
from usersim_opt.models import retry
from usersim_opt.models.ollama_errors import seconds_to_wait
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


@pytest.fixture
def pauses(monkeypatch):
    """The pauses that are made, in seconds of a clock that jumps over them."""
    made = []
    monkeypatch.setattr(retry, "is_left_within", made.append)  # None: nobody leaves
    monkeypatch.setattr(retry.time, "monotonic", lambda: sum(made))
    return made


def refusal(wait, status=429):
    """A whole response that sends the client away."""
    text = json.dumps({"error": "rate limit"}).encode()
    head = f"HTTP/1.1 {status} No\r\nRetry-After: {wait}\r\nContent-Length: {len(text)}\r\n\r\n"
    return status, head.encode() + text


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_host_that_says_when_to_come_back_is_believed_and_no_attempt_counted(status, pauses):
    with serve(*[refusal(20, status)] * 9, GOOD) as server:
        assert uso.connect("ollama/m", api_base=server.url)("hi") == ["fine"]
    assert len(pauses) == 9
    assert all(20 <= pause <= 21 for pause in pauses)


def test_a_wait_that_is_too_long_or_has_no_end_is_an_error_that_says_how_long(pauses):
    with (
        serve(refusal(86_400)) as server,
        pytest.raises(LMError, match=r"is busy and asks for 86,400 s of patience"),
    ):
        uso.connect("ollama/m", api_base=server.url)("hi")
    assert pauses == []
    with serve(refusal(100)) as server, pytest.raises(LMError, match="is busy"):
        uso.connect("ollama/m", api_base=server.url)("hi")
    assert 1500 < sum(pauses) < 1800


def test_a_busy_host_that_does_not_say_until_when_gets_more_time_than_a_sick_one(pauses):
    with serve(BUSY) as server, pytest.raises(LMError, match="is busy"):
        uso.connect("ollama/m", api_base=server.url)("hi")
    assert len(pauses) == 3
    assert sum(pauses) >= 28
    pauses.clear()
    with serve((500, {"error": "runner stopped"})) as server, pytest.raises(LMError):
        uso.connect("ollama/m", api_base=server.url)("hi")
    assert sum(pauses) <= 7


def test_once_means_once_whatever_a_host_says(pauses):
    with serve(refusal(20)) as server, pytest.raises(LMError, match="is busy"):
        uso.connect("ollama/m", api_base=server.url, retry=Retry(attempts=1))("hi")
    assert pauses == []


def test_of_several_busy_hosts_the_shortest_wait_counts(pauses):
    with serve(refusal(300), GOOD) as one, serve(refusal(20), GOOD) as other:
        lm = uso.connect("ollama/m", api_base=[one.url, other.url])
        assert lm("hi") == ["fine"]
        assert len(one.bodies) == 1
        assert len(other.bodies) == 2
    assert 20 <= sum(pauses) <= 21


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("20", 20),
        (" 1.5 ", 1.5),
        ("Wed, 21 Oct 2026 07:28:30 GMT", 30),
        ("Wed, 21 Oct 2026 09:28:30 +0200", 30),
        ("Wed, 21 Oct 2026 07:27:00 GMT", None),
        ("0", None),
        ("-5", None),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_retry_after_is_seconds_or_a_date(header, seconds):
    now = datetime(2026, 10, 21, 7, 28, tzinfo=UTC)
    assert seconds_to_wait(header, now=now) == seconds


def test_after_an_interrupt_nothing_is_tried_again():
    calls = []

    def attempt():
        calls.append(1)
        raise lm15.TransportError("gone")

    with leaving(), pytest.raises(lm15.TransportError):
        Retry().call(attempt)
    assert calls == [1]
