"""What to do with an item, and why."""

from dataclasses import replace

import pytest
from item_worlds import GOOD

from usersim_opt.basics.figures import Interval
from usersim_opt.measuring.items.advice import advise
from usersim_opt.measuring.items.records import Share

D = Interval(-0.25, -0.4, -0.1)


def advice(*flags, before=(), **changes):
    return advise(replace(GOOD, flags=flags, **changes), before=frozenset(before))


@pytest.mark.parametrize(
    ("flags", "changes", "expected", "why"),
    [
        ((), {}, "keep", "nothing speaks against it: D = +0.40 [+0.20, +0.60]"),
        ((), {"discrimination": None, "weakest": Share(5, 10)}, "keep", "50.0 % pass"),
        ((), {"role": "guard"}, "keep", "it is a guard"),
        ((), {"shares": {}}, "keep", "nobody decided it"),
        (
            ("wrong sign",),
            {"discrimination": D, "against": "people"},
            "drop",
            "people pass it less often than the seed does: D = -0.25",
        ),
        (
            ("wrong sign",),
            {"discrimination": D, "against": "mine"},
            "drop",
            "mine passes it less often",
        ),
        (
            ("wrong sign",),
            {"preference": -0.8, "preference_replies": 20},
            "drop",
            "replies that pass are liked less (r = -0.80 over 20 replies)",
        ),
        (("unfair",), {"people": Share(6, 10)}, "drop", "people fail it: 60.0 % (6/10) pass"),
        (("implied",), {"implied_by": ("b",)}, "drop", "every reply that passes b passes it"),
        (
            ("spent",),
            {"discrimination": Interval(0.02, -0.1, 0.1), "against": "mine"},
            "rewrite",
            "mine does hardly better on it than the seed: D = +0.02 [-0.10, +0.10]",
        ),
        (
            ("uninformative",),
            {"rest": 0.01, "rest_replies": 90},
            "rewrite",
            "r = +0.01 over 90 replies",
        ),
        (
            ("unreliable",),
            {"flips": Share(3, 5)},
            "rewrite",
            "the judge changed 2 of 5 verdicts that it gave twice",
        ),
    ],
)
def test_each_advice_has_its_reason(flags, changes, expected, why):
    found = advice(*flags, **changes)
    assert found.advice == expected
    assert why in found.why


def test_of_two_criteria_that_say_the_same_the_first_one_stays():
    same = {"implied_by": ("b",), "implies": ("b",), "twins": ("b",)}
    assert advice("implied", "twin", **same).advice == "keep"
    assert advice("implied", "twin", before=["b"], **same).advice == "drop"
    assert advice("twin", twins=("b",)).advice == "keep"
    assert advice("twin", twins=("b",), before=["b"]).why == "its verdicts are those of b"


@pytest.mark.parametrize(
    ("failed_by", "expected"),
    [
        (("near failure",), "guard"),
        (("robot helpful", "failing example"), "guard"),
        (("failing example",), "rewrite"),
        ((), "rewrite"),
    ],
)
def test_a_saturated_item_is_a_guard_if_it_was_seen_to_fail(failed_by, expected):
    share = Share(20, 20, 0.99, 0.96, 1.0)
    changes = {"failed_by": failed_by, "weakest": share, "weakest_version": "base"}
    found = advice("saturated", "spent", **changes)
    assert found.advice == expected
    assert "base: 20/20, by its dimension 99.0 %" in found.why


def test_the_worst_reason_goes_first():
    found = advice("saturated", "unfair", "spent", people=Share(0, 9), weakest=Share(9, 9))
    assert found.why.startswith("people fail it")
