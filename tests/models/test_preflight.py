import pytest
from helpers import scripted
from ollama_server import chat_answer, ollama

import usersim_opt as uso
from usersim_opt.basics.asking import engine_of
from usersim_opt.basics.errors import BadReply, InputError, ModelError, Unreachable
from usersim_opt.models.retry import Retry

ONCE = Retry(attempts=1)


def counting(body):
    """A server that counts a token for every four characters."""
    return 200, chat_answer(
        "ready",
        prompt_eval_count=sum(len(m["content"]) for m in body["messages"]) // 4 + 8,
        eval_count=1,
    )


def look(server, longest="", **options):
    return uso.preflight(
        uso.connect("ollama/m", api_base=server.url, retry=ONCE, **options), "user", longest=longest
    )


def test_the_report_tells_what_was_found():
    with ollama(counting) as server:
        report = look(server, "word " * 2000, num_ctx=4096)
        text = str(report)
    assert "user: ollama/m" in text
    assert "Ollama 0.33.0, model pulled, thinks if asked" in text
    assert "longest prompt 2,5" in text
    assert "num_ctx=4096, model trained on 262144" in text


def test_the_tokens_per_character_are_measured_and_tell_a_cut_later():
    with ollama(counting) as server:
        lm = uso.connect("ollama/m", api_base=server.url, retry=ONCE, num_ctx=8192)
        uso.preflight(lm, "user", longest="word " * 2000)
        assert engine_of(lm).rate == 0.2
        server.reply = lambda body: (200, chat_answer("x", prompt_eval_count=1500))
        with pytest.raises(Exception, match="cut the prompt without a word"):
            lm("word " * 2000)


def test_a_context_that_is_too_small_is_named_with_the_right_one():
    with (
        ollama(counting) as server,
        pytest.raises(InputError, match=r"do not fit into num_ctx=2048"),
    ):
        look(server, "word " * 2000, num_ctx=2048)
    with (
        ollama(counting) as server,
        pytest.raises(
            InputError,
            match=r"num_ctx=2560 is too small for 2,5\d\d tokens of prompt and 512 of answer; "
            r"set num_ctx=4096",
        ),
    ):
        look(server, "word " * 2000, num_ctx=2560)
    with (
        ollama(counting, server={"trained": 2048}) as server,
        pytest.raises(InputError, match="was trained on 2,048 tokens"),
    ):
        look(server, "word " * 2000)
    with ollama(counting) as server:
        assert "num_ctx is not set and the server decides, set num_ctx=4096" in str(
            look(server, "word " * 2000)
        )


@pytest.mark.parametrize(
    ("server", "options", "error", "complaint"),
    [
        (
            {"models": ("other:latest",)},
            {},
            ModelError,
            "has no model 'm'; get it with `ollama pull m`",
        ),
        ({"capabilities": ("embedding",)}, {}, ModelError, "cannot chat, it can embedding"),
        (
            {"capabilities": ("completion",)},
            {"think": True},
            InputError,
            "does not support thinking",
        ),
    ],
)
def test_a_model_that_cannot_do_it_is_named(server, options, error, complaint):
    with ollama(counting, server=server) as running, pytest.raises(error, match=complaint):
        look(running, **options)


def test_a_server_that_is_none_or_not_ollama_is_named():
    with pytest.raises(Unreachable, match="start it with `ollama serve`"):
        uso.preflight(uso.connect("ollama/m", api_base="127.0.0.1:9", retry=ONCE), "user")
    with ollama(counting) as server:
        server.about = lambda path: (200, "<html>router</html>")
        with pytest.raises(Unreachable, match="is not Ollama; check the address"):
            look(server)
    with (
        ollama(lambda body: (503, {"error": "busy"})) as server,
        pytest.raises(Unreachable, match="busy"),
    ):
        look(server)
    with pytest.raises(BadReply, match="empty answer"):
        uso.preflight(scripted("")[0], "judge")


def test_every_host_is_looked_at():
    with ollama(counting) as one, ollama(counting, server={"models": ()}) as other:
        lm = uso.connect(
            f"ollama://{one.url.removeprefix('http://')},{other.url.removeprefix('http://')}/m",
            retry=ONCE,
        )
        with pytest.raises(ModelError, match=f"{other.url} has no model"):
            uso.preflight(lm, "user")


@pytest.mark.parametrize("route", ["openai", "ollama"])
def test_a_model_that_thinks_aloud_is_named(route):
    answer = 200, chat_answer("<think>Easy.</think>ready")
    with ollama(lambda body: answer) as server:
        lm = (
            uso.connect("openai/m", api_base=server.url + "/v1", api_key="x")
            if route == "openai"
            else uso.connect("ollama/m", api_base=server.url, retry=ONCE)
        )
        assert "thinks aloud" in str(uso.preflight(lm, "user"))
    with ollama(counting) as server:
        assert "thinks aloud" not in str(look(server))


def test_a_model_that_does_nothing_but_think_is_named():
    with pytest.raises(BadReply, match="nothing but thinking"):
        uso.preflight(scripted("<think>Easy.")[0], "judge")


def test_a_window_that_is_too_small_is_named_where_no_context_is_set():
    with ollama(counting, server={"loaded": 4096}) as server:
        assert "num_ctx is not set and the server has loaded 4,096" in str(
            look(server, "word " * 900)
        )
        with pytest.raises(InputError, match=r"has loaded 4,096 tokens .* set num_ctx=5120"):
            look(server, "word " * 3000)
    with ollama(counting, server={"loaded": 2048}) as server:
        assert "num_ctx=8192, of which the server has loaded 2,048" in str(
            look(server, num_ctx=8192)
        )


def test_a_prompt_that_is_cut_in_the_first_look_is_named():
    def cutting(body):
        tokens = sum(len(message["content"]) for message in body["messages"]) // 4
        return 200, chat_answer("no", prompt_eval_count=tokens if tokens <= 4096 else 2050)

    with (
        ollama(cutting) as server,
        pytest.raises(InputError, match="exactly 2,050 tokens were read"),
    ):
        look(server, "word " * 3500)
