import dspy
import pytest
from helpers import scripted
from ollama_server import ollama

import usersim_opt as uso
from usersim_opt.basics.errors import BadReply, InputError, ModelError, Unreachable


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
