import pytest
from dspy.utils.exceptions import ContextWindowExceededError
from ollama_server import chat_answer, ollama

import usersim_opt as uso
from usersim_opt.basics.asking import engine_of
from usersim_opt.models.truncation import Sent, needed_context, overrun, truncation


@pytest.mark.parametrize(
    ("characters", "read", "written", "num_ctx", "rate", "cut"),
    [
        (4000, 1000, 50, 4096, 0.25, ""),
        (4000, None, None, 4096, 0.25, ""),
        (40_000, 2050, 50, 4096, 1 / 8, "only 2,050 tokens were read"),
        (13_000, 2050, 50, 4096, 1 / 8, ""),
        (17_000, 2050, 50, 4096, 1 / 8, "exactly 2,050 tokens"),
        (17_000, 2051, 50, 4096, 1 / 8, "exactly 2,051 tokens"),
        (17_000, 2060, 50, 4096, 1 / 8, ""),
        (17_000, 3700, 50, 4096, 0.25, ""),
        (17_000, 3000, 50, 4096, 0.25, "only 3,000 tokens were read"),
        (14_000, 4000, 200, 4096, 0.25, ""),
        (300, 10, 5, 4096, 0.25, ""),
        (
            17_000,
            2050,
            50,
            None,
            1 / 8,
            "exactly 2,050 tokens were read, what a cut leaves of 4,096",
        ),
        (9000, 1027, 50, None, 1 / 8, "what a cut leaves of 2,048"),
        (34_000, 4098, 50, None, 1 / 8, "what a cut leaves of 8,192"),
        (140_000, 16_387, 50, None, 1 / 8, "what a cut leaves of 32,768"),
        (8200, 2050, 50, None, 1 / 8, ""),
        (17_000, 2053, 50, None, 1 / 8, ""),
        (17_000, 2050, 50, 16_384, 1 / 8, "what a cut leaves of 4,096"),
        (34_000, 4098, 50, 4096, 1 / 8, ""),
    ],
)
def test_a_cut_prompt_is_told_by_its_counts(characters, read, written, num_ctx, rate, cut):
    found = truncation(Sent(characters, read, written, num_ctx), rate=rate)
    assert cut in found
    assert bool(cut) == bool(found)
    assert not cut or "set num_ctx=" in found


def test_an_answer_that_ran_over_spoils_itself_only():
    assert "do not fit into num_ctx=4096" in overrun(Sent(14_000, 4000, 200, 4096))
    assert (
        overrun(Sent(14_000, 4000, 90, 4096))
        == overrun(Sent(14_000, None, 9000, 4096))
        == overrun(Sent(1, 9, 9, None))
        == ""
    )


def test_the_advice_is_never_less_than_what_is_set():
    assert "set num_ctx=17408 or more" in truncation(Sent(4000, 10, 1, 16384), rate=0.25)


def test_the_window_that_the_server_has_loaded_counts_where_none_is_set():
    sent = Sent(50_000, 5122, 50, None, window=10_240)
    assert "what a cut leaves of 10,240" in truncation(sent)
    assert "do not fit into the server's 4,096" in overrun(Sent(14_000, 4000, 200, None, 4096))
    assert truncation(Sent(50_000, 5122, 50, None), rate=0.1) == ""


@pytest.mark.parametrize("characters", [16_800, 20_000, 21_000, 60_000])
def test_the_advice_is_enough_for_what_was_sent(characters):
    advice = truncation(Sent(characters, 2050, 1, None))
    assert int(advice.partition("num_ctx=")[2].split()[0]) > characters / 4 + 512


def test_the_context_needed_is_in_steps():
    assert needed_context(3000, 100) == 4096
    assert needed_context(3600) == 5120


def test_a_cut_call_is_an_error_that_is_not_tried_again():
    with ollama("fine", prompt_eval_count=2050, eval_count=10) as server:
        lm = uso.connect("ollama/m", api_base=server.url, num_ctx=4096)
        with pytest.raises(
            ContextWindowExceededError,
            match="the server cut the prompt without a word.*set num_ctx=",
        ):
            lm("word " * 20_000)
        # The second one asks for the count alone, with nothing that a prompt cache could hold.
        assert [body["options"].get("num_predict") for body in server.bodies] == [None, 1]


def test_a_refusal_for_length_says_what_to_do():
    answer = (
        400,
        {
            "error": "request (9000 tokens) exceeds the available context size (4096 tokens), "
            "try increasing it"
        },
    )
    with (
        ollama(lambda body: answer) as server,
        pytest.raises(ContextWindowExceededError, match="raise num_ctx"),
    ):
        uso.connect("ollama/m", api_base=server.url)("word")


def test_counts_that_are_left_out_prove_nothing():
    answer = {key: value for key, value in chat_answer("fine").items() if not key.endswith("count")}
    with ollama(lambda body: (200, answer)) as server:
        assert uso.connect("ollama/m", api_base=server.url, num_ctx=128)("word " * 5000) == ["fine"]


def test_a_server_with_fewer_tokens_per_character_than_a_preflight_found_is_believed():
    with ollama(
        lambda body: (
            200,
            chat_answer(
                "ok", prompt_eval_count=sum(len(m["content"].split()) for m in body["messages"])
            ),
        )
    ) as server:
        lm = uso.connect("ollama/m", api_base=server.url, num_ctx=16384)
        uso.preflight(lm, "user", longest="a b c d " * 2000)
        assert lm("longer words than before " * 300) == ["ok"]


class CachingServer:
    """Counts the tokens that its prompt cache does not hold, and takes 4,096 of them."""

    def __init__(self):
        self.last = ""

    def __call__(self, body):
        text = "".join(message["content"] for message in body["messages"])
        common = next(n for n in range(len(text), -1, -1) if self.last.startswith(text[:n]))
        self.last, tokens = text, len(text) // 4
        read = 2050 if tokens > 4096 else tokens - common // 4
        return 200, chat_answer("fine", prompt_eval_count=max(1, read), eval_count=1)


def test_a_count_without_the_prompt_cache_is_no_cut_and_is_checked_once():
    with ollama(CachingServer()) as server:
        lm = uso.connect("ollama/m", api_base=server.url)
        for number in range(6):
            assert lm("word " * 2000 + str(number)) == ["fine"]
    checks = [body for body in server.bodies if body["options"].get("num_predict") == 1]
    assert len(checks) == 1
    assert len(server.bodies) == 7


def test_a_cut_is_found_on_such_a_server_as_well():
    with ollama(CachingServer()) as server:
        lm = uso.connect("ollama/m", api_base=server.url)
        assert [lm("word " * 2000) for _ in range(3)] == [["fine"]] * 3
        with pytest.raises(ContextWindowExceededError, match="cut the prompt without a word"):
            lm("word " * 5000)


def test_what_a_preflight_learns_of_the_window_goes_along_to_other_processes():
    with ollama(CachingServer(), server={"loaded": 4096}) as server:
        lm = uso.connect("ollama/m", api_base=server.url)
        uso.preflight(lm, "user", longest="word " * 1000)
        engine = engine_of(lm)
        make, arguments = engine.__reduce__()
        assert make(*arguments).windows == engine.windows == {server.url: 4096}
