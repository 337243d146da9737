import json
import warnings

import pytest

import usersim_opt as uso
from usersim_opt.models.naming import MeasuredAt, changes, model_name
from usersim_opt.results.card import warn_if_changed

AT = "ollama/qwen3.6:35b temperature=0.9 top_p=0.95 seed=6 think=False"


def test_what_model_name_tells_is_taken_apart():
    lm = uso.connect(
        "ollama/qwen3.6:35b", temperature=0.9, stop=["a b=c", "]"], seed=6, min_p=0.1, num_ctx=4096
    )
    found = MeasuredAt.parse(model_name(lm))
    assert found.model == "ollama/qwen3.6:35b"
    assert found.options == {
        "temperature": "0.9",
        "seed": "6",
        "stop": "['a b=c', ']']",
        "think": "False",
        "min_p": "0.1",
    }


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (AT, []),
        (AT.replace("seed=6", "seed=7"), []),
        (AT.replace(" seed=6", ""), []),
        (AT.replace("0.9 ", "0.7 "), ["temperature was 0.9, is 0.7"]),
        (AT.replace(" top_p=0.95", ""), ["top_p was 0.95, is not set"]),
        (AT + " min_p=0.1", ["min_p was not set, is 0.1"]),
        (AT.replace("35b", "4b"), ["the model was ollama/qwen3.6:35b, is ollama/qwen3.6:4b"]),
        (AT.replace("False", "True"), ["think was False, is True"]),
    ],
)
def test_a_change_is_named_and_a_seed_is_none(now, found):
    assert changes(AT, now) == found


def test_an_option_that_a_stand_in_is_run_without_is_no_change():
    at = "offline/user temperature=0.9"
    assert changes(at, "offline/user") == []
    assert changes(at, "offline/user temperature=0.7") == ["temperature was 0.9, is 0.7"]
    assert changes("offline/user", at) == ["temperature was not set, is 0.9"]
    assert changes("ollama/x", "offline/user") == ["the model was ollama/x, is offline/user"]


@pytest.fixture
def measured(simulator, tmp_path):
    file = uso.export_prompt(simulator, tmp_path / "p.txt")
    card = json.loads((tmp_path / "p.json").read_text())
    (tmp_path / "p.json").write_text(
        json.dumps(card | {"models": {"user": "offline/user temperature=0.9 seed=3"}})
    )
    return file


def test_another_temperature_asks_for_measuring_again(measured):
    prompt = uso.read_prompt(measured)
    with pytest.warns(
        UserWarning,
        match=r"p\.txt was measured with .*temperature was 0\.9, is 0\.7.*measure it again",
    ) as told:
        warn_if_changed(measured, prompt, uso.connect("offline/user", temperature=0.7))
    assert len(told) == 1


def test_a_prompt_that_was_changed_is_not_what_its_card_names(measured):
    measured.write_text(measured.read_text() + "\n- Be short.")
    with pytest.warns(UserWarning, match=r"is not the prompt that its card p\.json names"):
        warn_if_changed(
            measured, uso.read_prompt(measured), uso.connect("offline/user", temperature=0.9)
        )


def test_the_same_model_and_options_are_silent_and_so_is_a_prompt_without_a_card(
    measured, tmp_path
):
    prompt, lm = uso.read_prompt(measured), uso.connect("offline/user", temperature=0.9, seed=8)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_if_changed(measured, prompt, lm)
        warn_if_changed(tmp_path / "other.txt", prompt, lm)
        warn_if_changed(measured, prompt, None)
