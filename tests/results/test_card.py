import json
import re

import pytest

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.customer.prompt import Prompt
from usersim_opt.results.card import (
    card_beside,
    card_of,
    cell,
    is_card,
    markdown,
    names,
    read_card,
    unmeasured,
)


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
    assert cards[seed_sha]["pass_rate_on_smoke"] == round(result.base_smoke.pass_rate.mean, 4)
    assert cards[tuned.prompt.sha256]["pass_rate_on_smoke"] == round(
        result.best_smoke.pass_rate.mean, 4
    )
    assert seed_sha != tuned.prompt.sha256
    assert cards[seed_sha]["replies"] == len(result.base_smoke.outcomes)
    assert "It is the seed prompt" in markdown(cards[seed_sha], "p.txt", use="")


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
    assert f"{card['scenarios']} scenarios of 5 tasks, {card['replies']} replies" in page
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


def test_json_that_is_no_card_is_none_and_broken_json_an_error(tmp_path):
    file = tmp_path / "p.txt"
    assert read_card(file) is None
    (tmp_path / "p.json").write_text('{"name": "x"}')
    assert read_card(file) is None
    assert not is_card({"sha256": "0", "models": {"user": 3}})
    (tmp_path / "p.json").write_text("{")
    with pytest.raises(InputError, match=r"p\.json: cannot be read as a card"):
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
