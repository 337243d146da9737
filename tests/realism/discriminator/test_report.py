import builtins
import json

import numpy as np
import pytest
from realism_cases import said

from usersim_opt.basics.errors import InputError
from usersim_opt.realism import discriminate
from usersim_opt.realism.corrected import CORRECTIONS
from usersim_opt.realism.discriminator.held_out import groups
from usersim_opt.realism.figures import NAMES
from usersim_opt.realism.result_sets import Talk

WORDS = "i need my flight on monday not sure please thanks ok booking seat why wrong".split()


def chats(number=40, *, seed, longest=8, each=1, start=0):
    """Conversations of random words, up to so many in a turn."""
    rng = np.random.default_rng(seed)

    def turn():
        return " ".join(rng.choice(WORDS, rng.integers(1, longest)))

    return [
        Talk(f"airline_{n}", str(run), said(turn(), turn(), turn()))
        for n in range(start, start + number)
        for run in range(each)
    ]


def test_what_differs_in_length_is_told_apart_by_length():
    found = discriminate(chats(seed=1), chats(seed=2, longest=30), permutations=39)
    assert found.auc.low > 0.8
    assert found.tells_apart
    assert found.signs[0].feature in ("user_words_per_turn", "opening_words")
    assert found.signs[0].real < found.signs[0].simulated
    assert found.signs[0].loss > 0
    assert "The figures tell both sides apart." in str(found)
    assert json.dumps(found.fields, allow_nan=False)


def test_equal_sources_are_not_told_apart_and_the_null_says_so():
    found = discriminate(chats(seed=3), chats(seed=4, each=2), permutations=39, folds=2)
    assert found.tells_apart is False
    assert found.null[0] < found.auc.mean < found.null[1]
    assert "do not tell both sides apart" in str(found)


def test_the_same_call_finds_the_same():
    once, again = (
        discriminate(chats(12, seed=5), chats(12, seed=6), permutations=19, folds=2) for _ in "ab"
    )
    assert once == again
    other = discriminate(chats(12, seed=5), chats(12, seed=6), permutations=19, folds=2, seed=1)
    assert other.auc == once.auc
    assert other.null != once.null


def test_few_tasks_are_descriptive_only():
    found = discriminate(chats(8, seed=1), chats(8, seed=2, longest=30), permutations=19)
    assert found.tells_apart is None
    assert "descriptive only" in str(found)


def test_every_conversation_has_a_chance_of_being_real():
    found = discriminate(chats(8, seed=1), chats(8, seed=2, longest=30), permutations=19)
    real, simulated = (found.of_side(is_real=is_real) for is_real in (True, False))
    assert len(real) == len(simulated) == 8
    assert np.mean([each.chance for each in real]) > 0.5 > simulated[-1].chance
    assert all(0 <= each.chance <= 1 for each in (*real, *simulated))


def test_tasks_of_one_side_are_left_out_and_named():
    found = discriminate(chats(6, seed=1), chats(6, seed=2, start=1), permutations=19)
    assert found.tasks == 5
    assert "1 task left out that only real has: airline_0" in found.notes
    with pytest.raises(InputError, match="no task is common: real has airline_0"):
        discriminate(chats(6, seed=1), chats(6, seed=2, start=9))


@pytest.mark.parametrize(
    ("sides", "options", "says"),
    [
        ((3, 3), {}, "both sides have 3 tasks in common; expected 4"),
        ((6, 0), {}, "simulated: none of 0 conversations"),
        ((6, 6), {"model": "svm"}, "model is 'svm'"),
        ((6, 6), {"permutations": 5}, "permutations is 5"),
        ((6, 6), {"folds": 1}, "folds is 1"),
    ],
)
def test_what_cannot_be_told_apart_says_so(sides, options, says):
    with pytest.raises(InputError, match=says):
        discriminate(chats(sides[0], seed=1), chats(sides[1], seed=2), **options)


def test_a_mark_at_the_end_gives_no_simulator_away():
    marked = [
        Talk(each.task, each.run, [*each.messages, {"role": "user", "content": "###STOP###"}])
        for each in chats(10, seed=1)
    ]
    found = discriminate(chats(10, seed=1), marked, permutations=19)
    assert found.auc.mean == 0.5


def test_a_published_feature_and_its_corrected_forms_are_one_group():
    places = groups()
    assert [NAMES[n] for n in places["opening_words"]] == ["opening_words", "first_words"]
    assert sum(map(len, places.values())) == len(NAMES)
    assert {each.of for each in CORRECTIONS.values()} <= set(places)


def test_without_scikit_learn_the_forest_names_its_extra(monkeypatch):
    real_import = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("sklearn"):
            raise ImportError("no sklearn")
        return real_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match="pip install scikit-learn"):
        discriminate(chats(6, seed=1), chats(6, seed=2), model="forest")


def test_the_forest_of_scikit_learn_tells_them_apart_too():
    pytest.importorskip("sklearn.ensemble")
    found = discriminate(
        chats(10, seed=1), chats(10, seed=2, longest=30), model="forest", permutations=19, folds=2
    )
    assert found.auc.mean > 0.8
