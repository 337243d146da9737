import json
import re
import warnings

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.customer.prompt import Prompt
from usersim_opt.results.card import unmeasured
from usersim_opt.results.export.modelfile import create_body, modelfile, read_scenario

MEASURED = {
    "sha256": "ab" * 32,
    "models": {
        "user": "ollama/qwen3.6:35b temperature=0.9 top_p=0.95 seed=6 max_tokens=200 think=False"
    },
    "num_ctx": 16384,
}


def commands(text):
    """(name, value) of each command, read as Ollama's parser does.

    It reads rune by rune; a value ends at the first line end where it is whole.
    """
    found, name, value, state = [], "", "", "nil"
    for rune in text:
        if state == "comment":
            state = "nil" if rune in "\r\n" else state
        elif state == "nil":
            state, name = (
                ("comment", "")
                if rune == "#"
                else (state, "")
                if rune in " \t\r\n"
                else ("name", rune)
            )
        elif state == "name":
            if rune in " \t":
                state, value = ("parameter" if name.lower() == "parameter" else "value"), ""
                name = "" if state == "parameter" else name.lower()
                assert name in ("", "from", "system", "template"), name
            else:
                assert rune.isalpha(), name
                name += rune
        elif state == "parameter":
            state, name = ("value", name) if rune in " \t" else (state, name + rune)
        elif rune in "\r\n" and unquoted(value) is not None:
            found.append((name, unquoted(value)))
            state = "nil"
        elif rune in "\r\n\t" or rune.isprintable():
            value += rune
    assert state in ("nil", "comment"), f"unfinished {name}"
    return found


def unquoted(value):
    value = value.strip(" \t\r\n")
    for quotes in ('"""', '"'):
        if value.startswith(quotes):
            whole = len(value) >= 2 * len(quotes) and value.endswith(quotes)
            return value[len(quotes) : -len(quotes)] if whole else None
    return value


TEXT = st.text(
    st.one_of(st.sampled_from("\"{}#\\ \t\r\n'`$%|é日🙂"), st.characters(codec="utf-8")),
    max_size=60,
)


@given(TEXT, TEXT)
@example('say """hello""" and {{ .System }}', "")
@example("abc", 'ends in """')
@example('"""', '"')
@example('""', '"\n""\n"x')
@example('one """\ntwo', "")
@example("a", '"""  \r\nb')
@example("zero\u200bwidth", "")
@example("#no\n# comment\nFROM x\nPARAMETER y z", "  trailing \n\n ")
def test_what_is_written_is_read_back_or_refused(text, scenario):
    prompt = Prompt("P" + text.replace("{scenario}", "") + " {scenario}.")
    filled = prompt.fill(scenario)
    try:
        written = modelfile(prompt, MEASURED, base_model="qwen3:4b", scenario=scenario)
    except InputError:
        early = re.search(r'"""[ \t]*[\r\n]', filled)
        assert early or any(not c.isprintable() and c not in "\t\r\n" for c in filled)
    else:
        assert commands(written)[0] == ("from", "qwen3:4b")
        assert commands(written)[-1] == ("system", filled)
    assert (
        json.loads(
            create_body(prompt, MEASURED, name="x", base_model="qwen3:4b", scenario=scenario)
        )["system"]
        == filled
    )


def test_the_measured_options_are_its_parameters_and_the_digest_is_named(base_prompt):
    written = modelfile(base_prompt, MEASURED, base_model="qwen3.6:35b")
    assert commands(written) == [
        ("from", "qwen3.6:35b"),
        ("temperature", "0.9"),
        ("top_p", "0.95"),
        ("num_predict", "200"),
        ("num_ctx", "16384"),
        ("system", base_prompt.fill("{scenario}")),
    ]
    assert f"# sha256 of the prompt: {MEASURED['sha256']}\n" in written
    assert 'send "think": false' in written
    assert commands(written)[-1][1].count("{scenario}") == 1


