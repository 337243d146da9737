"""Conversations with their stories."""

import pytest
from talks import talk

from usersim_opt.basics.errors import InputError
from usersim_opt.realism.stories import with_stories
from usersim_opt.scenarios.records import Task

TASK = Task(id="001", domain="airline", source="test", story="You are Ada.")


def test_a_line_says_something():
    (told,) = with_stories(talk("Hi!", "bye ###STOP###", "Bye", "###STOP###"), TASK)
    assert [(line.number, line.role, line.text) for line in told.lines] == [
        (1, "agent", "Hi!"), (2, "customer", "bye"), (3, "agent", "Bye"),
    ]  # fmt: skip
    assert [line.text for line in told.own] == ["bye"]
    assert told.name == "001/0"


def test_tasks_may_be_a_mapping_a_list_or_one():
    for tasks in ({"001": TASK}, [TASK], TASK, iter([TASK])):
        assert with_stories([talk()], tasks)[0].task is TASK


def test_an_unknown_task_names_both_sides():
    with pytest.raises(InputError, match="tasks 007, 009, which are not among 001;"):
        with_stories([talk(task="009"), talk(task="007"), talk()], [TASK])
