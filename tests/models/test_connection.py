import dspy
import pytest
from helpers import scripted
from ollama_server import ollama

import usersim_opt as uso
from usersim_opt.basics.errors import BadReply, InputError, ModelError, Unreachable, UsersimError


@pytest.mark.parametrize(
    ("model", "complaint"),
    [
        ("offline/usr", "expected one of offline/user"),
        ("qwen", 'expected "offline/user"'),
        ("ollama/", "expected"),
        ("/x", "expected"),
        ("", "expected"),
    ],
)
def test_an_unknown_model_string_is_refused(model, complaint):
    with pytest.raises(InputError, match=complaint):
        uso.connect(model)


def test_an_offline_model_takes_sampling_options_only():
    assert uso.connect("offline/user", temperature=0.9, seed=6).kwargs["temperature"] == 0.9
    with pytest.raises(InputError, match="'num_ctx' is unknown"):
        uso.connect("offline/user", num_ctx=1)


def test_any_other_model_goes_through_dspy_without_its_cache():
    lm = uso.connect("openai/some-model", temperature=0.5, api_key="k")
    assert isinstance(lm, dspy.LM)
    assert (lm.model, lm.cache) == ("openai/some-model", False)


def test_a_preflight_passes_where_the_model_answers():
    with ollama("ready") as server:
        uso.preflight(uso.connect("ollama/m", api_base=server.url), "user")
    uso.preflight(uso.connect("offline/judge"), "judge")


def test_a_preflight_tells_what_is_wrong_at_once():
    with pytest.raises(Unreachable, match="no Ollama answers at http://127.0.0.1:9; start it"):
        uso.preflight(uso.connect("ollama/m", api_base="127.0.0.1:9"), "user")
    with (
        ollama(lambda body: (404, {"error": "model 'm' not found"})) as server,
        pytest.raises(ModelError, match="ollama pull m"),
    ):
        uso.preflight(uso.connect("ollama/m", api_base=server.url), "user")
    with pytest.raises(BadReply, match="empty answer"):
        uso.preflight(scripted("")[0], "judge")


def test_a_longer_answer_than_may_be_is_an_error_at_once():
    with ollama("a " * 51_000) as server:
        lm = uso.connect("ollama/m", api_base=server.url)
        with pytest.raises(BadReply, match=r"101,999 characters, at most 100,000 .*longest_answer"):
            uso.UserSimulator("Rules.", lm)(scenario="s", history=[])
        wide = uso.connect("ollama/m", api_base=server.url, longest_answer=200_000)
        assert len(uso.UserSimulator("Rules.", wide)(scenario="s", history=[]).reply) == 101_999


@pytest.mark.parametrize("value", [0, -1, True, 1.5, "100"])
def test_the_longest_answer_is_a_number_of_characters(value):
    with pytest.raises(InputError, match="longest_answer is .*; expected a number of characters"):
        uso.connect("offline/user", longest_answer=value)


def test_a_saved_program_holds_neither_key_nor_password(tmp_path):
    lm = uso.connect(
        "openai/m",
        api_base="http://u:pw77@127.0.0.1:9/v1",
        api_key="sk-abcdefgh77",
        extra_headers={"Authorization": "Basic abc77"},
    )
    saved = (uso.UserSimulator("Rules.", lm), uso.RubricJudge(lm), uso.LMAgent(lm, "Be kind."))
    for number, module in enumerate(saved):
        module.save(tmp_path / f"{number}.json")
        assert "77" not in (tmp_path / f"{number}.json").read_text()
        assert "77" not in repr(module)


def test_no_message_holds_a_key_or_a_password():
    with pytest.raises(InputError) as caught:
        uso.connect("ollama://u:pw77@h/")
    assert "pw77" not in repr(caught.value)
    lm = uso.connect(
        "openai/m", api_base="http://u:pw77@127.0.0.1:9/v1", api_key="x", num_retries=0
    )
    with pytest.raises(UsersimError) as caught:
        uso.preflight(lm, "user")
    assert "pw77" not in str(caught.value)
