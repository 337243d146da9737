from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.scenarios.facts import (
    in_ranges,
    new_codes,
    new_names,
    new_numbers,
    numbers,
    with_arithmetic,
)


def test_numbers_stand_in_figures_and_in_words():
    assert numbers("ninety-five and 20, two hundred, noon") == {90, 5, 95, 20, 2, 200, 12}


def test_a_sum_that_could_be_a_day_of_the_month_does_not_follow():
    assert {10, 14, 4, 20, 28, 5, 7} == with_arithmetic({10, 14})
    assert 115 in with_arithmetic({95, 20})


def test_a_range_holds_what_lies_in_it():
    assert in_ranges("10 to 12, 3-4") == {10, 11, 12, 3, 4}


def test_what_has_been_said_is_no_new_fact():
    said = "code AB12CD for Ana, 95 euros"
    assert new_codes("AB12CD AB12CE AB12CE", said) == ["AB12CE"]
    assert new_names("i am Ana, not Otto", said) == ["Otto"]
    assert new_numbers("95, 300 in AB12CE", said) == ["300"]


@given(st.text(), st.text())
def test_every_fact_of_a_text_is_known_to_the_text_itself(text, more):
    said = text + " " + more
    assert new_codes(text, text) == new_names(text, text) == []
    assert new_numbers(text, said) == []
