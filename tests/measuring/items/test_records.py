"""Shares, items and headroom as records."""

from dataclasses import replace

from item_worlds import GOOD

from usersim_opt.measuring.items.records import Headroom, Share, rate_text


def test_a_share_without_verdicts_has_no_rate():
    assert (Share(3, 4).rate, Share(0, 0).rate) == (0.75, None)
    assert (rate_text(Share(3, 4)), rate_text(Share(0, 0)), rate_text(None)) == (
        "75.0 % (3/4)",
        "-",
        "-",
    )


def test_an_item_has_variance_where_some_verdicts_pass_and_others_fail():
    assert GOOD.variance
    assert not replace(GOOD, shares={"a": Share(2, 2), "b": Share(1, 1)}).variance
    assert replace(GOOD, shares={"a": Share(2, 2), "b": Share(0, 1)}).variance
    assert not replace(GOOD, shares={}).variance


def test_headroom_is_spent_where_the_largest_likely_gain_cannot_be_proven():
    row = Headroom("all", "smoke", 10, Share(9, 10), 0.1, 0.2, decides=True, detectable=0.15)
    assert not row.spent
    assert replace(row, detectable=0.25).spent
    assert replace(row, detectable=None).spent
    assert not replace(row, detectable=None, decides=False).spent
