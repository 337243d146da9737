"""What a judge answers on goals, read without guessing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.measuring.answers import UnreadableError
from usersim_opt.realism.goals.components import Component
from usersim_opt.realism.goals.judging import components_in, pairs_of, statuses_in

STORY = "You are Ada Roth. You want flight NL 203 moved to June 12, for up to 90 euros."


def split(*parts):
    return json.dumps({"components": [{"class": kind, "text": text} for kind, text in parts]})


def test_components_are_numbered_within_their_class():
    answer = split(("profile", "She is Ada Roth."), ("objective", "Moves it."), ("Objective", "x"))
    assert [each.id for each in components_in(answer, STORY)] == [
        "profile.1", "objective.1", "objective.2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ([("mood", "She is glad.")], "class 'mood'"),
        ([("profile", " ")], "text ''"),
        ([("requirement", "It costs up to 95 euros.")], "holds '95'"),
        ([("requirement", "It is code K3VQ8T.")], "holds 'K3VQ8T'"),
        ([("profile", "She knows Bob.")], "holds 'Bob'"),
        ([], "gave 0 components"),
        ([("profile", "a")] * 13, "gave 13 components"),
    ],
)
def test_a_split_of_another_story_is_turned_away(parts, why):
    with pytest.raises(UnreadableError, match=why):
        components_in(split(*parts), STORY)


PARTS = (Component("profile.1", "profile", "a"), Component("objective.1", "objective", "b"))


def states(*entries):
    names = ("id", "reason", "status")
    return json.dumps({"states": [dict(zip(names, each, strict=True)) for each in entries]})


def test_each_part_has_its_status_and_its_reason():
    answer = states(("objective.1", "asked", "attempted"), ("PROFILE.1", "kept", "ALIGNED"))
    assert statuses_in(answer, PARTS) == {
        "profile.1": ("ALIGNED", "kept"),
        "objective.1": ("ATTEMPTED", "asked"),
    }


@pytest.mark.parametrize(
    "entries",
    [
        [("profile.1", "kept", "ALIGNED")],
        [("profile.1", "", "ALIGNED"), ("objective.1", "", "DONE")],
        [("profile.1", "", "COMPLETE"), ("objective.1", "", "COMPLETE")],
        [
            ("profile.1", "", "ALIGNED"),
            ("profile.1", "", "MISALIGNED"),
            ("objective.1", "", "ATTEMPTED"),
        ],
        [],
    ],
)
def test_an_answer_that_leaves_a_part_open_is_not_guessed(entries):
    with pytest.raises(UnreadableError):
        statuses_in(states(*entries), PARTS)


def test_each_turn_of_the_customer_begins_a_pair():
    turns = [("agent", "hi"), ("customer", "a"), ("agent", "b"), ("agent", "c"), ("customer", "d")]
    before, pairs = pairs_of(turns)
    assert before == turns[:1]
    assert pairs == [tuple(turns[1:4]), (turns[4],)]
    assert pairs_of([]) == ([], [])


@given(st.text(max_size=60))
def test_any_answer_is_read_or_refused(text):
    for read, of in ((components_in, STORY), (statuses_in, PARTS)):
        try:
            read(text, of)
        except UnreadableError as error:
            assert str(error)  # noqa: PT017 - both ways are right
