"""A judge's answers, read without guessing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.measuring.answers import UnreadableError
from usersim_opt.realism.contradictions.reading import (
    answers_in,
    conflicts_in,
    grades_in,
    questions_in,
    verdict_in,
)


@pytest.mark.parametrize(
    ("answer", "is_contradiction"),
    [
        ("The date differs. YES", True),
        ("Nothing differs. NO.", False),
        ("**NO**", False),
        ("YES, the code differs from the story.", True),
        ("He shouts NO REFUND, which fits. YES", True),
        ("<think>maybe YES</think>It fits. NO", False),
    ],
)
def test_a_verdict_is_the_last_word_or_the_only_one(answer, is_contradiction):
    assert verdict_in(answer) is is_contradiction


@pytest.mark.parametrize("answer", ["", "no", "yes", "I cannot tell.", "NO or YES, who knows?"])
def test_what_is_no_verdict_is_not_guessed(answer):
    with pytest.raises(UnreadableError, match="neither YES nor NO|both YES and NO"):
        verdict_in(answer)


def test_conflicts_are_earlier_lines():
    assert conflicts_in('Sure: {"reason": "so", "conflicts": [3, 1, 3]}', before=4) == [1, 3]
    assert conflicts_in('{"reason": "none", "conflicts": []}', before=4) == []
    for wrong in ("[4]", "[0]", '["2"]', "[true]", "2"):
        with pytest.raises(UnreadableError):
            conflicts_in(f'{{"reason": "so", "conflicts": {wrong}}}', before=4)


def test_there_are_five_of_each():
    assert grades_in('{"grades": ["YES", "no", "NO", "yes", " YES "]}') == [
        True, False, False, True, True,
    ]  # fmt: skip
    assert answers_in('{"answers": ["a", "b", "c", "d", "e"]}') == list("abcde")
    five = ", ".join(['{"question": "who?", "answer": "me"}'] * 5)
    assert questions_in(f'{{"questions": [{five}]}}') == [("who?", "me")] * 5
    for read, answer in (
        (grades_in, '{"grades": ["YES"]}'),
        (grades_in, '{"grades": ["YES", "YES", "YES", "YES", "maybe"]}'),
        (answers_in, '{"answers": ["a", "b", "c", "d", 5]}'),
        (answers_in, "five answers"),
        (questions_in, '{"questions": ["a", "b", "c", "d", "e"]}'),
    ):
        with pytest.raises(UnreadableError):
            read(answer)


@given(st.text(max_size=60))
def test_any_answer_is_read_or_refused(answer):
    for read in (verdict_in, grades_in, answers_in, questions_in):
        try:
            read(answer)
        except UnreadableError as error:
            assert str(error)  # noqa: PT017 - both ways are right
