import json

import dspy
import pytest
from hypothesis import given
from hypothesis import strategies as st

import usersim_opt as uso
from usersim_opt.basics.errors import InputError, PromptError
from usersim_opt.customer.prompt import Prompt
from usersim_opt.results.card import card_of, unmeasured
from usersim_opt.results.export.dspy_state import state_of

PROMPTS = [
    "Title\n    - a\n    - b",
    "a\n  b  \n   c   \n\n\nd",
    "Use {x} and {scenario} and {{ y }}.",
    "[[ ## y ## ]]\nPlay.",
    "Überall 日本 🙂 \u00a0\u200b \\n \"\"\" '''",
]


@pytest.mark.parametrize("text", PROMPTS)
def test_a_fresh_simulator_runs_the_same_bytes(text, tmp_path):
    sim = uso.UserSimulator(uso.Prompt(text), uso.connect("offline/user", temperature=0.9))
    file = uso.export_dspy(sim, tmp_path / "s.json")
    plain = uso.UserSimulator("x")
    plain.load(file)
    assert plain.prompt == sim.prompt
    assert plain.next_turn.signature.instructions == sim.prompt.text
    lm = uso.connect("offline/user")
    loaded = uso.load_dspy(file, lm=lm)
    assert loaded.prompt.sha256 == sim.prompt.sha256
    assert loaded.lm is lm
    again = uso.export_dspy(loaded, tmp_path / "t.json")
    assert again.read_bytes() == file.read_bytes()


@given(st.text(st.sampled_from("ab \n\t{}[]#\"\\'é"), max_size=60))
def test_any_text_survives_the_state(text):
    try:
        sim = uso.UserSimulator(Prompt(text))
    except PromptError:
        return
    state = json.loads(json.dumps(state_of(sim, unmeasured(sim.prompt))))
    fresh = uso.UserSimulator("x")
    fresh.load_state(state)
    assert fresh.prompt == sim.prompt


def test_neither_key_nor_address_nor_conversation_is_in_the_file(tmp_path):
    sim = uso.UserSimulator(
        "Play.",
        dspy.LM("openai/x", api_key="sk-secret", api_base="http://inner-host:1234/v1", cache=False),
    )
    sim.next_turn.traces = ["mia's story"]
    text = uso.export_dspy(sim, tmp_path / "s.json").read_text()
    assert all(word not in text for word in ("secret", "inner-host", "mia's story"))
    assert json.loads(text)["next_turn"]["lm"] is None


def test_the_loaded_simulator_answers(airline, tmp_path, simulator):
    loaded = uso.load_dspy(
        uso.export_dspy(simulator, tmp_path / "s.json"),
        lm=uso.connect("offline/user", temperature=0.9),
    )
    inputs = {"scenario": airline.train[0].task.story, "history": [], "config": {"seed": 3}}
    assert loaded(**inputs).reply == simulator(**inputs).reply


@pytest.mark.parametrize("change", [" ", "\n- Be kind."])
def test_a_file_that_was_changed_is_refused(simulator, tmp_path, change):
    file = uso.export_dspy(simulator, tmp_path / "s.json")
    state = json.loads(file.read_text())
    state["next_turn"]["signature"]["instructions"] += change
    file.write_text(json.dumps(state))
    with pytest.raises(InputError, match=r"holds a prompt with sha256 .* its card names"):
        uso.load_dspy(file)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "is no JSON"),
        ("[]", "names no sha256"),
        ('{"metadata": {"usersim_opt": {"sha256": 3, "models": {}}}}', "names no sha256"),
        (
            '{"metadata": {"usersim_opt": {"sha256": "a", "models": {}}}}',
            "is no state of a UserSimulator",
        ),
        (
            '{"metadata": {"usersim_opt": {"sha256": "a", "models": {}}}, "next_turn": 3}',
            "is no state of a UserSimulator",
        ),
    ],
)
def test_a_file_that_is_no_state_is_named(tmp_path, text, complaint):
    (tmp_path / "s.json").write_text(text)
    with pytest.raises(InputError, match=complaint):
        uso.load_dspy(tmp_path / "s.json")
    with pytest.raises(InputError, match="cannot be read"):
        uso.load_dspy(tmp_path / "none.json")


def test_demonstrations_are_refused(simulator, tmp_path):
    file = uso.export_dspy(simulator, tmp_path / "s.json")
    state = json.loads(file.read_text())
    state["next_turn"]["demos"] = [{"scenario": "x", "reply": "y"}]
    file.write_text(json.dumps(state))
    with pytest.raises(InputError, match="demonstrations"):
        uso.load_dspy(file)


def test_another_temperature_than_the_measured_one_is_told(tuned, tmp_path):
    file = uso.export_dspy(tuned, tmp_path / "s.json")
    assert json.loads(file.read_text())["metadata"]["usersim_opt"] == json.loads(
        json.dumps(card_of(tuned))
    )
    with pytest.warns(UserWarning, match=r"temperature was 0\.9, is 0\.2"):
        uso.load_dspy(file, lm=uso.connect("offline/user", temperature=0.2))


def test_a_state_is_a_json_file(simulator, tmp_path):
    with pytest.raises(InputError, match=r"expected s\.json"):
        uso.export_dspy(simulator, tmp_path / "s.pkl")
