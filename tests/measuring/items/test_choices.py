"""How often the rubric is of one mind with somebody who chose between two replies."""

import math
from types import SimpleNamespace

import pytest
from item_worlds import DIMENSIONS, evaluation, graded, rubric

from usersim_opt.measuring.items.choices import choices_of
from usersim_opt.measuring.items.responses import responses_of

NAMES = ["001.3", "002.3", "003.3", "004.3"]
RUBRICS = [rubric(name, {"a": DIMENSIONS[0], "b": DIMENSIONS[2]}) for name in NAMES]
LONG = "no, I said that I want the outbound on Thursday and nothing else at all"


def answered():
    """In three scenarios `better` passes all and `plain` half; in the fourth both pass all."""
    outcomes = []
    for name in NAMES:
        half = {"a": name == "004.3", "b": True}
        reply = LONG if name == "003.3" else "the outbound"
        outcomes.append(graded(name, half, version="plain", reply=reply))
        outcomes.append(graded(name, {"a": True, "b": True}, version="better", reply="no"))
    return responses_of(evaluation(RUBRICS, outcomes))


def chose(version, scenario):
    one, other = (SimpleNamespace(prompt=name, reply="") for name in ("plain", "better"))
    chosen = {"plain": "one", "better": "other"}.get(version, "neither")
    return SimpleNamespace(scenario=scenario, one=one, other=other, chosen=chosen)


def test_pairs_are_counted_and_correlated_within():
    """d is +.5, +.5, -.5 and 0, so r = .5 / sqrt(4 * .75)."""
    records = [chose("better", "001.3"), chose("better", "002.3"), chose("plain", "003.3")]
    everything, alike = choices_of([*records, chose("better", "004.3")], answered())
    assert (everything.pairs, everything.agreeing, everything.opposing) == (4, 2, 1)
    assert everything.tied == 1
    assert everything.within == pytest.approx(0.5 / math.sqrt(4 * 0.75))
    assert (alike.name, alike.pairs, alike.agreeing, alike.opposing) == ("of like length", 3, 2, 0)


def test_a_rubric_that_tells_no_pair_apart_has_no_correlation():
    (found, _) = choices_of([chose("better", "004.3")], answered())
    assert (found.tied, found.within) == (1, None)


def test_what_is_no_choice_of_two_graded_replies_is_left_out():
    score = SimpleNamespace(scenario="001.3", prompt="plain", reply="", score=3)
    unknown = chose("better", "009.3")
    stranger = chose("better", "001.3")
    stranger.other = SimpleNamespace(prompt="nobody", reply="")
    assert choices_of([score, unknown, stranger, chose("", "001.3")], answered()) == []
