from collections import Counter

import pytest
from helpers import scripted
from hypothesis import given
from hypothesis import strategies as st

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.realism import LatentSteering
from usersim_opt.realism.latent.steering import drawn
from usersim_opt.realism.latent.table import LATENTS

TASK = uso.Task(id="001", domain="air", source="s", story="You want to fly.")


def test_a_set_profile_and_intent_stand_behind_the_story_of_each_turn():
    lm, engine = scripted("hm", "###STOP###")
    sim = uso.UserSimulator("Be short.\n\n{scenario}", lm)
    steering = LatentSteering(profile="hurried", intent="drift")
    talk = uso.converse(sim, lambda history: "Which one?", TASK, steering=steering)
    for request in engine.requests:
        story = str(request.system).replace("\\n", "\n")
        assert f"You want to fly.\n\n{LATENTS.profile_lead} you have a minute" in story
        assert f"\n\n{LATENTS.intent_lead} bring up something" in story
    assert talk.steering == f"latent(profile=hurried, intent=drift; table {LATENTS.digest})"
    assert talk.calls["user"] == 2


def test_what_is_left_out_is_not_said():
    text = LatentSteering(intent="accept")(TASK, [], seed=0)
    assert LATENTS.profile_lead not in text
    assert LatentSteering(intent="accept").labels("001", 0, 0) == ("", "accept")


def test_the_text_of_a_turn_is_that_of_its_label():
    steering = LatentSteering(profile="sample", intent="sample")
    history = [{"role": "agent", "content": "hi"}, {"role": "customer", "content": "hi"}] * 3
    profile, intent = steering.labels("001", 5, 3)
    text = steering(TASK, history, seed=5)
    assert LATENTS.profiles[profile].text in text
    assert LATENTS.intents[intent].text in text


def test_draws_are_repeated_and_differ_by_task_and_seed():
    steering = LatentSteering(profile="sample", intent="sample")
    labels = [[steering.labels(f"{n:03}", s, 2) for n in range(40)] for s in (0, 0, 1)]
    assert labels[0] == labels[1] != labels[2]


def test_profiles_are_drawn_by_their_weights():
    steering = LatentSteering(profile="sample")
    found = Counter(steering.labels(f"{n:04}", 0, 0).profile for n in range(3000))
    weights = LATENTS.profile_weights
    for name, weight in weights.items():
        assert found[name] / 3000 == pytest.approx(weight / sum(weights.values()), abs=0.03)


def test_intents_follow_each_other_by_the_transitions():
    steering = LatentSteering(intent="sample")
    pairs = Counter(
        tuple(steering.labels(f"{n:04}", 0, turn).intent for turn in (0, 1)) for n in range(3000)
    )
    assert all(second in LATENTS.transitions[first] for first, second in pairs)
    after = {second: number for (first, second), number in pairs.items() if first == "drift"}
    weights = LATENTS.transitions["drift"]
    for name, weight in weights.items():
        share = weight / sum(weights.values())
        assert after[name] / sum(after.values()) == pytest.approx(share, abs=0.09)


@given(st.lists(st.floats(0, 1e6), max_size=4), st.integers())
def test_a_draw_has_a_weight_above_zero(numbers, key):
    weights = dict(enumerate([*numbers, 1.0, 0.0]))
    assert weights[drawn(weights, str(key))] > 0


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({}, "neither profile nor intent"),
        ({"profile": "angry"}, "profile is 'angry'; expected `sample`.*hurried"),
        ({"intent": "shout"}, "intent is 'shout'"),
    ],
)
def test_what_no_table_has_is_refused(wrong, says):
    with pytest.raises(InputError, match=says):
        LatentSteering(**wrong)
