"""The facts of a text: what is read, as what, and when two are the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usersim_opt.realism.contradictions.facts import facts_in


def found(text):
    return [(fact.slot, fact.value) for fact in facts_in(text)]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("K3VQ8T or k3vq8t", [("booking", "k3vq8t"), ("booking", "k3vq8t")]),
        ("im ines_duarte_4417", [("user_id", "ines_duarte_4417")]),
        ("the Visa ending in 8802", [("card", "8802")]),
        ("my 7447 card", [("card", "7447")]),
        ("NL 203, nl203", [("flight", "nl203"), ("flight", "nl203")]),
        ("seat 14A", [("seat", "14a")]),
        ("RO3391827", [("code", "ro3391827")]),
        ("jo.roth@post.example.", [("email", "jo.roth@post.example")]),
        ("my phone is +49 151 2233445", [("phone own", "491512233445")]),
        ("tag 0476 2258", [("phone", "04762258")]),
        ("back on the 15th of May", [("date return", "05-15")]),
        ("leaving May 15", [("date outbound", "05-15")]),
        ("2025-05-15", [("date", "05-15")]),
        ("the 15th", [("date", "-15")]),
        ("March 17 to 24", [("date", "03-17"), ("date", "03-24")]),
        ("at 7:25 pm", [("time", "445")]),
        ("19:25", [("time", "445")]),
        ("7pm", [("time", "420")]),
        ("up to $1,200", [("sum limit", "120000")]),
        ("38.50 pounds", [("sum", "3850")]),
        ("i paid ninety euros", [("sum paid", "9000")]),
        ("two checked bags", [("count bag", "2")]),
        ("3 people", [("count passenger", "3")]),
        ("my name is ines duarte", [("name", "ines duarte")]),
        ("This is Ines Duarte", [("name", "ines duarte")]),
        ("not the 8802 card", []),
        ("one bag, maybe tomorrow, may be", []),
        ("MY FLIGHT IS LATE, REFUND PLEASE", []),
        ("my last name is misspelt on it", []),
    ],
)
def test_facts_are_read_with_their_slot(text, facts):
    assert found(text) == facts


def test_a_day_without_its_month_fits_each_month_and_a_part_of_a_name_the_name():
    (day,), (date,), (other,) = map(facts_in, ("the 15th", "15 May", "14 May"))
    assert day.is_same(date)
    assert date.is_same(day)
    assert not day.is_same(other)
    (whole,), (part,) = facts_in("My name is Ines Duarte"), facts_in("my name is Ines")
    assert whole.is_same(part)
    assert not whole.is_same(day)


MONTHS = "January February March April May June July August September October November December"


@given(st.sampled_from(MONTHS.split()), st.integers(1, 28))
def test_a_date_is_the_same_in_every_form(month, day):
    number = MONTHS.split().index(month) + 1
    forms = (
        f"{month} {day}", f"{day} {month}", f"{month[:3]} {day}th",
        f"the {day}th of {month.lower()}", f"2025-{number:02}-{day:02}",
    )  # fmt: skip
    assert {fact.value for form in forms for fact in facts_in(form)} == {f"{number:02}-{day:02}"}


@given(st.integers(1, 99_999))
def test_a_sum_is_the_same_with_every_sign(units):
    forms = (f"{units} euros", f"€{units}", f"{units:,} dollars", f"$ {units}.00", f"{units}€")
    values = {fact.value for form in forms for fact in facts_in(form) if fact.kind == "sum"}
    assert values == {f"{units}00"}


def test_a_long_text_of_number_words_takes_no_time():
    assert facts_in("one " * 5000) == ()


@settings(max_examples=50)
@given(st.text(max_size=200))
def test_any_text_has_facts_in_their_order_with_their_words(text):
    facts = facts_in(text)
    assert [fact.start for fact in facts] == sorted(fact.start for fact in facts)
    assert all(fact.words and fact.value for fact in facts)
