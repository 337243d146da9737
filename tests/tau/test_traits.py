"""Traits of a customer: their names, their text, and the prompts that hold them."""

import pytest
from conftest import BASE_PROMPT

import usersim_opt as uso
from usersim_opt.basics.errors import DatasetError, InputError
from usersim_opt.customer.prompt import TAU2_TAIL
from usersim_opt.customer.steering import check_steering, steered
from usersim_opt.scenarios.records import Task
from usersim_opt.tau.traits import LEVELS, TRAITS, each_trait, trait_prompts, traits_of, with_traits
from usersim_opt.tau.users import tools_section, with_tools

BOTH = traits_of("impatience=high, skepticism=low")
STORY = "Instructions:\n\tYou are {nobody} and want flight K3VQ8T."
TASK = Task(id="001", domain="airline", source="test", story=STORY)
PROMPTS = {
    "base": uso.read_prompt(BASE_PROMPT).text,
    "without a place": "Be a customer.",
    "a place within": "Before {scenario} behind.",
    "tau2's tags": f"Be a customer.{TAU2_TAIL}",
}


def test_traits_are_named_and_say_their_level():
    assert BOTH.levels == {"impatience": "high", "skepticism": "low"}
    assert BOTH.label == "impatience high, skepticism low"
    assert BOTH.name == f"traits({BOTH.label}; table {TRAITS.digest})"
    heading, *lines = BOTH.text.splitlines()
    assert heading == TRAITS.heading
    assert lines == [
        f"- {TRAITS.traits['impatience'].high}",
        f"- {TRAITS.traits['skepticism'].low}",
    ]


def test_a_persona_goes_alone_or_with_traits():
    assert traits_of("persona=hard").label == "persona hard"
    mixed = traits_of("confusion=low,persona=hard")
    assert mixed.label == "confusion low, persona hard"
    assert TRAITS.personas["hard"].text in mixed.text
    assert list(mixed.seen) == ["confusion", "persona hard"]


def test_they_steer_every_turn_by_the_same_text():
    check_steering(BOTH)
    turns = [{"role": "agent", "content": "Hi!"}]
    assert BOTH(TASK, turns, seed=1) == BOTH(TASK, turns * 3, seed=2) == BOTH.text


@pytest.mark.parametrize("text", PROMPTS.values(), ids=PROMPTS)
def test_a_prompt_with_traits_is_the_prompt_with_a_steered_story(text):
    expected = uso.Prompt(text).fill(steered(STORY, BOTH.text))
    assert with_traits(text, BOTH).fill(STORY) == expected


@pytest.mark.parametrize("text", PROMPTS.values(), ids=PROMPTS)
def test_the_section_on_tools_stands_where_it_stood(text):
    with_both = with_tools(with_traits(text, BOTH)).fill(STORY)
    if uso.Prompt(text).text.endswith(TAU2_TAIL) or "{scenario}" in text:
        assert with_both == with_tools(text).fill(steered(STORY, BOTH.text))
    assert with_both.count(tools_section()) == 1


def test_no_sentence_holds_a_figure_or_says_what_to_tell():
    for trait in TRAITS.traits.values():
        for level in LEVELS:
            sentence = getattr(trait, level).lower()
            assert not any(character.isdigit() for character in sentence)
            assert not {"tell", "give", "reveal", "withhold", "information"} & set(sentence.split())


def test_the_line_without_traits_stands_first():
    prompts = trait_prompts("Be a customer.", each_trait("low"))
    assert list(prompts) == [
        "none",
        "skepticism low",
        "confusion low",
        "impatience low",
        "incoherence low",
    ]
    assert prompts["none"] == uso.Prompt("Be a customer.")
    assert len({prompt.sha256 for prompt in prompts.values()}) == 5


WRONG = {
    "trait": ("anger=high", "trait 'anger': there is none; there are skepticism, confusion"),
    "level": ("impatience=huge", "level of impatience 'huge'"),
    "persona": ("persona=old", "persona 'old': there is none; there are easy, hard"),
    "form": ("impatience", "expected such as impatience=high"),
    "twice": ("impatience=high,impatience=low", "each of them once"),
    "nothing": ("persona=", "no trait is given"),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_wrong_traits_are_refused_in_words(text, message):
    with pytest.raises(InputError, match=message):
        traits_of(text)


def test_the_same_traits_twice_are_no_two_columns():
    with pytest.raises(InputError, match="2 traits are given, 1 of them different"):
        trait_prompts("Be a customer.", [BOTH, BOTH])


TABLE = """
heading: How you talk here.
traits:
  haste: {low: So., medium: Quite so., high: Very much so., signs: [now], features: []}
personas: {}
facts: {early: 2, margins: {told_early: 0.2}}
"""


def test_a_table_of_yours_takes_the_place_of_ours(tmp_path):
    file = tmp_path / "traits.yaml"
    file.write_text(TABLE)
    mine = uso.tau.read_traits(file)
    assert traits_of("haste=medium", mine).text == "How you talk here.\n- Quite so."
    assert traits_of("haste=medium", mine).name != BOTH.name
    file.write_text(TABLE.replace("high: Very much so., ", ""))
    with pytest.raises(DatasetError, match="high"):
        uso.tau.read_traits(file)
