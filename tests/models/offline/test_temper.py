"""What the stand-in makes of traits: they show as often as they say, and other manner does not."""

import pytest
from conftest import BASE_PROMPT

import usersim_opt as uso
from usersim_opt.customer.difficulty import DIFFICULTIES, difficulty
from usersim_opt.customer.manner import AXES, LEVELS
from usersim_opt.customer.steering import steered
from usersim_opt.models.offline.temper import temper_of
from usersim_opt.realism.notation import pattern_of
from usersim_opt.tau.traits import TRAITS, traits_of

STORY = (
    "You are Mia Kim, your user id is mia_kim_4410. You want to move flight K3VQ8T to June 13. "
    "Only if June 13 is full do you take June 14."
)
ASKED = [
    {"role": "agent", "content": "Hi! How can I help you today?"},
    {"role": "customer", "content": "move my flight K3VQ8T to june 13"},
    {"role": "agent", "content": "Could you give me your user id?"},
]
CHANCES = {"low": 0.25, "medium": 0.5, "high": 0.9}
NAMES = [*TRAITS.traits, "persona easy", "persona hard"]


@pytest.mark.parametrize("level", CHANCES)
@pytest.mark.parametrize("trait", TRAITS.traits)
def test_each_sentence_is_read_as_its_trait_and_level(trait, level):
    assert temper_of(traits_of(f"{trait}={level}").text) == {trait: CHANCES[level]}


def test_personas_and_mixes_are_read_too():
    text = traits_of("confusion=low,skepticism=high,persona=hard").text
    assert temper_of(text) == {"persona hard": 0.5, "confusion": 0.25, "skepticism": 0.9}
    assert temper_of(traits_of("persona=easy").text) == {"persona easy": 0.5}


def test_no_other_manner_is_taken_for_a_trait():
    for name in AXES.names:
        for level in range(LEVELS):
            assert temper_of(AXES.text({name: level})) == {}
    for setting in DIFFICULTIES:
        hard = difficulty(setting)
        assert temper_of("\n- ".join([hard.text, *hard.sentences])) == {}


def replies(story, seeds=30):
    sim = uso.UserSimulator(uso.read_prompt(BASE_PROMPT), uso.connect("offline/user"))
    return [
        sim(scenario=story, history=ASKED, config={"seed": seed}).reply for seed in range(seeds)
    ]


def share(texts, name):
    seen = traits_of(f"{name}=low" if " " not in name else name.replace(" ", "=")).seen[name]
    pattern = pattern_of(seen.signs)
    return sum(bool(pattern.search(text.lower())) for text in texts) / len(texts)


@pytest.mark.parametrize("name", NAMES)
def test_a_trait_shows_by_its_signs_and_more_so_at_its_high_level(name):
    if name.startswith("persona"):
        shown = [share(replies(steered(STORY, traits_of(name.replace(" ", "=")).text)), name)]
    else:
        texts = [steered(STORY, traits_of(f"{name}={level}").text) for level in ("low", "high")]
        shown = [share(replies(text), name) for text in texts]
        assert shown[1] > shown[0] + 0.3
    assert shown[-1] > share(replies(STORY), name) + 0.2
    assert all("mia_kim" in reply.lower() for reply in replies(texts[1] if shown[1:] else STORY))
