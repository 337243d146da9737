import json

import numpy as np
import pytest
from helpers import scripted
from talks import talk

from usersim_opt.basics.errors import InputError
from usersim_opt.realism import LatentJudge, LatentSteering, recover
from usersim_opt.realism.latent.confusion import Confusion, Naming
from usersim_opt.realism.latent.word_classifier import WordClassifier

STEERING = LatentSteering(profile="sample", intent="sample")
WORDS = {
    "hurried": "quick please",
    "wordy": "well it all began when my aunt called on a rainy day",
    "anxious": "is that settled?",
    "irritated": "this is a joke",
    "forgetful": "not sure of the date",
    "plain": "i need a change",
}


def talks(number=45, *, heeds=True, steering=STEERING):
    """Conversations whose customer shows its labels, or says the same whatever it was told."""
    found = []
    for n in range(number):
        labels = [steering.labels(f"{n:03}", 0, turn) for turn in range(3)]
        texts = [
            f"{WORDS.get(each.profile, 'hm')} {each.intent}" if heeds else "ok" for each in labels
        ]
        said = [part for text in texts for part in ("And?", text)]
        found.append(talk(*said, task=f"{n:03}", steering=steering.name))
    return found


def test_a_variable_that_steers_is_recovered_by_code():
    found = recover(talks(), STEERING)
    assert found.intent.kappa.low > 0.5
    assert found.profile.kappa.low > 0.5
    assert "is recognised more often than by chance" in str(found)
    assert "fitted on other tasks" in str(found)


def test_one_that_steers_nothing_is_not():
    found = recover(talks(heeds=False), STEERING)
    assert found.profile.kappa.mean == pytest.approx(0, abs=0.05)
    assert "not shown to be recognised" in found.profile.verdict
    assert found.profile.accuracy.mean <= found.profile.chance


def test_a_judge_is_asked_once_a_conversation_and_its_lost_labels_are_counted():
    right = iter(STEERING.labels(f"{n:03}", 0, 0).profile for n in range(3))
    lm, engine = scripted(
        lambda request: json.dumps({"profile": next(right), "intents": {"1": "drift"}})
    )
    found = recover(talks(3), STEERING, judge=LatentJudge(lm), workers=1)
    assert len(engine.requests) == 3
    assert found.by == "the judge scripted/model"
    assert (found.profile.accuracy.mean, found.profile.lost) == (1.0, 0)
    assert (found.intent.labels, found.intent.lost) == (3, 6)
    assert "descriptive only" in found.profile.verdict


def test_several_fixed_settings_are_told_apart_by_the_records():
    fixed = [LatentSteering(profile=name) for name in ("hurried", "wordy")]
    both = [each for setting in fixed for each in talks(20, steering=setting)]
    found = recover(both, fixed)
    assert found.profile.accuracy.mean == 1.0
    assert found.intent is None
    assert json.dumps(found.fields, allow_nan=False)


def test_one_setting_alone_leaves_nothing_to_tell_apart():
    fixed = LatentSteering(profile="wordy")
    found = recover(talks(6, steering=fixed), fixed)
    assert found.profile.kappa is None
    assert "one profile alone" in found.profile.verdict


def test_conversations_of_another_steering_are_named():
    with pytest.raises(InputError, match="task 000, seed 0: was steered by 'nothing'"):
        recover([talk(task="000")], STEERING)
    with pytest.raises(InputError, match=r"steering\[0\] is 'hurried'; expected a LatentSteering"):
        recover(talks(3), ["hurried"])


def test_silent_conversations_are_left_out_and_counted():
    silent = talk("And?", "###STOP###", task="900", steering=STEERING.name)
    assert (
        "1 conversation left out: the customer says nothing"
        in recover([*talks(4), silent], STEERING).notes
    )
    with pytest.raises(InputError, match="none of 1 conversation"):
        recover([silent], STEERING)


def test_one_task_is_too_few_for_the_classifier():
    with pytest.raises(InputError, match="there is 1 task"):
        recover(talks(1), STEERING)


def test_kappa_is_cohen_s():
    # .70 observed, .50 by chance: the margins are even.
    pairs = ["aa"] * 35 + ["ab"] * 15 + ["ba"] * 15 + ["bb"] * 35
    table = Confusion.of("x", [Naming(str(n), *pair) for n, pair in enumerate(pairs)], "ab")
    assert table.counts == [[35, 15], [15, 35]]
    assert table.kappa.mean == pytest.approx(0.4)
    assert table.kappa.low < 0.4 < table.kappa.high
    assert (table.accuracy.mean, table.chance) == (0.7, 0.5)


def test_naming_by_the_number_of_the_turn_alone_is_chance():
    # Both label and name hang on the turn; within a turn they have nothing to do with each other.
    first = ["aa"] * 9 + ["ab"] * 3 + ["ba"] * 3 + ["bb"] * 1
    namings = [
        Naming(str(n), *(pair if turn == 0 else pair.translate({97: "b", 98: "a"})), turn)
        for turn in (0, 1)
        for n, pair in enumerate(first)
    ]
    assert Confusion.of("x", namings, "ab").kappa.mean == pytest.approx(0)
    blind = [each._replace(stratum=0) for each in namings]
    assert Confusion.of("x", blind, "ab").kappa.mean == pytest.approx(0.25)


def test_labels_of_one_task_count_as_one_for_the_interval():
    rng = np.random.default_rng(0)
    tasks = [Naming(str(n), "a", "ab"[int(rng.random() < 0.5)]) for n in range(50)]
    spread = Confusion.of("x", [*tasks, Naming("x", "b", "b")], "ab").accuracy
    ten = [each for each in tasks for _ in range(10)]
    clustered = Confusion.of("x", [*ten, *[Naming("x", "b", "b")] * 10], "ab").accuracy
    assert clustered.high - clustered.low == pytest.approx(spread.high - spread.low, abs=0.02)


def test_nothing_named_is_no_table():
    assert Confusion.of("x", [Naming("1", "a", "")], "ab") is None


def test_the_classifier_goes_by_words_and_length():
    known = WordClassifier.fitted(
        ["fast now", "a b c d e f g h", "i j k l m n o p"], ["x", "y", "y"]
    )
    assert known.label("now!") == "x"
    assert known.label("q r s t u v w z") == "y"
