"""Items with known parameters: faults that were planted are found, sound items are left alone."""

from collections import Counter

import numpy as np
import pytest
from item_worlds import DIMENSIONS, drawn, evaluation, graded, played, rubric

import usersim_opt as uso
from usersim_opt.measuring.items.ceiling import saturated_estimate
from usersim_opt.measuring.items.flags import saturated
from usersim_opt.measuring.items.records import Item
from usersim_opt.measuring.items.shrinkage import Shrinkage

NAMES = [f"{task:03}.{number}" for task in range(1, 7) for number in (1, 2)]
SOUND = {"seed": (0.3, 0.7), "best": (0.8, 0.92), "people": (0.92, 0.98)}
"""Within which the chance of a sound item lies, for each respondent."""


def rubrics():
    """Twelve scenarios with four criteria each, of all dimensions in turn."""
    return [
        rubric(name, {f"c{n}": DIMENSIONS[(n + place) % 4] for n in range(4)})
        for place, name in enumerate(NAMES)
    ]


def sound_chances(rng):
    """A chance of each respondent for each item."""
    keys = [(name, f"c{n}") for name in NAMES for n in range(4)]
    return {who: {key: rng.uniform(*span) for key in keys} for who, span in SOUND.items()}


def analysed(rng, chances, replies, change=lambda rng, name, passed: passed):
    """The analysis of replies that are drawn by these chances, and then changed."""
    evaluations = {}
    for who, of_items in chances.items():
        outcomes = [
            graded(name, change(rng, name, passed), version=who, repeat=n)
            for name in NAMES
            for n in range(replies)
            for passed in [drawn(rng, {f"c{k}": of_items[name, f"c{k}"] for k in range(4)})]
        ]
        evaluations[who] = evaluation(rubrics(), outcomes)
    people = evaluations.pop("people")
    return uso.item_analysis(evaluations, people=people)


@pytest.mark.parametrize(("replies", "sets"), [(1, 4), (4, 4), (15, 6)])
def test_sound_items_are_left_alone_in_nineteen_of_twenty(replies, sets):
    flags, items = Counter(), 0
    for seed in range(sets):
        rng = np.random.default_rng(seed)
        for item in analysed(rng, sound_chances(rng), replies).items:
            flags[bool(item.flags)] += 1
            items += 1
    assert items == sets * 48
    assert flags[True] / items <= 0.05


PLANTED = {
    ("001.1", "c1"): "unfair",
    ("001.2", "c1"): "spent",
    ("002.1", "c1"): "wrong sign",
    ("002.2", "c1"): "uninformative",
    ("003.1", "c1"): "implied",
    ("003.2", "c1"): "twin",
}


def plant(chances):
    """Faults that are a matter of chances, each in a scenario of its own."""
    chances["people"]["001.1", "c1"] = 0.5
    for who in chances:
        chances[who]["001.2", "c1"] = 0.8
    chances["seed"]["002.1", "c1"], chances["people"]["002.1", "c1"] = 0.9, 0.5


def hang_together(rng, name, passed):
    """Faults that are a matter of how the verdicts of a reply hang together."""
    if name == "002.2":
        return passed | {"c1": bool(rng.random() < 0.7)}
    if name == "003.1":
        return passed | {"c1": passed["c0"] or bool(rng.random() < 0.3)}
    if name == "003.2":
        return passed | {"c1": passed["c0"] if rng.random() < 0.99 else not passed["c0"]}
    return passed


def test_every_fault_that_was_planted_is_found():
    rng = np.random.default_rng(5)
    chances = sound_chances(rng)
    plant(chances)
    found = {item.key: item for item in analysed(rng, chances, 80, hang_together).items}
    for key, flag in PLANTED.items():
        assert flag in found[key].flags, (key, flag, found[key])
        assert found[key].advice != "keep", key
    untouched = [item for key, item in found.items() if key[0] > "004"]
    assert sum(bool(item.flags) for item in untouched) <= 2


def test_a_judge_that_guesses_at_one_criterion_is_found():
    rng = np.random.default_rng(1)
    outcomes = [
        graded(
            name,
            {"c0": True, "c1": bool(rng.random() < 0.6), "c2": True, "c3": True},
            version="seed",
            repeat=n,
            reply=f"reply {n // 2}",
        )
        for name in NAMES[:3]
        for n in range(40)
    ]
    found = uso.item_analysis(evaluation(rubrics()[:3], outcomes))
    unreliable = {item.criterion for item in found.with_flag("unreliable")}
    assert unreliable == {"c1"}


def test_a_dimension_that_always_passes_is_saturated_with_one_reply_per_scenario():
    rng = np.random.default_rng(2)
    names = [f"{task:03}.{number}" for task in range(1, 31) for number in (1, 2)]
    scenarios = [rubric(name, {"easy": DIMENSIONS[0], "hard": DIMENSIONS[1]}) for name in names]

    def chance(name, criterion):
        return 0.995 if criterion == "easy" else 0.6

    both = {name: played(rng, scenarios, chance, name, 1) for name in ("seed", "other")}
    found = uso.item_analysis(both)
    named = Counter(item.criterion for item in found.with_flag("saturated"))
    assert named["easy"] >= 50
    assert named["hard"] == 0


def doubted(rng, chances, replies):
    """Items of known chances with the doubt that so many replies to each leave."""
    passed = {name: rng.binomial(replies, each) for name, each in chances.items()}
    model = Shrinkage({name: [(int(x), replies) for x in xs] for name, xs in passed.items()})
    return [
        Item(
            scenario=name,
            criterion=str(number),
            dimension=name,
            text="",
            role="score",
            decided_by="check",
            doubt=model.chance(name, int(x), replies).below(0.95),
        )
        for name, xs in passed.items()
        for number, x in enumerate(xs)
    ]


@pytest.mark.parametrize("replies", [1, 5])
def test_of_the_items_that_are_named_saturated_about_one_in_ten_is_none(replies):
    wrong = named = estimated = true = 0
    for seed in range(8):
        rng = np.random.default_rng(seed)
        # A mean pass rate of 98 %, one item in eleven at 95 % or less.
        logits = {f"d{n}": rng.normal(4.3, 1.0, 27) for n in range(20)}
        chances = {name: 1 / (1 + np.exp(-each)) for name, each in logits.items()}
        items = doubted(rng, chances, replies)
        estimated += saturated_estimate(items)
        true += sum((each > 0.95).sum() for each in chances.values())
        for name, number in saturated(items):
            named += 1
            wrong += chances[name][int(number)] <= 0.95
    assert named > 8 * 250
    assert wrong / named < 0.12
    assert estimated / true == pytest.approx(1, abs=0.08)
