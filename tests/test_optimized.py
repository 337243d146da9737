"""The prompts under optimized/airline: their form, what they may not hold, and their cards."""

import hashlib
import json
import re

import pytest

import usersim_opt as uso
from tests.conftest import AIRLINE, BASE_PROMPT
from usersim_opt.basics.figures import share_text
from usersim_opt.basics.text import fold
from usersim_opt.customer.prompt import PLACEHOLDER, normalise
from usersim_opt.scenarios.material import ScenarioSet, digest
from usersim_opt.tuning.guard import MAX_CHARACTERS, Guard

FOLDER = BASE_PROMPT.parent
CALIBRATED = FOLDER / "calibrated.txt"
PROMPTS = sorted(FOLDER.glob("*.txt"))
TURN_TYPES = (
    "First message",
    "When details are asked for",
    "When the agent's plan is right",
    "When the plan is wrong",
    "When the agent is right and you are not",
    "Secrets and questions that come too early",
    "When something goes wrong",
    "Ending",
)

each_prompt = pytest.mark.parametrize("file", PROMPTS, ids=lambda file: file.stem)


@pytest.fixture(scope="module")
def airline():
    """As it stands on the disk."""
    return uso.load_dataset(AIRLINE)


def runs_of_six(text):
    tokens = re.findall(r"[\w']+", fold(text))
    return set(zip(*(tokens[i:] for i in range(6)), strict=False))


def card_of(file):
    return json.loads(file.with_suffix(".json").read_text())


def texts_of(data):
    """Every story, turn, criterion and example reply of all three splits."""
    yield from (task.story for task in data.tasks.values())
    for scenario in data.scenarios.values():
        yield from (turn.text for turn in scenario.history)
        yield from (criterion.text for criterion in scenario.criteria)
        yield from scenario.examples.replies


def test_all_prompts_are_there():
    assert [file.name for file in PROMPTS] == ["base.txt", "brief.txt", "calibrated.txt"]


def test_the_brief_one_is_the_base_and_one_line_more():
    base, brief = (FOLDER.joinpath(name).read_text() for name in ("base.txt", "brief.txt"))
    more = [line for line in brief.splitlines() if line not in base.splitlines()]
    assert len(more) == 1
    assert brief.replace(f"{more[0]}\n", "") == base


@each_prompt
def test_a_prompt_is_in_the_normal_form(file):
    text = file.read_bytes().decode()
    assert normalise(text) == text
    assert len(text) <= MAX_CHARACTERS
    assert text.endswith(f"<scenario>\n{PLACEHOLDER}\n</scenario>")
    assert all(token in text for token in ("###STOP###", "###TRANSFER###"))


@each_prompt
def test_the_guard_has_no_objection(file, airline, base_prompt):
    train = ScenarioSet.of(airline.train, name="trainset")
    guard = Guard.of(train.tasks.values(), train.scenarios.values(), base_prompt)
    assert guard.objections(uso.read_prompt(file)) == []


def test_no_six_words_in_a_row_stand_in_the_data_set(airline):
    known = set().union(*map(runs_of_six, texts_of(airline)))
    assert len(known) > 10_000
    assert {file.name: runs_of_six(file.read_text()) & known for file in PROMPTS} == {
        file.name: set() for file in PROMPTS
    }


@each_prompt
def test_a_card_names_the_bytes_it_is_about(file):
    card = card_of(file)
    assert card["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (card["characters"], card["pieces"]) == (
        len(file.read_text()),
        len(uso.read_prompt(file).pieces),
    )


def test_the_figures_are_those_of_the_stand_ins_and_say_so(airline, metric):
    """They hold for the data set and the stand-ins of this checkout.

    After a change to either, measure anew and mend the cards.
    """
    user = uso.connect("offline/user", temperature=0.9)
    sims = [uso.UserSimulator(uso.read_prompt(file), user) for file in (BASE_PROMPT, CALIBRATED)]
    measured = uso.compare(*sims, airline.smoke, metric, seeds=6)
    for file, side in ((BASE_PROMPT, measured.old), (CALIBRATED, measured.new)):
        card = card_of(file)
        assert card["pass_rate_on_smoke"] == pytest.approx(side.pass_rate.mean, abs=1e-4)
        assert card["offline"] is True
        assert "say nothing about real models" in card["note"]
    compared = card_of(CALIBRATED)["compared_with_seed"]
    assert compared["seed_sha256"] == card_of(BASE_PROMPT)["sha256"]
    assert compared["gain"] == pytest.approx(measured.difference.gain.mean, abs=1e-4)


def test_the_cards_have_the_figures_of_the_recorded_replies(airline):
    examples = [*airline.train, *airline.smoke]
    replies = uso.read_replies(AIRLINE / "replies.jsonl")
    graded = uso.grade_replies(replies, examples, uso.RubricMetric()).by_version
    data = digest(ScenarioSet.of(examples, name="airline"))
    for file in PROMPTS:
        recorded = card_of(file)["recorded"]
        rate = graded[file.stem].pass_rate
        assert recorded["pass_rate"] == pytest.approx(rate.mean, abs=1e-4)
        assert recorded["pass_rate_interval"] == pytest.approx([rate.low, rate.high], abs=1e-4)
        assert (recorded["scenarios"], recorded["data_sha256"]) == (len(examples), data)


def test_the_readme_has_the_figures_of_the_cards():
    readme = (FOLDER / "README.md").read_text()
    for file in PROMPTS:
        card = card_of(file)
        rates = (card["recorded"]["pass_rate"], card["pass_rate_on_smoke"])
        shown = " | ".join(share_text(rate) for rate in rates)
        assert f"| {card['characters']:,} | {card['pieces']} | {shown} |" in readme


def test_the_calibrated_prompt_is_organised_by_turn_type():
    pieces = uso.read_prompt(CALIBRATED).pieces
    assert set(TURN_TYPES) <= {piece.section for piece in pieces}
    assert len(pieces) >= 25
    assert len({piece.id for piece in pieces}) == len(pieces)
    assert all(piece.text.startswith("- ") for piece in pieces if piece.section), (
        "one bullet, one piece"
    )
