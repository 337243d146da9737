"""What the stand-in makes of text that steers it: only its manner changes, and nothing is told."""

import statistics

import pytest
from conftest import BASE_PROMPT

import usersim_opt as uso
from usersim_opt.customer.manner import AXES
from usersim_opt.customer.steering import steered
from usersim_opt.models.offline.guidance import read_guidance
from usersim_opt.models.offline.steered import is_impatient, split_manner, with_manner

STORY = (
    "You are Mia Kim, your user id is mia_kim_4410. You want to move flight K3VQ8T to June 13. "
    "Only if June 13 is full do you take June 14."
)
FAILED = [
    {"role": "agent", "content": "Hi! How can I help you today?"},
    {"role": "customer", "content": "move my flight K3VQ8T to june 13"},
    {"role": "agent", "content": "Unfortunately an error came up and it did not go through."},
]


def replies(levels, *, history=(), seeds=40):
    sim = uso.UserSimulator(uso.read_prompt(BASE_PROMPT), uso.connect("offline/user"))
    story = steered(STORY, AXES.text(levels)) if levels else STORY
    return [
        sim(scenario=story, history=list(history), config={"seed": seed}).reply
        for seed in range(seeds)
    ]


def words(texts):
    return statistics.fmean(len(each.split()) for each in texts)


def test_a_story_is_parted_from_its_manner():
    text = AXES.text({"wordiness": 0})
    assert split_manner(steered(STORY, text)) == (STORY, text)
    assert split_manner(STORY) == (STORY, "")


@pytest.mark.parametrize(
    ("levels", "kind", "strength"),
    [
        ({"wordiness": 0}, "brief", 1),
        ({"wordiness": 1}, "brief", 1),
        ({"wordiness": 4}, "brief", -1),
        ({"politeness": 0}, "no_thanks", 1),
        ({"politeness": 4}, "no_thanks", -1),
        ({"patience": 0}, "show_feeling", 1),
        ({"patience": 4}, "show_feeling", -1),
    ],
)
def test_a_manner_wins_over_the_prompt(levels, kind, strength):
    prompt = read_guidance("Write long messages. Be very polite. Always stay calm.")
    assert with_manner(prompt, AXES.text(levels)).kinds[kind] == strength


def test_no_other_axis_changes_what_the_stand_in_heeds():
    prompt = read_guidance("Keep it short.")
    rest = {name: level for name in AXES.names[2:] if name != "politeness" for level in (0, 4)}
    assert with_manner(prompt, AXES.text(rest)) == prompt


def test_few_words_are_fewer_than_many():
    assert words(replies({"wordiness": 0})) < words(replies({"wordiness": 4})) - 5


def test_an_impatient_one_complains_of_a_failure_and_a_patient_one_does_not():
    assert is_impatient(AXES.text({"patience": 0}))
    annoyed = replies({"patience": 0}, history=FAILED, seeds=10)
    assert all("annoyed" in each.lower() for each in annoyed)
    assert not any("annoyed" in each.lower() for each in replies({"patience": 4}, history=FAILED))


def test_nothing_of_the_manner_is_told():
    full = dict.fromkeys(AXES.names, 4)
    heard = " ".join(replies(full)).lower()
    assert "manner" not in heard
    assert "roundabout" not in heard
    assert "cheerful" not in heard
