"""One table of sampling options, and what is derived from it."""

from dataclasses import fields

import pytest
from dspy import lm15
from ollama_server import ollama

import usersim_opt as uso
from usersim_opt.basics.asking import engine_of
from usersim_opt.basics.errors import InputError
from usersim_opt.models.naming import model_name
from usersim_opt.models.sampling import (
    IN_REQUEST,
    IN_REQUEST_NAMES,
    MACHINE_NAMES,
    MODELFILE_PARAMETERS,
    NAMED,
    OF_ENGINE,
    OF_ENGINE_NAMES,
    OPTIONS,
    RENAMED,
)

VALUES = {"number": 0.5, "whole": 64, "switch": True, "texts": ["stop"]}


def values(options):
    return {option.name: VALUES[option.kind] for option in options}


def test_each_option_stands_once_and_has_one_carrier():
    names = [option.name for option in OPTIONS]
    assert len(set(names)) == len(names)
    assert not set(IN_REQUEST_NAMES) & set(OF_ENGINE_NAMES)
    assert set(IN_REQUEST_NAMES) <= set(NAMED)
    assert set(MACHINE_NAMES) <= set(OF_ENGINE_NAMES)


def test_dspy_knows_every_option_that_it_carries():
    assert set(IN_REQUEST_NAMES) <= {field.name for field in fields(lm15.Config)}


def test_every_option_reaches_ollama_by_its_name_there():
    options = values(IN_REQUEST) | values(OF_ENGINE)
    with ollama("fine") as server:
        uso.connect("ollama/m", api_base=server.url, **options)("hi")
    (body,) = server.bodies
    expected = {RENAMED.get(name, name): value for name, value in options.items()}
    assert body["options"] == expected


def test_a_model_s_name_tells_the_options_that_shape_an_answer_and_none_of_the_machine():
    lm = uso.connect("ollama/m", **(values(IN_REQUEST) | values(OF_ENGINE)))
    name = model_name(lm)
    for option in (*IN_REQUEST, *OF_ENGINE):
        assert (f" {option.name}=" in name) is (option.name not in MACHINE_NAMES), option.name


def test_a_modelfile_has_each_parameter_once_and_in_order():
    places = sorted(option.parameter for option in OPTIONS if option.parameter)
    assert places == list(range(1, len(places) + 1))
    assert MODELFILE_PARAMETERS[:3] == ("temperature", "top_p", "top_k")
    assert MODELFILE_PARAMETERS[-1] == "stop"
    assert {"num_ctx", "num_predict"} <= set(MODELFILE_PARAMETERS)
    assert not {"seed", "num_gpu", "mirostat", "max_tokens"} & set(MODELFILE_PARAMETERS)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"temperature": "hot"}, "option temperature is 'hot'; expected a number"),
        ({"temperature": True}, "option temperature is True; expected a number"),
        ({"top_p": float("nan")}, "option top_p is nan; expected a number"),
        ({"top_k": 1.5}, "option top_k is 1.5; expected a whole number"),
        ({"seed": "6"}, "option seed is '6'; expected a whole number"),
        ({"max_tokens": 0}, "option max_tokens is 0; expected 1 or more"),
        ({"num_ctx": "many"}, "option num_ctx is 'many'; expected a whole number"),
        ({"num_ctx": 4096.5}, "option num_ctx is 4096.5; expected a whole number"),
        ({"num_ctx": None}, "option num_ctx is None; expected a whole number"),
        ({"min_p": float("inf")}, "option min_p is inf; expected a number"),
        ({"use_mmap": 1}, "option use_mmap is 1; expected True or False"),
        ({"numctx": 1}, "option 'numctx' is unknown to Ollama; expected one of num_ctx, num_batch"),
        ({"max_completion_tokens": 5}, "'max_completion_tokens' is unknown to Ollama"),
        ({"timeout": True}, "timeout is True; expected a number"),
        ({"retry": 3}, r"retry is 3; expected a Retry or None, such as Retry\(attempts=5\)"),
    ],
)
def test_a_value_of_another_kind_is_named(options, complaint):
    with pytest.raises(InputError, match=complaint):
        uso.connect("ollama/m", **options)


@pytest.mark.parametrize("seed", [0, -1, 10**400])
def test_any_whole_number_is_one(seed):
    assert uso.connect("ollama/m", seed=seed, num_gpu=-1).kwargs["seed"] == seed


def test_an_option_of_none_is_not_set():
    assert "temperature" not in model_name(uso.connect("ollama/m", temperature=None))


def test_the_engine_of_a_model_is_the_one_that_it_was_made_with():
    assert engine_of(uso.connect("ollama/m", num_ctx=99)).options == {"num_ctx": 99}
    assert isinstance(engine_of(uso.connect("openai/m", api_key="k")), str)
    assert engine_of(None) is None
