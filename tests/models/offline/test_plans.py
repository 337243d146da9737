import os
import sys

import pytest
from processes import run

from usersim_opt.models.offline.plans import wrong_point
from usersim_opt.models.offline.story import read_story

PARCEL = read_story(
    "You are Li Wen, user id li_wen_4410. Your parcel Q7RT4B comes on Monday March 3 and you want "
    "it delivered on Wednesday March 5 instead, before noon. There are two boxes. You will pay up "
    "to 10 euros. You want your money back if it fails. No gift wrapping. Only if Wednesday is "
    "full do you take Friday March 7."
)
CHAT = ("Hello?", "can it come on wednesday", "The parcel is found.", "good, that one")


def found(plan):
    return wrong_point(plan, PARCEL, CHAT)


@pytest.mark.parametrize(
    ("plan", "point"),
    [
        ("Day: Thursday March 6. Confirm?", "march 6"),
        ("- **Delivery:** Wednesday March 5\n- **Day:** Friday March 7\nOk?", "march 7"),
        ("The parcel comes on Wednesday at 15:30. Ok?", "15:30"),
        ("- Wednesday March 5\n- 3 boxes\nOk?", "3 boxes"),
        ("- Wednesday March 5\n- fee: $25\nOk?", "$25"),
        ("- Wednesday March 5\n- gift wrapping: $3\nOk?", "gift"),
        ("You get a voucher for it. Ok?", "voucher"),
        ("You collect it on Wednesday March 5. Ok?", "collect"),
    ],
)
def test_what_neither_story_nor_customer_knows_is_the_wrong_point(plan, point):
    assert point in found(plan)


@pytest.mark.parametrize(
    "plan",
    [
        "The parcel Q7RT4B comes on Wednesday March 5. Shall I?",
        "- **Parcel:** Q7RT4B, two boxes\n- **Day:** Wednesday March 5, 10:30\n- **Fee:** $8\nOk?",
        "No insurance, no voucher, just Wednesday. Ok?",
    ],
)
def test_a_plan_of_what_the_customer_wants_has_none(plan):
    assert found(plan) == ""


def test_the_point_comes_with_what_it_is_about():
    assert found("- **Return:** to the shop on March 9\nOk?") == "return, march 9"


def test_of_several_points_that_are_wrong_the_first_of_the_story_is_named_in_every_process():
    """The order of a set would change with the seed of Python's hashes."""
    code = (
        "from usersim_opt.models.offline.plans import wrong_point\n"
        "from usersim_opt.models.offline.story import read_story\n"
        "story = read_story('You want the room. No gift wrapping, no fruit basket, no towels.')\n"
        "print(wrong_point('- gift wrapping, fruit basket, towels: $3. Ok?', story, ['Hi', 'hi']))"
    )
    told = {
        run([sys.executable, "-c", code], env=os.environ | {"PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2", "3")
    }
    assert told == {"gift\n"}
