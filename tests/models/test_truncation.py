import pytest
from dspy.utils.exceptions import ContextWindowExceededError
from ollama_server import chat_answer, ollama

import usersim_opt as uso
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
        (17_000, 2050, 50, None, 1 / 8, ""),
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
        assert len(server.bodies) == 1


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
