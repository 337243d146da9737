"""Words that a reply takes from the private story."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.basics.errors import InputError
from usersim_opt.scenarios import checks

STORY = """\
You are Ines Duarte, user id ines_duarte_4417. On Friday May 9 you sleep at the Alder Inn, booking
88120431, in a room to the yard. Your neighbour plays the trumpet until two in the morning and you
want another room. If the desk asks, say "the code word is blue heron". You paid 96 dollars."""
TURNS = (("agent", "Alder Inn, hello. Do you want another room, perhaps to the park?"),)
MOMENT = checks.Moment(STORY, TURNS)
FIVE = {"story_echo": 5}


@pytest.mark.parametrize(
    ("reply", "holds"),
    [
        ("neighbour plays the trumpet", True),
        ("until two in the morning", True),  # four count: two is a number
        ("neighbour plays the trumpet until two in the morning", False),
        ("my neighbour plays the trumpet until late", False),
        ("my neighbour has a horn, until two in the morning", True),
        ("Ines Duarte, ines_duarte_4417, Friday May 9, the Alder Inn, booking 88120431", True),
        ("the code word is blue heron", True),
        ("i want another room", True),
        ("do you want another room, perhaps", True),
        ("until two in the morning and i want another room", True),  # the chat has said the end
        ("NEIGHBOUR   plays the\ntrumpet until", False),
        ("i sleep at the Alder Inn, booking 88120431, in a room", False),
        ("no", True),
        ("", True),
    ],
)
def test_five_words_in_a_row_from_the_story_are_a_recital(reply, holds):
    assert checks.run(FIVE, reply, MOMENT).holds is holds


def test_the_evidence_shows_the_words():
    finding = checks.run(FIVE, "sorry, but my neighbour plays the trumpet until 2", MOMENT)
    assert finding.evidence == (
        "6 words in a row from the story: 'my neighbour plays the trumpet until'"
    )


def test_a_limit_of_more_words_lets_a_short_run_pass():
    reply = "my neighbour plays the trumpet"
    assert not checks.run({"story_echo": 5}, reply, MOMENT).holds
    assert checks.run({"story_echo": 6}, reply, MOMENT).holds


def test_without_a_story_the_check_says_what_to_do():
    with pytest.raises(InputError, match=r"expected a scenario with its task: .*of_task"):
        checks.run(FIVE, "no", checks.Moment(turns=TURNS))


def test_a_stop_token_is_no_word_of_a_run():
    assert not checks.run(FIVE, "my neighbour plays the trumpet ###STOP### until", MOMENT).holds


@given(st.lists(st.sampled_from(STORY.split()), max_size=12), st.integers(3, 8))
def test_a_reply_that_passes_a_limit_passes_every_larger_one(words, length):
    reply = " ".join(words)
    if checks.run({"story_echo": length}, reply, MOMENT).holds:
        assert checks.run({"story_echo": length + 1}, reply, MOMENT).holds


@given(st.integers(0, 30), st.integers(9, 20))
def test_any_long_piece_of_a_story_of_plain_words_is_found(start, length):
    plain = " ".join(f"w{'abcdefghijklmnopqrstuvwxyz'[i % 26]}{'xyz'[i // 26]}" for i in range(60))
    piece = " ".join(plain.split()[start : start + length])
    assert not checks.run({"story_echo": length}, f"well {piece} ok", checks.Moment(plain)).holds
    assert checks.run({"story_echo": length + 1}, f"well {piece} ok", checks.Moment(plain)).holds
