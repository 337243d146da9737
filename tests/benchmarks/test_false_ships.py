import re

import false_ships
import pytest
from _false_ships_ways import Outcome, Share, Tried, Way, outcome_of
from conftest import ROOT

PAGE = (ROOT / "docs" / "honesty.md").read_text(encoding="utf-8")
WAYS = {way.name: way for family in false_ships.FAMILIES for way in family.ways}
ROW = re.compile(r"^\| ([^|]+) \| [^|]+ \| ([\d,]+) \| (\**[\d,]+\**) \| [^|]+ \|$", re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dead judge", "TooManyErrors: 20 of 20 (100.0 %) of the judge's verdicts are missing"),
        ("canned reply", "collapse: the same reply"),
        ("speaks for the agent", "worse on the guards: universal.both_sides"),
    ],
)
def test_a_way_is_tried_and_told_in_the_words_of_the_library(name, said):
    outcome = outcome_of(WAYS[name])
    assert (outcome.tries, outcome.false) == (1, 0)
    assert said in outcome.said


def test_the_page_has_every_way_that_is_known_and_no_other():
    assert [name for name, _, _ in ROW.findall(PAGE)] == list(WAYS)
    assert len(WAYS) >= 35


def test_what_gets_through_is_named_where_the_page_speaks_of_it():
    told = " ".join(PAGE.partition("## What gets through")[2].partition("\n## ")[0].split())
    through = [name for name, _, false in ROW.findall(PAGE) if false.startswith("**")]
    assert through
    for name in through:
        assert f"*{name}*" in told, name


def test_chance_gets_nothing_through_and_a_bias_does():
    equal = Way(
        "equal", "how", lambda number: Tried(number == 0, f"reason {number == 0}; more"), 20
    )
    outcome = outcome_of(equal)
    assert not outcome.gets_through
    assert outcome.row == "| equal | how | 20 | 1 | reason False (19 of 20) |"
    assert Outcome("biased", "how", 20, 3, "said").row == "| biased | how | 20 | **3** | said |"
    simulated = outcome_of(Share("many", "how", lambda: (2000, 50)))
    assert (simulated.said, simulated.gets_through) == ("2.5 % called better", False)
