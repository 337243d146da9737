import json
import re

import pytest
from conftest import BASE_PROMPT

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import points, rounded
from usersim_opt.customer.prompt import Prompt
from usersim_opt.results.card import card_beside, card_of, is_card, names, read_card, unmeasured
from usersim_opt.results.card_page import cell, markdown

AIRLINE_PROMPTS = BASE_PROMPT.parent


def test_the_card_of_another_prompt_is_that_of_an_unmeasured_one(tuned):
    other = tuned.with_prompt(tuned.prompt.text + "\n- Mention the weather.")
    assert other.result is not None
    assert card_of(other) == unmeasured(other.prompt)


def test_figures_are_those_of_the_prompt_they_stand_by(tuned):
    result = tuned.result
    seed_sha = result.seed.sha256
    cards = {
        sha: card_of(
            tuned.with_prompt(next(v.text for v in result.versions.values() if v.sha256 == sha))
        )
        for sha in (seed_sha, tuned.prompt.sha256)
    }
    assert cards[seed_sha]["pass_rate_on_smoke"] == rounded(result.base_smoke.pass_rate.mean)
    own = cards[tuned.prompt.sha256]
    assert own["pass_rate_on_smoke"] == rounded(result.best_smoke.pass_rate.mean)
    assert seed_sha != tuned.prompt.sha256
    assert cards[seed_sha]["replies"] == len(result.base_smoke.outcomes)
    assert "It is the seed prompt" in markdown(cards[seed_sha], "p.txt", use="")


@pytest.mark.parametrize("share", [0.31249, 0.31250, 0.31251, 0.2468499, 0.2468501, -0.0004999])
def test_a_figure_is_shown_alike_before_and_after_it_was_in_a_card(share):
    assert points(rounded(share)) == points(share)


def test_the_page_says_first_that_stand_ins_were_used(tuned):
    card = card_of(tuned)
    page = markdown(card, "p.txt", use="Read it.")
    title, first, *_ = page.split("\n\n")
    assert title == "# Prompt card: p.txt"
    assert first == f"**{card['note']}**"
    gain = card["compared_with_seed"]
    assert (
        f"{100 * gain['gain']:+.1f} points [{100 * gain['low']:+.1f}, {100 * gain['high']:+.1f}]"
        in page
    )
    assert f"{card['scenarios']} scenarios of 10 tasks, {card['replies']} replies" in page
    assert "offline/user temperature=0.9" in page
    assert "Any real model" in page
    assert page.endswith("Read it.\n")


@pytest.mark.parametrize(
    "value",
    [
        "a|b",
        "a\nb | c",
        "<script>alert(1)</script>",
        "`x`",
        "[x](http://y)",
        "*x*",
        "a\\|b",
        "_x_",
        "\u2028|",
    ],
)
def test_nothing_breaks_out_of_a_table_cell(value):
    page = markdown({"sha256": "0", "characters": 1, "models": {"user": value}}, "p.txt", use="")
    (row,) = [line for line in page.splitlines() if line.startswith("| user model")]
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 3
    assert "<" not in row
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*\[]", row)


def test_names_of_options_stay_readable():
    assert cell("ollama/qwen3.6:35b top_p=0.95") == "ollama/qwen3.6:35b top_p=0.95"


def test_a_card_is_read_back(tuned, tmp_path):
    file = uso.export_prompt(tuned, tmp_path / "p.txt")
    card = read_card(file)
    assert card == json.loads(json.dumps(card_of(tuned)))
    assert names(card, uso.read_prompt(file))


def test_a_card_names_what_its_run_cost_by_role(tuned):
    card = card_of(tuned)
    assert card["calls"] == dict(tuned.result.calls)
    assert card["tokens"] == dict(tuned.result.tokens)
    assert set(card["calls"]) == set(card["tokens"]) == {"user", "judge", "proposer"}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"tokens": 103_714, "calls": {"user": 94, "judge": 94, "proposer": 12}},
        {"compared_with_seed": None, "pass_rate_on_smoke": 0.69},
        {
            "pass_rate_on_smoke": 0.8234,
            "compared_with_seed": {
                "seed_sha256": "0" * 64,
                "gain": 0.1342,
                "low": 0.0912,
                "high": 0.1795,
                "scenarios": 25,
                "tasks": 5,
            },
        },
    ],
    ids=["bytes and models", "tokens as one number", "a seed by hand", "a candidate by hand"],
)
def test_cards_of_earlier_versions_and_by_hand_are_read_and_written_anew(tmp_path, more):
    prompt = Prompt("You are a customer.")
    card = {"sha256": prompt.sha256, "models": {"user": "a/b temperature=1"}} | more
    (tmp_path / "p.json").write_text(json.dumps(card))
    assert card_beside(tmp_path / "p.txt", prompt) == card
    file = uso.export_tau2(uso.UserSimulator(prompt), tmp_path / "g.txt", card=card)
    assert read_card(file) == card
    gains = "Gain over the seed prompt: +13.4 points [+9.1, +18.0] on 25 scenarios of 5 tasks"
    assert (gains in (tmp_path / "g.md").read_text()) == bool(more.get("compared_with_seed"))


@pytest.mark.parametrize("name", ["base", "calibrated"])
def test_the_prompts_that_ship_can_be_exported_with_their_cards(tmp_path, name):
    source = AIRLINE_PROMPTS / f"{name}.txt"
    prompt = uso.read_prompt(source)
    sim, card = uso.UserSimulator(prompt), card_beside(source, prompt)
    uso.export_tau2(sim, tmp_path / "g.txt", card=card)
    assert "What it is worth" in (tmp_path / "g.md").read_text()


def test_json_that_is_no_card_is_none_and_broken_json_an_error(tmp_path):
    file = tmp_path / "p.txt"
    assert read_card(file) is None
    (tmp_path / "p.json").write_text('{"name": "x"}')
    assert read_card(file) is None
    assert not is_card({"sha256": "0", "models": {"user": 3}})
    (tmp_path / "p.json").write_text("{")
    with pytest.raises(InputError, match=r"p\.json: is no JSON"):
        read_card(file)


def test_the_card_beside_a_file_must_be_its_own(tmp_path, base_prompt):
    file = tmp_path / "p.txt"
    assert card_beside(file, base_prompt) == unmeasured(base_prompt)
    (tmp_path / "p.json").write_text(
        json.dumps({"sha256": base_prompt.sha256, "models": {"user": "a/b"}})
    )
    assert card_beside(file, base_prompt)["models"] == {"user": "a/b"}
    with pytest.raises(InputError, match="was changed since it was measured"):
        card_beside(file, Prompt("Another one."))
