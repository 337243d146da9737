import pytest

from usersim_opt.basics.figures import (
    Interval,
    gain_text,
    many,
    percent,
    points,
    share_text,
)


@pytest.mark.parametrize(
    ("share", "text"), [(0.153, "+15.3"), (-0.004, "-0.4"), (0.0, "+0.0"), (-0.0001, "+0.0")]
)
def test_a_difference_has_a_sign_and_nothing_is_never_negative(share, text):
    assert points(share) == text


def test_a_figure_that_is_missing_is_a_dash_or_nothing():
    assert share_text(None) == percent(None) == "-"
    assert gain_text(None, 0.5) == gain_text(0.5, None) == ""
    assert percent(Interval(0.5, None, None)) == "50.0 %"


def test_a_pass_rate_ends_at_nothing_and_at_all():
    assert percent(Interval(0.95, 0.8, 1.1)) == "95.0 % [80.0 %, 100.0 %]"
    assert Interval(1.2, -0.1, 1.1).within(0, 1) == Interval(1, 0, 1)
    assert Interval(0.5, None, None).within(0, 1) == Interval(0.5, None, None)


def test_an_interval_says_where_there_is_none():
    assert str(Interval(0.1, 0.05, 0.15)) == "+10.0 points [+5.0, +15.0]"
    assert str(Interval(0.1, None, None)) == "+10.0 points (too few for an interval)"


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [
        (1, "task", "1 task"),
        (2, "task", "2 tasks"),
        (3, "reply", "3 replies"),
        (0, "call", "0 calls"),
    ],
)
def test_a_noun_agrees_with_its_number(number, noun, text):
    assert many(number, noun) == text