def test_stop_sequences_are_quoted_each_on_its_line():
    card = {
        "sha256": "ab" * 32,
        "models": {"user": """ollama/x stop=['a b=c', ' "x"', '\\n###']"""},
    }
    assert [
        v
        for name, v in commands(modelfile(Prompt("Be X."), card, base_model="x"))
        if name == "stop"
    ] == ["a b=c", ' "x"', "\n###"]


def test_a_filled_in_scenario_is_named_by_its_digest(base_prompt):
    written = modelfile(base_prompt, MEASURED, base_model="x", scenario="Your id is mia.")
    assert commands(written)[-1] == ("system", base_prompt.fill("Your id is mia."))
    assert "# sha256 of the filled-in scenario: " in written
    assert "{scenario}" not in written


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('Say """\nand go on', r'line that ends in """ \(line 1\)'),
        ("a\nnon\u00a0breaking", r"U\+00A0 \(line 2\)"),
        ("\U0001f468\u200d\U0001f469", r"U\+200D"),
    ],
)
def test_a_text_that_would_be_read_otherwise_is_refused_with_a_way_out(text, complaint, tmp_path):
    sim = uso.UserSimulator(text)
    with pytest.raises(InputError, match=f"{complaint}.*ends in .json"):
        uso.export_modelfile(sim, tmp_path / "Modelfile", base_model="x")
    assert list(tmp_path.iterdir()) == []
    body = json.loads(
        uso.export_modelfile(sim, tmp_path / "customer.json", base_model="x").read_text()
    )
    assert (body["model"], body["from"], body["system"]) == (
        "customer",
        "x",
        sim.prompt.fill("{scenario}"),
    )
    assert body["sha256"] == sim.prompt.sha256


def test_the_base_model_is_the_measured_one_unless_named(base_prompt, tmp_path):
    sim = uso.UserSimulator(base_prompt)
    card = {**MEASURED, **unmeasured(base_prompt), "models": MEASURED["models"]}
    assert commands(uso.export_modelfile(sim, tmp_path / "a", card=card).read_text())[0] == (
        "from",
        "qwen3.6:35b",
    )
    with pytest.warns(UserWarning, match=r"the model was ollama/qwen3\.6:35b, is ollama/qwen3:4b"):
        uso.export_modelfile(sim, tmp_path / "b", card=card, base_model="qwen3:4b")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        uso.export_modelfile(sim, tmp_path / "c", card=card, base_model="ollama/qwen3.6:35b")
    with pytest.raises(InputError, match="base_model is missing"):
        uso.export_modelfile(sim, tmp_path / "d")


@pytest.mark.parametrize("base", ["a b", "a\nSYSTEM x", 'a"', " ", "a#b"])
def test_a_base_model_that_is_no_name_is_refused(simulator, tmp_path, base):
    with pytest.raises(InputError, match="base_model is"):
        uso.export_modelfile(simulator, tmp_path / "Modelfile", base_model=base)


def test_a_tuned_prompt_says_first_that_stand_ins_were_used(tuned, tmp_path):
    with pytest.warns(UserWarning, match="the model was offline/user"):
        written = uso.export_modelfile(tuned, tmp_path / "Modelfile", base_model="x").read_text()
    assert written.startswith("# Made with offline stand-in models")


def test_the_context_length_of_the_model_at_hand_is_a_parameter(tuned, tmp_path):
    card = {
        "sha256": tuned.prompt.sha256,
        "models": {"user": "ollama/x temperature=1"},
        "num_ctx": 2048,
    }
    assert ("num_ctx", "2048") in commands(
        uso.export_modelfile(tuned, tmp_path / "M", card=card).read_text()
    )


def test_a_scenario_is_read_from_a_text_file(tmp_path):
    (tmp_path / "s.txt").write_bytes("\tPersona: é\n\n".encode())
    assert read_scenario(tmp_path / "s.txt") == "\tPersona: é"
    (tmp_path / "s.txt").write_bytes(b"\xff")
    with pytest.raises(InputError, match="byte 0 is not UTF-8"):
        read_scenario(tmp_path / "s.txt")
