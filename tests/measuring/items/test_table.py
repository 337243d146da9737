"""An item analysis as text: the whole first, then the worst items, on lines of 100 columns."""

from hypothesis import given
from hypothesis import strategies as st
from made_items import RESPONDENTS, analysis, item

from usersim_opt.measuring.items.records import Respondent
from usersim_opt.measuring.items.table import WIDTH, as_text, best_of, seed_of, worst_table


def test_the_summary_comes_first_and_the_worst_item_leads_the_table():
    respondents = [each for each in RESPONDENTS if each.kind != "people"]
    said = as_text(analysis(respondents=respondents), most=2)
    head, headroom, notes, worst = said.split("\n\n")
    assert head.splitlines() == [
        "3 items of 2 scenarios",
        "Answered by: base 87.5 % (4 replies), tuned 100.0 % (4 replies), 1 robot (ok)",
        "Advice: drop 1, guard 1, keep 1",
        "Flags: saturated 1, unfair 1, wrong sign 1",
        "Do not start a run: at most 12.5 points are left and none can be proven.",
        "Correlation with the preference: all +0.25",
    ]
    assert [line.split() for line in headroom.splitlines()[3:]] == [
        ["all", "all", "3", "87.5", "%", "12.5", "30.0"],
        ["smoke", "all", "1", "100.0", "%", "0.0", "10.0", "8.0"],
        ["all", "clarification.pushback", "1", "75.0", "%", "25.0", "50.0"],
    ]
    assert notes == "Empty or left out\n- preference: nobody gave one"
    assert worst.splitlines()[0] == "The worst items (2 of 3)"
    assert worst.splitlines()[3].split() == [
        *("001.3", "turned", "drop", "75", "%", "25", "%", "50", "%"),
        *("-50", "unfair,", "wrong", "sign"),
    ]


def test_stand_ins_are_named_and_nothing_is_said_of_what_is_not_there():
    bare = analysis(
        items=(), respondents=(), headroom=(), notes=(), preference={}, start=None, start_why=""
    )
    assert as_text(bare).splitlines() == [
        "0 items of 0 scenarios",
        "Answered by: nobody",
        "Advice: none",
        "Flags: none",
    ]
    assert as_text(analysis(offline=True)).endswith("the figures say nothing about real ones.")


def test_one_version_has_no_best_one_beside_it():
    alone = analysis(respondents=RESPONDENTS[:1])
    assert (seed_of(alone), best_of(alone)) == ("base", "")
    assert worst_table(alone).splitlines()[0].split()[2:5] == ["base", "-", "people"]


def test_the_best_version_is_the_one_that_passes_most():
    others = (Respondent("a", "version", 1, 5, 10), Respondent("b", "version", 1, 6, 10))
    unscored = Respondent("c", "version", 1, 0, 0)
    assert best_of(analysis(respondents=(*RESPONDENTS[:1], *others, unscored))) == "b"


@given(st.text(min_size=1, max_size=300), st.integers(1, 60))
def test_no_line_is_wider_than_a_terminal_whatever_names_are_long(words, length):
    long = analysis(
        items=[item("c" * length, flags=("saturated", "unfair", "wrong sign", "never fails"))],
        respondents=(Respondent("v" * length, "version", 1, 1, 1), *RESPONDENTS),
        notes=("word " * length,),
        start_why="because " * length,
    )
    assert all(len(line) <= WIDTH for line in as_text(long).splitlines())
