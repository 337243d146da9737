"""Checks that compare a reply with the customer's own turns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.scenarios import checks

TWICE = {"max_ratio_to_own": {"ratio": 2, "floor": 4}}


def moment(*own):
    """A moment after these turns of the customer's own."""
    turns = [turn for text in own for turn in (("customer", text), ("agent", "And now?"))]
    return checks.Moment(turns=(("agent", "Hello! What can I do for you on this day?"), *turns))


@pytest.mark.parametrize(
    ("own", "words", "holds"),
    [
        (["one two three", "one"], 6, True),
        (["one two three", "one"], 7, False),
        (["one"], 4, True),
        (["one"], 5, False),
        ([], 4, True),
        ([], 5, False),
        (["one two three ###STOP###"], 7, False),
    ],
)
def test_a_reply_has_at_most_so_many_times_the_words_of_the_longest_own_turn(own, words, holds):
    assert checks.run(TWICE, "w " * words, moment(*own)).holds is holds


def test_a_ratio_may_be_a_fraction():
    check = {"max_ratio_to_own": {"ratio": 1.5, "floor": 0}}
    assert checks.run(check, "a b c", moment("a b")).holds
    assert not checks.run(check, "a b c d", moment("a b")).holds
    assert checks.run(check, "a b c d", moment("a b")).evidence == (
        "4 words, 3 allowed; 2 in the longest turn before"
    )


def test_an_opening_is_held_to_the_floor_and_the_evidence_says_so():
    finding = checks.run(TWICE, "a b c d e", moment())
    assert finding == (False, "5 words, 4 allowed; no turn of the customer's own so far")


@given(st.text(), st.text(), st.lists(st.text(), max_size=3))
def test_words_that_are_added_never_make_a_reply_short_enough(reply, more, own):
    longer = f"{reply} {more} x"
    if checks.run(TWICE, longer, moment(*own)).holds:
        assert checks.run(TWICE, reply, moment(*own)).holds


@pytest.mark.parametrize(
    ("own", "reply", "marks", "holds"),
    [
        (["hi, a seat", "aisle"], "No, the aisle", ["capitals"], False),
        (["hi, a seat", "aisle"], "no, the aisle", ["capitals"], True),
        (["hi, a seat", "Aisle"], "No, the aisle", ["capitals"], True),
        (["hi, a seat", "aisle"], "I said aisle", ["capitals"], True),
        (["hi, a seat", "aisle"], "I'm in 14A", ["capitals"], True),
        (["hi, a seat", "aisle"], "K3VQ8T", ["capitals"], True),
        (["hi, a seat", "aisle"], "NO", ["capitals"], True),
        (["hi, a seat", "aisle"], "A seat", ["capitals"], False),
        (["Hi. A seat.", "Aisle."], "no, the aisle", ["capitals", "full_stops"], True),
        (["hi, a seat", "aisle"], "no. the aisle", ["full_stops"], False),
        (["hi, a seat", "aisle"], "no, the aisle.", ["full_stops"], False),
        (["hi, a seat", "aisle"], "no... 38.50?", ["full_stops"], True),
        (["hi. a seat", "aisle"], "no, the aisle.", ["full_stops"], True),
        (["hi, a seat"], "No. The aisle.", ["capitals", "full_stops"], True),
        ([], "No. The aisle.", ["capitals", "full_stops"], True),
    ],
)
def test_a_reply_is_no_tidier_than_two_own_turns_or_more(own, reply, marks, holds):
    assert checks.run({"manner_of_own": marks}, reply, moment(*own)).holds is holds


def test_the_evidence_names_what_is_new():
    finding = checks.run({"manner_of_own": ["capitals", "full_stops"]}, "No.", moment("a", "b"))
    assert finding.evidence == "capitals, full stops in no turn before"
