import pytest

from usersim_opt.measuring.universal.facts import unknown_fact, unknown_facts
from usersim_opt.scenarios.checks import Moment

STORY = (
    "You are Ana Ng, user id ana_ng_12, code AB12CD. You paid ninety-five euros and 20 for a seat, "
    "twice 38.50 before, and fly from SFO to Philadelphia on May 12. Your card ends in 4417, your "
    "phone is 555 010 7788, you were born on 1980-06-10 and write from ana@ng.org. Points: 19,000."
)
CHAT = (("agent", "The 9:20 flight costs 77.40, says Otto."), ("customer", "any day May 20 to 24"))
MOMENT = Moment(STORY, CHAT)


@pytest.mark.parametrize(
    "reply",
    [
        "ab12cd, ana_ng_12",
        "it was 95, so 115 with the seat",
        "77 pounds in all",
        "on the 22nd",
        "tell Otto, i fly to Philly from San Francisco",
        "at 9:20 or 21:20",
        "5550107788 or ana@ng.org",
        "my birthday is June 10, 1980-06-10",
        "19000 points",
        "it ends 4 4 1 7",
        "help me 24/7, 100%",
        "bag 2 may be lost",
        "pay with Visa before Christmas",
    ],
)
def test_what_stands_in_story_or_chat_or_follows_from_it_is_known(reply):
    assert list(unknown_facts(reply, MOMENT)) == []


@pytest.mark.parametrize(
    ("reply", "fact"),
    [
        ("it is AB12CE", "AB12CE"),
        ("it is ab12ce", "ab12ce"),
        ("i am ana_ng_13", "ana_ng_13"),
        ("write to ana@ng.com", "ana@ng.com"),
        ("see www.ng.org/x", "www.ng.org/x"),
        ("on May 13", "May 13"),
        ("on april 12", "april 12"),
        ("on the 30th", "30th"),
        ("at 15:20", "15:20"),
        ("at 9:21", "9:21"),
        ("call 555 010 7789", "555 010 7789"),
        ("i paid 350", "350"),
        ("i sit in 17C", "17C"),
        ("flight LH1634", "LH1634"),
        ("i fly to Boston", "Boston"),
        ("ask Mr Vance about it", "Vance"),
    ],
)
def test_what_stands_nowhere_is_quoted(reply, fact):
    assert unknown_fact(reply, MOMENT) == fact


def test_a_day_or_a_week_away_is_known_where_somebody_speaks_of_that():
    assert unknown_fact("on May 13", Moment(STORY + " Or the next day.", ())) == ""
    assert unknown_fact("on May 19", Moment(STORY + " Or one week later.", ())) == ""


def test_all_facts_are_found_not_only_the_first():
    assert list(unknown_facts("AB12CE on May 13", MOMENT)) == ["AB12CE", "May 13"]


def test_figures_without_end_are_one_number():
    assert unknown_fact("9" * 6000, MOMENT).startswith("999")
    assert unknown_fact("9" * 6000, Moment("9" * 6000, ())) == ""


def test_stop_tokens_hold_no_facts():
    assert unknown_fact("###TRANSFER###", MOMENT) == ""
