"""Arguments of compose and its command, told before tau2 is asked for anything."""

import sys

import pytest

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.commands import compose_tasks

WRONG = {
    "count": ({"count": 0}, "count is 0"),
    "kind": ({"kinds": ("sim",)}, "kind is 'sim'; expected service_issue"),
    "no kind": ({"kinds": ()}, "there are no kinds"),
    "faults": ({"faults": (3, 1)}, "faults are 3 to 1"),
    "name": ({"personas": {"a b": None}}, "a persona is called 'a b'; expected letters"),
    "text": ({"personas": {"Hasty": 3}}, "the persona Hasty is 3; expected a text, or null"),
    "none": ({"personas": {}}, "personas are {}; expected texts by their names"),
}


@pytest.mark.parametrize(("wrong", "message"), WRONG.values(), ids=WRONG)
def test_wrong_arguments_are_refused(wrong, message):
    with pytest.raises(InputError, match=message):
        uso.tau.compose(**{"count": 2} | wrong)


@pytest.mark.parametrize(("text", "span"), [("2", (2, 2)), ("1-3", (1, 3))])
def test_the_command_reads_a_span_of_faults(text, span):
    assert compose_tasks.span(text) == span


def test_the_command_names_a_span_that_is_none(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["it", "--out", "tasks.json", "--faults", "2-x"])
    with pytest.raises(SystemExit):
        compose_tasks.main()
    assert "'x': expected a whole number, 1 or more" in capsys.readouterr().err
