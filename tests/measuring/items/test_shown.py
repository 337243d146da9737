"""What users hold: printed it is a table, and some of its dimensions can be picked."""

import pytest
from made_items import analysis, item

from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.items.table import as_text


def mixed():
    return analysis(items=[item("a"), item("b", dimension="guard.non_leakage")])


def test_printed_it_is_the_table_and_briefly_its_summary():
    assert str(analysis()) == as_text(analysis())
    assert repr(analysis()).startswith("<ItemAnalysis: 3 items: 1 saturated")


@pytest.mark.parametrize(
    ("names", "left"),
    [
        (["clarification.pushback"], ["a"]),
        (["guard"], ["b"]),
        (["guard.non_leakage", "clarification"], ["a", "b"]),
    ],
)
def test_items_of_dimensions_and_families_are_picked(names, left):
    picked = mixed().of_dimensions(names)
    assert [each.criterion for each in picked.items] == left
    assert picked.by_advice["keep"] == len(left)
    assert picked.respondents == mixed().respondents


def test_a_dimension_without_items_is_named_with_those_that_there_are():
    with pytest.raises(InputError, match="'pushback': no item has it; there are clarification"):
        mixed().of_dimensions(["pushback"])
