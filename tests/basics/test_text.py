import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.basics import text


@pytest.mark.parametrize(
    ("reply", "phrases", "found"),
    [
        ("No refunds?!", ["refund*", "und", "no"], ["refund*", "no"]),
        ("DON\u2019T", ["don't"], ["don't"]),
        ("card  ending\n8802", ["ending 8802"], ["ending 8802"]),
        ("what??", ["??"], ["??"]),
        ("my id is mia_li_3668.", ["mia_li_3668", "li_3668"], ["mia_li_3668"]),
        ("no.way", ["way", "no"], ["way", "no"]),
        ("", ["a"], []),
    ],
)
def test_phrases_match_as_people_type_them(reply, phrases, found):
    assert text.find_phrases(reply, phrases) == found


def test_a_phrase_at_the_opening_is_found_behind_quotes():
    assert text.opening_phrase('"Yes, fine"', ["no", "yes"]) == "yes"
    assert text.opening_phrase("Yesterday", ["yes"]) is None


def test_stop_tokens_are_not_spoken():
    assert text.spoken("bye ###STOP###") == "bye"
    assert text.has_stop_token("x###TRANSFER###y")
    assert not text.has_stop_token("## STOP ##")


@given(st.text())
def test_a_text_contains_its_own_words(reply):
    assert all(
        text.find_phrases(reply, [word])
        for word in reply.split()
        if word.isalnum() and not word.endswith("*")
    )


@given(st.text())
def test_any_text_has_a_digest_and_folds_to_a_fixpoint(reply):
    assert len(text.sha256(reply + "\ud800")) == 64
    assert text.fold(text.fold(reply)) == text.fold(reply) or not reply.isascii()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("plain \u00e9\u4e2d \U0001f600", "plain \u00e9\u4e2d \U0001f600"),
        ("a\x1b[31mred\x07\x00", "a\ufffd[31mred\ufffd\ufffd"),
        ("\u202egnp.exe", "\ufffdgnp.exe"),
        ("\ud800\x9b\u2028", "\ufffd\ufffd\ufffd"),
        ("a\n\tb\r", "a\n\tb\ufffd"),
    ],
)
def test_what_a_terminal_would_obey_is_a_mark(said, shown):
    assert text.visible(said) == shown


def test_line_ends_are_marks_where_they_are_not_kept():
    assert text.visible("a\nb", keep="") == "a\ufffdb"


@given(st.lists(st.sampled_from(["thanks", "many thanks", "thank*", "so", "i appreciate it"])))
def test_an_occurrence_within_another_is_no_second_one(phrases):
    """Whatever phrases find them: two thanks, one appreciation, one so."""
    reply = "Many thanks. I appreciate it, thanks so much"
    assert text.count_phrases(reply, phrases) <= 4
    assert text.count_phrases(reply, phrases) == text.count_phrases(reply, phrases * 2)


def test_occurrences_are_counted_apart():
    phrases = ["thanks", "many thanks", "appreciate it", "i appreciate"]
    assert text.count_phrases("many thanks, thanks. i appreciate it!", phrases) == 3
    assert text.count_phrases("what?? no", ["??", "?"]) == 1
