import pytest

from usersim_opt.models.offline.moments import moment_of, open_wishes
from usersim_opt.models.offline.story import read_story

STORY = read_story(
    "Your user id is mia_li_3668. You want to move flight K3VQ8T to Friday May 20. You also want a "
    "seat at the window. You want to pay with the gift card."
)
WISHES = ("move my flight", "and a seat at the window")


def moment(agent, *own):
    said = own or WISHES
    return moment_of(agent, story=STORY, own=said, chat=[*said, agent])


@pytest.mark.parametrize(
    ("agent", "found"),
    [
        ("Flight K3VQ8T is moved to Friday May 20. Shall I go ahead?", "consent"),
        ("So flight K3VQ8T moves to Friday May 20. Do you confirm (yes/no)?", "consent"),
        ("So I will cancel the trip and pay the fare back. Shall I go ahead?", None),
        ("Flight K3VQ8T is moved to Friday May 20, a seat is booked. Anything else?", "finished"),
        ("The trip has been cancelled as you asked, enjoy your week. Anything else?", None),
        ("I looked it up. In fact it leaves from the other airport.", "corrected"),
        ("That is not possible. There are no exceptions, for anybody.", "refused"),
        ("Unfortunately that is not possible.", None),
        ("What is your reservation code?", None),
        ("", None),
    ],
)
def test_a_moment_is_found_by_the_words_that_agent_and_story_share(agent, found):
    assert moment(agent) == found


def test_an_end_comes_too_early_where_a_wish_has_not_come_up():
    done = "Flight K3VQ8T is moved to Friday May 20. Is there anything else?"
    assert moment(done, "move my flight") == "unfinished"
    assert moment(done, *WISHES) == "finished"


def test_how_the_customer_pays_is_no_wish_that_can_be_open():
    assert open_wishes(STORY, ["move the flight to friday"]) == [
        "You also want a seat at the window."
    ]
    assert open_wishes(STORY, ["move the flight to friday", "a window seat"]) == []


def test_no_conversation_of_the_five_types_of_the_study_holds_such_a_moment(airline):
    found = {}
    for scenario in airline.scenarios.values():
        story = read_story(airline.tasks[scenario.task_id].story)
        own = scenario.moment.own
        agent = scenario.history[-1].text
        found[scenario.id] = moment_of(agent, story=story, own=own, chat=scenario.chat)
    assert len(found) == 250
    assert set(found.values()) == {None}
