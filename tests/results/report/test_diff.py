import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.results.report.diff import diff


def side(rows, which):
    lines = [getattr(row, which) for row in rows]
    return "\n".join("".join(text for _, text in line) for line in lines if line is not None)


def marked(rows):
    return [
        run
        for row in rows
        for line in (row.old, row.new)
        if line
        for run in line
        if run[0] != "same"
    ]


def test_words_that_changed_are_marked_in_their_line():
    rows = diff("a\n- Say one short thing.\nb", "a\n- Say one long thing.\nb")
    assert marked(rows) == [("del", "short "), ("ins", "long ")]
    assert [row.same for row in rows] == [True, False, True]


def test_lines_with_little_in_common_are_set_against_each_other_whole():
    rows = diff("- If you are ignored, get impatient.", "- When a summary is mistaken, object.")
    assert [(row.old is None, row.new is None) for row in rows] == [(False, True), (True, False)]


def test_equal_texts_have_no_marks():
    assert marked(diff("a\nb", "a\nb")) == []


@given(st.text(alphabet="ab .\n", max_size=60), st.text(alphabet="ab .\n", max_size=60))
def test_both_sides_can_be_read_back(old, new):
    rows = diff(old, new)
    assert (side(rows, "old"), side(rows, "new")) == (old, new)
    assert (old == new) == (marked(rows) == [])


@pytest.mark.parametrize("text", ["\n" * 50_000, "word " * 20_000], ids=["lines", "words"])
def test_texts_that_would_take_long_to_match_are_set_against_each_other_whole(text):
    assert len(marked(diff(text, text + "x"))) == 2
