import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import usersim_opt as uso
from usersim_opt.basics.errors import InputError, PromptError
from usersim_opt.basics.text import sha256
from usersim_opt.customer.prompt import TAU2_TAIL, Prompt
from usersim_opt.results.export.tau2_guideline import guideline


def sent_by_tau2(file_text, scenario):
    """tau2's system message: a template, stripped, with file and scenario formatted in once."""
    template = "\n{guidelines}\n\n<scenario>\n{instructions}\n</scenario>\n".strip()
    return template.format(guidelines=file_text, instructions=scenario)


TEXT = st.text(st.sampled_from('ab {}<>\n"/é#'), max_size=40)


@given(TEXT, TEXT, st.booleans())
def test_tau2_sends_what_was_measured(text, scenario, ends_in_place):
    try:
        prompt = Prompt("P" + text + (TAU2_TAIL if ends_in_place else ""))
    except PromptError:
        return
    assert sent_by_tau2(guideline(prompt), scenario) == prompt.fill(scenario)


def test_the_file_is_the_prompt_and_its_cards_name_it(base_prompt, tmp_path):
    plain = uso.UserSimulator(uso.Prompt("Be a customer.\n\n  - Use {braces}."))
    file = uso.export_tau2(plain, tmp_path / "simulation_guidelines.md")
    assert file.read_bytes() == plain.prompt.text.encode()
    card = json.loads((tmp_path / "simulation_guidelines.md.json").read_text())
    assert card["sha256"] == plain.prompt.sha256
    assert (
        "simulation_guidelines_tools.md" in (tmp_path / "simulation_guidelines.card.md").read_text()
    )


def test_a_prompt_that_ends_in_tau2_s_tags_loses_them_and_the_card_names_both(tmp_path):
    sim = uso.UserSimulator("Be a customer." + TAU2_TAIL)
    file = uso.export_tau2(sim, tmp_path / "g.txt")
    assert file.read_text() == "Be a customer."
    card = json.loads((tmp_path / "g.json").read_text())
    assert (card["sha256"], card["file_sha256"]) == (sim.prompt.sha256, sha256("Be a customer."))
    assert card["file_sha256"] in (tmp_path / "g.md").read_text()


@pytest.mark.parametrize(
    "text",
    [
        "Story: {scenario}\nPlay it.",
        "Play.\n<scenario>\n{scenario}\n</scenario>",
        "Play.\n\n<scenario>\n{scenario}\n</scenario>\n.",
    ],
)
def test_a_place_that_tau2_does_not_know_is_refused(text, tmp_path):
    with pytest.raises(
        InputError, match=r"another system message than was measured.*system_prompt"
    ):
        uso.export_tau2(uso.UserSimulator(text), tmp_path / "g.txt")
    assert list(tmp_path.iterdir()) == []


def page_of(card_model, text, tmp_path, **more):
    """The card's page beside the guideline of a prompt that was measured with a model."""
    prompt = Prompt(text)
    card = {"sha256": prompt.sha256, "models": {"user": card_model}, **more}
    file = uso.export_tau2(uso.UserSimulator(prompt), tmp_path / "g.txt", card=card)
    return file.with_suffix(".md").read_text()


def test_the_card_names_the_model_as_tau2_has_to_call_it(tmp_path):
    page = page_of("ollama/q:35b temperature=0.9 think=False", "Play.", tmp_path, num_ctx=16384)
    assert "--user-llm ollama_chat/q:35b " in page
    assert '"temperature": 0.9, "think": false, "num_ctx": 16384' in page
    assert "As measured" not in page_of("offline/user", "Play.", tmp_path)


def test_the_card_warns_of_domains_with_tools_unless_the_prompt_speaks_of_them(tmp_path):
    warning = "This prompt says nothing of tools"
    assert warning in page_of("openai/m", "Play.", tmp_path)
    assert warning not in page_of("openai/m", "Play. Use your tools.", tmp_path)


def test_tau2_s_own_file_is_kept_once(tmp_path):
    file = tmp_path / "simulation_guidelines.md"
    copy = tmp_path / "simulation_guidelines.md.original"
    file.write_text("tau2's own\n")
    for text in ("Play.", "Play well."):
        uso.export_tau2(uso.UserSimulator(text), file)
        assert (file.read_text(), copy.read_text()) == (text, "tau2's own\n")


def test_a_file_of_ours_is_not_kept(tmp_path):
    file = tmp_path / "simulation_guidelines.md"
    for text in ("Play.", "Play well."):
        uso.export_tau2(uso.UserSimulator(text), file)
    assert not (tmp_path / "simulation_guidelines.md.original").exists()
