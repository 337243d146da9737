import pytest

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.universal.table import TABLE


def names(guards):
    return [guard.name for guard in guards]


def test_the_standard_guards_come_in_the_order_of_their_lines():
    assert names(uso.universal_guards()) == list(TABLE.lines)


def test_a_guard_is_left_out_by_its_name():
    assert set(TABLE.lines) - set(names(uso.universal_guards(without=["markup"]))) == {"markup"}
    assert uso.universal_guards(without="markup") == uso.universal_guards(without=["markup"])


def test_a_name_that_no_guard_has_is_refused_with_the_names_that_there_are():
    with pytest.raises(InputError, match=r"no universal guard 'markdown'; known are both_sides, "):
        uso.universal_guards(without=["markdown"])
