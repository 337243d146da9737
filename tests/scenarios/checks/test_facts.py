"""Facts of the conversation that are said again, and identifiers that nobody asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.scenarios import checks

TURNS = (
    ("agent", "Hello, this is Marta."),
    ("customer", "my booking is K3VQ8T, two rooms"),
    ("agent", "So from Thursday, June 12 to the 14th of June, for 1,200.00 euros, by 6:40 pm?"),
)
MOMENT = checks.Moment(turns=TURNS)


@pytest.mark.parametrize(
    ("reply", "number"),
    [
        ("no, the other one", 0),
        ("not the 12th", 1),
        ("Thursday June 12 is wrong", 1),
        ("june the 12th to the 14th of june", 2),
        ("k3vq8t, 1200 euros", 2),
        ("6:40 is too late", 1),
        ("the 12th, the 12th, the 12th!", 1),
        ("two rooms on june 15", 1),  # june is known, the day is new
        ("Marta", 1),
        ("one thousand two hundred", 0),
        ("", 0),
    ],
)
def test_facts_of_the_chat_are_counted_each_once(reply, number):
    assert checks.run({"chat_facts_again": number}, reply, MOMENT).holds
    if number:
        finding = checks.run({"chat_facts_again": number - 1}, reply, MOMENT)
        assert not finding.holds
        assert finding.evidence.startswith(f"{number} fact")


def test_the_evidence_names_the_facts():
    finding = checks.run({"chat_facts_again": 1}, "june the 12th, K3VQ8T", MOMENT)
    assert finding.evidence == "2 facts said again, 1 allowed: 'june 12th', 'k3vq8t'"


def test_the_numbers_of_a_list_s_items_are_no_facts():
    moment = checks.Moment(turns=(("agent", "Tell me:\n1. the code\n 2) the room\n3 nights?"),))
    assert checks.run({"chat_facts_again": 0}, "2 beds, 1 room", moment).holds
    assert not checks.run({"chat_facts_again": 0}, "3 nights", moment).holds


def test_without_a_conversation_nothing_is_said_again():
    assert checks.run({"chat_facts_again": 0}, "K3VQ8T, June 12").holds


@pytest.mark.parametrize(
    ("reply", "allowed", "holds"),
    [
        ("K3VQ8T", ["K3VQ8T"], True),
        ("it is k3vq8t", ["K3VQ8T"], True),
        ("K3VQ8T, ines_duarte_4417", ["K3VQ8T"], False),
        ("K3VQ8T, ines_duarte_4417", ["K3VQ8T", "ines_duarte_4417"], True),
        ("k3vq8t", [], False),
        ("booking 88120431", [], False),
        ("ines@example.org", [], False),
        ("ines@example.org", ["ines@example.org"], True),
        ("june12, 40euros, 48hours, 2nd floor, room 214, 6:40pm", [], True),
        ("LH1234", [], False),
        ("no", [], True),
    ],
)
def test_only_the_identifiers_that_were_asked_for_may_stand_in_a_reply(reply, allowed, holds):
    assert checks.run({"only_identifiers": allowed}, reply).holds is holds


def test_the_evidence_names_the_others():
    finding = checks.run({"only_identifiers": ["K3VQ8T"]}, "K3VQ8T or B6PT2M")
    assert finding.evidence == "1 other identifier: 'b6pt2m'"


@given(st.text(), st.text())
def test_more_text_never_takes_an_identifier_away(reply, more):
    both = f"{reply} . {more}"
    if checks.run({"only_identifiers": []}, both).holds:
        assert checks.run({"only_identifiers": []}, reply).holds
