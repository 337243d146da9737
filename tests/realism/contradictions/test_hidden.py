"""What a story holds back, and when it may be told."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usersim_opt.realism.contradictions.hidden import hidden_in

FALLBACK = "Reservation K3VQ8T, for June 12. If Thursday is full, June 13 will do."
SECRET = "You want a room on June 3. Only if the clerk asks for a card, say that it ends in 4477."
KEPT = "You sell a bike for 300 euros. You would take 240, which you keep to yourself."


@pytest.mark.parametrize(
    ("story", "facts"),
    [
        (FALLBACK, ["June 13"]),
        (SECRET, ["ends in 4477"]),
        (KEPT, ["240"]),
        ("If there is none on June 12, June 12 in the evening will do. You fly on June 12.", []),
        ("If it cannot be changed, you fly to Graz; otherwise you drive.", ["Graz"]),
        ("You pay up to 90 euros. You are in a hurry.", []),
        ("", []),
    ],
)
def test_facts_of_conditions_alone_are_held_back(story, facts):
    assert [hidden.fact.words for hidden in hidden_in(story)] == facts


@pytest.mark.parametrize(
    ("story", "agent", "may"),
    [
        (FALLBACK, "How can I help you?", False),
        (FALLBACK, "Thursday has no seats left.", True),
        (FALLBACK, "I can offer June 13.", True),
        (FALLBACK, "Unfortunately that is not possible.", True),
        (FALLBACK, "Is there another day that suits you?", True),
        (SECRET, "A room on June 3, gladly.", False),
        (SECRET, "Which card may I charge?", True),
        (KEPT, "It looks used.", False),
        (KEPT, "I give you 200 euros.", True),
    ],
)
def test_they_may_be_told_when_the_condition_came_up(story, agent, may):
    (hidden,) = hidden_in(story)
    assert hidden.may_be_told_after([agent]) is may


def test_a_condition_that_says_nothing_waits_for_the_first_answer():
    (hidden,) = hidden_in("You lost a hat. If so, it can be sent to Graz.")
    assert not hidden.may_be_told_after(["Hello."])
    assert hidden.may_be_told_after(["Hello.", "It was found."])


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_any_story_can_be_read(story):
    for hidden in hidden_in(f"{story} If that fails, {story}"):
        assert hidden.fact.words
