"""Text that steers a customer beside its story."""

from dataclasses import dataclass

import pytest
from helpers import scripted

import usersim_opt as uso
from usersim_opt.basics.errors import InputError, ResumeMismatch
from usersim_opt.customer.steering import steered, steering_price

TASK = uso.Task(id="001", domain="air", source="s", story="You want to fly.")


@dataclass(frozen=True)
class Mood:
    """Says how the customer feels at each turn."""

    name: str = "mood"
    price: int = 2

    def __call__(self, task, history, *, seed):
        return f"Mood {seed}.{len(history)} of {task.id}."


def played(**options):
    lm, engine = scripted("hm", "###STOP###")
    sim = uso.UserSimulator("Be short.\n\n{scenario}", lm)
    return uso.converse(sim, lambda history: "Which one?", TASK, **options), engine


def systems(engine):
    return [request.system for request in engine.requests]


def test_the_text_stands_behind_the_story_and_changes_from_turn_to_turn():
    _, engine = played(steering=Mood(), seed=4)
    first, second = map(str, systems(engine))
    assert "You want to fly.\n\nMood 4.1 of 001." in first.replace("\\n", "\n")
    assert "Mood 4.3 of 001." in second


def test_the_record_names_what_steered_and_counts_its_calls():
    talk, _ = played(steering=Mood())
    assert (talk.steering, talk.calls) == ("mood", {"user": 6, "agent": 1})
    assert played()[0].steering == ""


def test_a_steering_that_raises_is_the_customer_s_fault():
    class Broken(Mood):
        def __call__(self, task, history, *, seed):
            raise ValueError("no mood")

    talk, _ = played(steering=Broken())
    assert (talk.end, talk.fault) == ("failed", "customer_error")
    assert "no mood" in talk.why


@pytest.mark.parametrize("wrong", ["be angry", lambda task, history, seed: "", 3])
def test_what_cannot_steer_is_refused(wrong):
    with pytest.raises(InputError, match="name` and `price"):
        played(steering=wrong)
    with pytest.raises(InputError):
        steering_price(wrong)


def test_an_empty_text_leaves_the_story_as_it_is():
    assert steered("You want to fly.", " \n") == "You want to fly."


def test_a_rollout_pays_for_its_steering_and_is_its_own_run_by_it(tmp_path):
    def roll(steering, **options):
        lm, _ = scripted("hm", "###STOP###")
        sim = uso.UserSimulator("Be short.\n\n{scenario}", lm)
        return uso.rollout(
            sim, lambda history: "Which one?", [TASK], steering=steering, max_turns=2, **options
        )

    assert roll(Mood(), max_calls=6).left_out == 1
    assert roll(Mood(), max_calls=7).left_out == 0
    roll(Mood(), run_dir=tmp_path / "run")
    with pytest.raises(ResumeMismatch, match="steering"):
        roll(None, run_dir=tmp_path / "run")
