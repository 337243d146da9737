"""The moments that the stand-in for the user tells apart, in shops of several kinds."""

import pytest

from usersim_opt.models.offline.moments import moment_of, open_wishes
from usersim_opt.models.offline.story import read_story

STORY = read_story(
    "Your user id is mia_li_3668. You want to move flight K3VQ8T to Friday May 20. You also want a "
    "seat at the window. You want to pay with the gift card."
)
WISHES = ("move my flight", "and a seat at the window")
PHONE = read_story(
    "You are Jo Park, user id jo_park_2201. You want to cancel your phone contract, order Q4RT7B, "
    "on Tuesday June 3. You pay monthly. You want no extra insurance."
)


def moment(agent, *own, story=STORY):
    said = own or WISHES
    chat = [turn for text in said for turn in ("How can I help?", text)]
    return moment_of(agent, story=story, chat=chat)


@pytest.mark.parametrize(
    ("agent", "found"),
    [
        ("Flight K3VQ8T is moved to Friday May 20. Shall I go ahead?", "consent"),
        ("So flight K3VQ8T moves to Friday May 20. Do you confirm (yes/no)?", "consent"),
        ("Flight K3VQ8T on Friday May 20, then. Good with that?", "consent"),
        ("Flight K3VQ8T is moved to Sunday May 22. Shall I go ahead?", "wrong"),
        ("Flight K3VQ8T is moved to Friday May 20, a seat is booked. Anything else?", "finished"),
        ("I looked it up. In fact it leaves from the other airport.", "corrected"),
        ("That is not possible. There are no exceptions, for anybody.", "refused"),
        ("Unfortunately that is not possible.", "failed"),
        ("I am sorry, somebody else took the last seat.", "failed"),
        ("What is your reservation code?", "asked"),
        ("Please tell me:\n- your code\n- your name\n- your card number", "asked"),
        ("For that I need your card number and the security code.", "sensitive"),
        ("One moment, I am trying again now.", "working"),
    ],
)
def test_a_moment_is_found_by_how_the_agents_turn_ends_and_what_it_says(agent, found):
    assert moment(agent) == found


@pytest.mark.parametrize(
    ("agent", "found"),
    [
        ("Contract Q4RT7B ends on Tuesday June 3. Do you confirm?", "consent"),
        ("Contract Q4RT7B ends on Tuesday June 10. Do you confirm?", "wrong"),
        ("- contract Q4RT7B, June 3\n- insurance, 4 euros\nShall I save it?", "wrong"),
        ("It is switched to yearly payment. Shall I save it?", "wrong"),
    ],
)
def test_a_right_plan_is_told_from_a_wrong_one_in_any_domain(agent, found):
    assert moment(agent, "cancel my contract", story=PHONE) == found


def test_the_first_message_is_an_opening_whatever_the_agent_says():
    assert moment_of("Hello! Anything else?", story=STORY, chat=[]) == "opening"


def test_a_question_that_is_passed_over_is_a_moment_of_its_own():
    done = "We have many fares. Can I help you with anything else?"
    assert moment(done, "what do i get back?") == "passed over"


def test_an_end_comes_too_early_where_a_wish_has_not_come_up():
    done = "Flight K3VQ8T is moved to Friday May 20. Is there anything else?"
    assert moment(done, "move my flight") == "unfinished"
    assert moment(done, *WISHES) == "finished"


def test_how_the_customer_pays_is_no_wish_that_can_be_open():
    assert open_wishes(STORY, ["move the flight to friday"]) == [
        "You also want a seat at the window."
    ]
    assert open_wishes(STORY, ["move the flight to friday", "a window seat"]) == []
