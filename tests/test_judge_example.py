"""The recorded verdicts of a judge in docs/examples, and the page that tells of them."""

from collections import Counter

import pytest
from recorded_judge import EXAMPLES, ROWS, recorded_card

import usersim_opt as uso


def counts(which):
    """(label, verdict) and how often."""
    return Counter(
        ("fail" if name in row["fails"] else "pass", verdict)
        for row in ROWS
        for name, verdict in row[which].items()
    )


@pytest.mark.parametrize("which", ["first", "reversed"])
def test_the_page_has_the_figures_of_the_file(which):
    found = counts(which)
    agreed = found["pass", "pass"] + found["fail", "fail"]
    assert (agreed, sum(found.values())) == (681, 698)
    assert (found["fail", "pass"], found["pass", "fail"]) == (8, 9)
    assert (found["fail", "pass"] + found["fail", "fail"]) == 169


def test_kappa_flips_and_lasting_disagreements_are_those_of_the_file():
    found = counts("first")
    share = {side: found[side, "pass"] + found[side, "fail"] for side in ("pass", "fail")}
    given = {side: found["pass", side] + found["fail", side] for side in ("pass", "fail")}
    chance = sum(share[side] * given[side] for side in share) / 698**2
    assert (681 / 698 - chance) / (1 - chance) == pytest.approx(0.934, abs=0.001)
    pairs = [
        (row["first"][name], row["reversed"][name], "fail" if name in row["fails"] else "pass")
        for row in ROWS
        for name in row["first"]
    ]
    assert sum(one != other for one, other, _ in pairs) == 8
    assert sum(one == other != label for one, other, label in pairs) == 13


def test_the_replies_are_examples_of_the_data_set(checked):
    assert len({row["scenario"] for row in ROWS}) == 64
    for row in ROWS:
        examples = checked.scenarios[row["scenario"]].examples
        near = {(each.reply, tuple(each.fails)) for each in examples.near}
        assert row["reply"] in examples.natural or (row["reply"], tuple(row["fails"])) in near


def test_the_card_is_the_one_of_the_verdicts_and_has_the_page_s_figures(checked):
    kept, made = uso.read_judge_card(EXAMPLES / "judge_card.json"), recorded_card(checked)
    figures = ("judge", "replies", "scenarios", "counts", "stability", "leanings", "wrong", "basis")
    assert {name: getattr(kept, name) for name in figures} == {
        name: getattr(made, name) for name in figures
    }
    of = {group.name: group for group in kept.sources}
    assert of["all examples"].agreement.count == 681
    assert of["near examples"].kappa.value == pytest.approx(0.94, abs=0.005)
    counts = kept.counts
    right = counts.right_passes / counts.passes + counts.right_fails / counts.fails
    assert (right - 1, kept.wrong) == (pytest.approx(0.94, abs=0.005), 17)
    (changed,) = kept.stability
    assert (changed.changed.count, changed.changed.of) == (8, 698)
    assert (EXAMPLES / "judge_card.txt").read_text() == f"{kept}\n"
