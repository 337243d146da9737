import pytest
from helpers import scripted

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.customer.personas import Persona, Personas, cast
from usersim_opt.customer.steering import steering_price

TASKS = [uso.Task(id=f"00{n}", domain="air", source="s", story="You fly.") for n in (1, 2)]
CURT = Persona({"wordiness": 0, "mood": 2})
WORDY = Persona({"wordiness": 4, "mood": 2})


def test_a_persona_steers_by_the_same_text_and_costs_nothing():
    assert steering_price(CURT) == 0
    assert CURT(TASKS[0], [], seed=0) == CURT(TASKS[1], [{}], seed=3) == CURT.text
    assert "wordiness 0, mood 2" in CURT.name
    assert CURT.point == (0.1, 0.5)


def test_a_persona_of_an_unknown_level_is_refused():
    with pytest.raises(InputError, match="level 9"):
        Persona({"wordiness": 9})


def test_a_cast_plays_each_conversation_by_its_persona():
    lm, engine = scripted("hm", "###STOP###")
    sim = uso.UserSimulator("Be short.\n\n{scenario}", lm)
    steering = cast(Personas((CURT, WORDY)), TASKS)
    talks = uso.rollout(sim, lambda history: "Which?", TASKS, steering=steering, workers=1)
    assert {each.steering for each in talks} == {steering.name}
    said = ["few words" in str(request.system) for request in engine.requests]
    assert {True, False} == set(said)


def test_a_conversation_without_a_persona_is_a_mistake_of_the_caller():
    steering = cast(Personas((CURT,)), TASKS[:1])
    with pytest.raises(InputError, match="task 002, seed 0 has no persona"):
        steering(TASKS[1], [], seed=0)


def test_personas_are_shown():
    both = Personas((CURT, WORDY))
    assert str(both) == "1: wordiness 0, mood 2\n2: wordiness 4, mood 2"
    assert "<table>" in both._repr_html_()
    assert repr(both) == "<Personas: 2>"
    assert Personas(())._repr_html_()
