import pytest

from usersim_opt.models.offline.asking import answers_to, points_of
from usersim_opt.models.offline.story import read_story

PHONE = read_story(
    "You are Jo Park, user id jo_park_2201. Your phone contract, order Q4RT7B, has two lines. You "
    "want it cancelled on Tuesday June 3, because you are moving. You pay with the Visa ending in "
    "4410."
)


@pytest.mark.parametrize(
    ("point", "answer"),
    [
        ("your order number", "Q4RT7B"),
        ("your user ID", "jo_park_2201"),
        ("your full name", "Jo Park"),
        ("the new date", "Tuesday June 3"),
        ("how you would like to pay", "Visa ending in 4410"),
    ],
)
def test_what_is_asked_is_answered_from_the_story(point, answer):
    assert answer in answers_to(point, PHONE)


def test_what_the_story_does_not_hold_has_no_answer():
    assert answers_to("the serial number of your router", PHONE) == []


def test_a_form_has_a_point_for_each_bullet_and_running_text_for_each_question():
    assert points_of("Please send:\n- **code**\n- name") == ["code", "name"]
    assert points_of("Hm. What is the code? And whose card is it?") == [
        "What is the code?",
        "And whose card is it?",
    ]
