"""Our model strings as litellm wants them, and what of them may be saved."""

import json

import dspy
import pytest

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.models.litellm_model import litellm_model, litellm_model_named
from usersim_opt.models.naming import model_name


def test_ollama_is_asked_for_a_chat_with_all_its_options():
    lm = uso.connect("ollama://gpu-a,gpu-b/q:35b", temperature=0.9, top_p=0.95, num_ctx=16384)
    model = litellm_model(lm)
    assert model.model == "ollama_chat/q:35b"
    assert model.sent == {
        "api_base": "http://gpu-a:11434",
        "temperature": 0.9,
        "top_p": 0.95,
        "num_ctx": 16384,
        "think": False,
    }
    assert json.loads(model.json) == model.sent


def test_any_other_model_stays_and_its_key_is_sent_but_not_shown():
    lm = dspy.LM("openai/m", api_key="sk-1", api_base="http://a/v1", temperature=0.5)
    model = litellm_model(lm)
    assert (model.model, model.sent["api_key"]) == ("openai/m", "sk-1")
    assert model.args["temperature"] == 0.5
    assert "sk-1" not in f"{model} {model.json} {model.name}"


def test_a_stand_in_has_no_server():
    with pytest.raises(InputError, match="stand-in without a server"):
        litellm_model(uso.connect("offline/user"))


def test_a_card_s_name_gives_the_same_model():
    lm = uso.connect("ollama/q:35b", temperature=0.9, top_k=20, num_ctx=16384)
    named = litellm_model_named(model_name(lm), num_ctx=16384)
    assert (named.model, named.sent) == (litellm_model(lm).model, litellm_model(lm).sent)
    plain = litellm_model_named("openai/m temperature=0.5")
    assert (plain.model, plain.sent) == ("openai/m", {"temperature": 0.5})
