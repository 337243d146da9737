"""What may be wrong with an item."""

from dataclasses import replace

import pytest
from item_worlds import GOOD

from usersim_opt.basics.figures import Interval
from usersim_opt.measuring.items.flags import binomial_tail, flags_of, saturated
from usersim_opt.measuring.items.records import Share


def flags(**changes):
    return flags_of(replace(GOOD, **changes), is_saturated=False)


def test_an_item_against_which_nothing_speaks_has_no_flag():
    assert flags() == ()


@pytest.mark.parametrize(
    ("flag", "bad", "close"),
    [
        (
            "unfair",
            {"people": Share(5, 9, 0.7, 0.5, 0.89)},
            {"people": Share(8, 9, 0.85, 0.7, 0.91)},
        ),
        (
            "unfair",
            {"people": Share(2, 5, 0.9, 0.8, 0.95)},
            {"people": Share(3, 5, 0.9, 0.8, 0.95)},
        ),
        (
            "spent",
            {"discrimination": Interval(0.1, 0.0, 0.19)},
            {"discrimination": Interval(0.1, 0.0, 0.21)},
        ),
        ("spent", {"counted": Interval(0.0, -0.1, 0.19)}, {"counted": Interval(0.0, -0.1, 0.3)}),
        ("uninformative", {"rest": 0.09, "rest_replies": 80}, {"rest": 0.11, "rest_replies": 80}),
        ("uninformative", {"rest": -0.1, "rest_replies": 40}, {"rest": 0.09, "rest_replies": 40}),
        ("implied", {"implied_by": ("b",)}, {"implies": ("b",)}),
        ("twin", {"twins": ("b",)}, {}),
        (
            "unreliable",
            {"flips": Share(1, 4, 0.6, 0.4, 0.8)},
            {"flips": Share(3, 4, 0.9, 0.8, 0.95)},
        ),
        ("never fails", {"failed_by": ()}, {"failed_by": ("near failure",)}),
    ],
)
def test_each_flag_needs_evidence_and_not_just_a_figure_on_the_wrong_side(flag, bad, close):
    assert flag in flags(**bad)
    assert flag not in flags(**close)


def test_the_sign_is_wrong_by_d_or_by_a_preference():
    assert "wrong sign" in flags(discrimination=Interval(-0.3, -0.5, -0.1))
    assert "wrong sign" in flags(counted=Interval(-0.3, -0.5, -0.1))
    assert "wrong sign" not in flags(discrimination=Interval(-0.3, -0.7, 0.1))
    assert flags(preference=-0.6, preference_replies=20) == ("wrong sign",)
    assert flags(preference=-0.3, preference_replies=12) == ()


def test_an_item_without_any_verdict_has_no_flag():
    assert flags(shares={}, failed_by=()) == ()


def test_a_guard_may_always_pass():
    spent = {"discrimination": Interval(0.0, -0.1, 0.1), "role": "guard"}
    assert flags_of(replace(GOOD, **spent), is_saturated=True) == ()
    assert flags_of(GOOD, is_saturated=True) == ("saturated",)


def doubted(*doubts, role="score"):
    return [
        replace(GOOD, criterion=f"c{n}", doubt=doubt, role=role) for n, doubt in enumerate(doubts)
    ]


def test_items_are_saturated_as_long_as_one_in_ten_of_them_may_be_none():
    names = {name for _, name in saturated(doubted(0.05, 0.15, 0.05, 0.19, 0.05))}
    # Means of .05, .05, .05, .075 and .098: all of them.
    assert names == {"c0", "c1", "c2", "c3", "c4"}
    # The mean of .05, .16 is .105; that of .05, .05, .16 is .087.
    assert {name for _, name in saturated(doubted(0.05, 0.16))} == {"c0"}
    assert len(saturated(doubted(0.05, 0.05, 0.16))) == 3


def test_items_of_equal_doubt_are_named_together_or_not_at_all():
    # With one of the two the mean is .087, with both .105.
    assert {name for _, name in saturated(doubted(0.05, 0.05, 0.16, 0.16))} == {"c0", "c1"}


def test_no_single_item_hides_among_many_that_are_saturated():
    assert {name for _, name in saturated(doubted(*[0.001] * 50, 0.21))} == {
        f"c{n}" for n in range(50)
    }
    assert saturated(doubted(None, 0.5)) == set()
    assert saturated(doubted(0.01, role="guard")) == set()


def test_the_binomial_tail_by_hand():
    assert binomial_tail(0, 2, 0.9) == pytest.approx(0.01)
    assert binomial_tail(1, 2, 0.9) == pytest.approx(0.19)
    assert binomial_tail(3, 3, 0.2) == pytest.approx(1.0)
