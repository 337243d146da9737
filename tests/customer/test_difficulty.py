import pytest

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.customer.difficulty import DIFFICULTIES, difficulty
from usersim_opt.customer.steering import steering_price

TASK = uso.Task(id="001", domain="air", source="s", story="You fly.")


def history(turns):
    """A conversation in which the customer has said so much, and the agent waits for more."""
    pairs = [{"role": "customer", "content": "x"}, {"role": "agent", "content": "y"}]
    return [{"role": "agent", "content": "Hi"}, *pairs * turns]


def texts(setting, seed=0):
    return [difficulty(setting)(TASK, history(turns), seed=seed) for turns in range(12)]


def test_there_are_three_settings_and_each_is_another():
    assert DIFFICULTIES == ("easy", "moderate", "hard")
    assert len({difficulty(each).text for each in DIFFICULTIES}) == 3
    assert steering_price(difficulty("hard")) == 0
    assert "difficulty hard, 3 moments" in difficulty("hard").name


@pytest.mark.parametrize(("setting", "moments"), [("easy", 0), ("moderate", 1), ("hard", 3)])
def test_so_many_turns_have_a_sentence_of_their_own_and_the_opening_has_none(setting, moments):
    said = texts(setting)
    plain = difficulty(setting).text
    assert said[0] == plain
    assert sum(each != plain for each in said) == moments
    assert all(each.startswith(plain) for each in said)


def test_the_moments_depend_on_task_and_seed_alone():
    assert texts("hard") == texts("hard")
    assert len({tuple(texts("hard", seed)) for seed in range(5)}) > 1
    plan = uso.realism.difficulty("hard").plan("001", 0)
    assert len(set(plan.values())) == 3


def test_another_word_is_refused():
    with pytest.raises(InputError, match="'brutal': there is none; expected one of easy"):
        difficulty("brutal")
