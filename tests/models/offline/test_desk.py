import pytest

import usersim_opt as uso
from usersim_opt.models.offline.call import Call
from usersim_opt.models.offline.desk import answer, stated_rate

YES = ("i want to move my flight to friday", "mia_1, K3VQ8T", "the first", "yes", "ok", "thanks")


def talk(policy, *customer, seed=0):
    """What the desk says after each of the customer's messages."""
    turns, said = [], []
    for message in customer:
        turns.append(("user", message))
        said.append(answer(Call(policy, tuple(turns), temperature=0.7, seed=seed)))
        turns.append(("assistant", said[-1]))
    return said


def test_without_mistakes_it_asks_shows_plans_acts_and_asks_what_else():
    said = talk("Mistakes: 0 %", *YES)
    assert "user id" in said[0]
    assert "Option A" in said[1]
    assert "you want to move your flight to friday" in said[2]
    assert said[2].endswith("Shall I go ahead?")
    assert said[3].startswith("Done: ")
    assert "anything else" in said[3].lower()


def test_who_speaks_of_no_journey_is_asked_for_no_reservation():
    said = talk("mistakes: 100 %", "i want to move my cleaning", "mia_1", "12", "the first", "no")
    words = " ".join(said).lower()
    assert "user id" in words
    assert "shall i" in words
    assert not any(word in words for word in ("reservation", "flight", "booking", "bags", "class"))


def test_with_mistakes_it_asks_twice_and_plans_what_nobody_wants():
    said = talk("mistakes in 100% of the moves", *YES)
    assert "user id" in said[1]
    assert "you want to move your flight" not in said[3]
    assert said[3].endswith(("Shall I go ahead?", "Shall I proceed?"))


def test_it_corrects_a_plan_that_the_customer_refuses():
    said = talk("mistakes: 100 %", *YES[:3], "ok", "no, i want friday june 13")
    assert "friday june 13" in said[4]


def test_an_error_in_acting_comes_once():
    said = [talk("mistakes: 50 %", *YES, seed=seed) for seed in range(12)]
    failures = [sum("error came up" in each for each in one) for one in said]
    assert max(failures) == 1


def test_who_objects_again_and_again_is_handed_over():
    said = talk("Mistakes: 0 %", *YES[:3], "no", "no", "no, wrong")
    assert "colleague" in said[-1]


def test_it_needs_no_memory_and_depends_on_the_seed():
    ways = {tuple(talk("mistakes: 50 %", *YES, seed=seed)) for seed in range(6)}
    assert len(ways) > 1
    assert talk("m", *YES) == talk("m", *YES)


@pytest.mark.parametrize(
    ("policy", "rate"),
    [("Mistakes: 30 %", 0.3), ("one mistake in 5.5% of cases", 0.055), ("mistakes: 400 %", 1.0)],
)
def test_the_policy_states_the_rate(policy, rate):
    assert stated_rate(policy) == pytest.approx(rate)
    assert stated_rate("Be kind.") == stated_rate("")


def test_it_answers_anything_as_a_model_does():
    assert uso.connect("offline/agent")("Answer with the word ready.")[0]
    assert answer(Call("", (), temperature=0, seed=0))
