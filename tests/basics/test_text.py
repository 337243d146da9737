import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.basics import text
from usersim_opt.basics.errors import one_line


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


@pytest.mark.parametrize(
    "nothing", ["", " \n", "\u200b\ufeff", "\u00ad", "\u0301", "\u2800 \u3164"]
)
def test_what_cannot_be_seen_is_blank(nothing):
    assert text.is_blank(nothing)
    assert not text.is_blank(nothing + "?")


@pytest.mark.parametrize("something", ["no", "?", "...", "\u2764\ufe0f", "\U0001f44d", "+", "7"])
def test_a_single_mark_can_be_seen(something):
    assert not text.is_blank(something)


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


def times(reply, phrases):
    """How often the phrases occur in a reply, apart from each other."""
    return text.count_apart(text.phrase_spans(reply, phrases))


@given(st.lists(st.sampled_from(["thanks", "many thanks", "thank*", "so", "i appreciate it"])))
def test_an_occurrence_within_another_is_no_second_one(phrases):
    """Whatever phrases find them: two thanks, one appreciation, one so."""
    reply = "Many thanks. I appreciate it, thanks so much"
    assert times(reply, phrases) <= 4
    assert times(reply, phrases) == times(reply, phrases * 2)


def test_occurrences_are_counted_apart():
    phrases = ["thanks", "many thanks", "appreciate it", "i appreciate"]
    assert times("many thanks, thanks. i appreciate it!", phrases) == 3
    assert times("what?? no", ["??", "?"]) == 1


FINAL = "<|channel|>final<|message|>"


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("<think>a</think>no", "no"),
        ("a</think>no", "no"),
        ("<think>a", ""),
        ("<think></think>no", "no"),
        ("<think>a<think>b</think>c</think>no", "no"),
        ("<think>a</think>no <think>b</think>thanks", "no thanks"),
        ("no <think>a", "no "),
        ("<THINKING>a</THINKING>no", "no"),
        ('<thought duration="3">a</thought>no', "no"),
        ("<reasoning>a</reasoning>no", "no"),
        ("<seed:think>a</seed:think>no", "no"),
        ("[THINK]a[/THINK]no", "no"),
        ("\u25c1think\u25b7a\u25c1/think\u25b7no", "no"),
        ("<|begin_of_thought|>a<|end_of_thought|><|begin_of_solution|>no<|end_of_solution|>", "no"),
        ("<|START_THINKING|>a<|END_THINKING|><|START_RESPONSE|>no<|END_RESPONSE|>", "no"),
        ("<|channel>thought\na<channel|>no", "no"),
        ("<|channel|>analysis<|message|>a<|end|><|start|>assistant" + FINAL + "no<|return|>", "no"),
        ("<|channel|>final <|constrain|>json<|message|>{}", "{}"),
        ("<|channel|>analysis<|message|>a", ""),
        ("<|channel|>analysis<|message|>a<|end|>", ""),
        ("analysisThe story says no.assistantfinalno", "no"),
    ],
)
def test_thoughts_are_no_part_of_an_answer(written, answer):
    assert text.without_thoughts(written) == answer


@pytest.mark.parametrize(
    "answer",
    [
        "I think so",
        "plain <think>",
        "<thinking about it> no",
        "[thinking] hm, no",
        "analysis of what? no",
        "a < b and c > d <|end|>",
        " \n no\n",
    ],
)
def test_an_answer_without_thoughts_stays_as_it_is(answer):
    assert text.without_thoughts(answer) == answer


@pytest.mark.parametrize("piece", ["[", "<", "<think>", "</think>", " ", "<|channel|>", "a:"])
def test_an_endless_answer_is_read_in_a_moment(piece):
    assert len(text.without_thoughts(piece * 100_000)) <= len(piece) * 100_000


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("no route to http://ana:pw77@host:9/v1", "no route to http://***@host:9/v1"),
        ("no route to ana:pw77@127.0.0.1:9", "no route to ana:***@127.0.0.1:9"),
        ("wrong key sk-ABCDEFGH0123", "wrong key ***"),
        ('{"api_key": "abc"}', '{"api_key": "***"}'),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("ask ana@example.org about risk-free skis", "ask ana@example.org about risk-free skis"),
    ],
)
def test_what_looks_like_a_key_is_not_told(said, kept):
    assert text.without_keys(said) == kept
    assert kept in one_line(ValueError(said))


def test_an_error_in_one_line_holds_nothing_that_a_terminal_obeys():
    assert one_line(ValueError("no\x1b[2J\u202e way")) == "ValueError: no\ufffd[2J\ufffd way"


def test_accents_beyond_any_language_are_cut_and_others_stay():
    assert text.fold("Ze\u0301 " + "\u0327\u0301" * 40_000) == text.fold(
        "Zé " + "\u0327\u0301" * 15
    )
    assert text.fold("e\u0301" * 50) == "é" * 50
