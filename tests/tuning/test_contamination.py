import pytest
from helpers import scenario

from usersim_opt.customer.prompt import Prompt
from usersim_opt.scenarios.records import Task
from usersim_opt.tuning.contamination import Contamination
from usersim_opt.tuning.stems import stems

STORIES = {
    "001": (
        "You bought a purple kettle for your aunt. The lid leaks and the cord is too short. "
        "You want a replacement, sent to the bakery. Only if the colour is sold out do you take "
        "thirty-five dollars back. You have the receipt, but not the box."
    ),
    "002": (
        "You ordered a garden bench in oak. The courier left it at the wrong porch and one leg is "
        "cracked. You want it collected on a weekday. A discount of a hundred and twenty dollars "
        "would do, if nobody can come before the 14th. You cannot lift it."
    ),
    "003": (
        "Your headphones lost the left channel after a swim. You believe the warranty runs two "
        "years. You want them repaired, not swapped."
    ),
}
ADVICE = (
    "Keep each message short; a few words are often enough.",
    "Ask what it costs and how long it takes before you agree.",
    "If the agent gets something wrong, object at once and say what is right.",
    "Offer no second choice until the first has been refused.",
    "You do not have the receipt, the box or the number at hand unless the story says so.",
)


def contamination(*ids, first="You are a customer.", **scenario_changes):
    tasks = [Task(id=i, domain="retail", source="test", story=STORIES[i]) for i in ids]
    return Contamination.of(tasks, [scenario(f"{i}.3", **scenario_changes) for i in ids], first)


def retold(learned, *advice):
    return learned.retold(Prompt("You are a customer.\n" + "\n".join(f"- {one}" for one in advice)))


@pytest.mark.parametrize("ids", [["001"], ["001", "002"], ["001", "002", "003"]])
def test_with_few_tasks_a_retelling_is_found_and_advice_is_not(ids):
    learned = contamination(*ids)
    words = retold(
        learned,
        (
            "When the lid of the kettle leaks, ask for a replacement of the same "
            "colour, and take 35 back only if that is sold out."
        ),
    )
    assert {"kettle", "lid", "leaks", "colour", "sold", "35"} <= set(words)
    for advice in ADVICE:
        assert retold(learned, advice) == [], advice


def test_a_story_spread_over_bullets_is_found():
    pieces = (
        "The bench was left at a wrong porch.",
        "It has one cracked leg of oak.",
        "A courier may collect it on a weekday.",
    )
    learned = contamination("001", "002", "003")
    assert all(retold(learned, piece, *ADVICE) == [] for piece in pieces)
    assert "bench" in retold(learned, *ADVICE, *pieces, *ADVICE)


def test_what_the_first_prompt_says_is_free():
    said = "When the lid of the purple kettle leaks, ask for a replacement, sent to the bakery."
    assert retold(contamination("001", "002"), said)
    assert retold(contamination("001", "002", first=said), said) == []


def test_facts_of_a_conversation_count_too():
    turn = {
        "agent": (
            "The saddle is rusty, so I charge the pedals and the bell to your neighbour. Agreed?"
        )
    }
    advice = "If they charge a neighbour for pedals and a bell because of a rusty saddle, protest."
    assert retold(contamination("003", history=[turn]), advice)
    assert retold(contamination("003"), advice) == []


def test_words_of_several_conversations_do_not_add_up_to_one():
    said = ("The saddle is rusty.", "Pedals cost more.", "Call your neighbour.", "Ring the bell.")
    advice = "If they charge a neighbour for pedals and a bell because of a rusty saddle, protest."
    tasks = [Task(id=i, domain="retail", source="test", story=STORIES[i]) for i in STORIES]
    scattered = [
        scenario(f"003.{number}", history=[{"agent": text}]) for number, text in enumerate(said, 1)
    ]
    together = scenario("003.1", history=[{"agent": " ".join(said)}])
    assert retold(Contamination.of(tasks, [together], "You are a customer."), advice)
    assert retold(Contamination.of(tasks, scattered, "You are a customer."), advice) == []


def test_a_criterion_in_slightly_other_words_is_found():
    text = (
        "The reply does not accept the second courier; a doubt, a joke or a question "
        "about the date counts as no."
    )
    learned = contamination(
        "001", criteria=[{"id": "c", "dimension": "clarification.pushback", "text": text}]
    )
    assert learned.reworded(
        "Never accept the second courier: a doubt, a joke or a question about the day will do."
    )
    assert learned.reworded("Do not accept a date that is wrong; ask a question about it.") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a hundred and twenty dollars", "a 120 dollar"),
        ("eight hundred and fifty", "850"),
        ("42,000 points", "42000 point"),
        ("four thousand kroner", "4000 kroner"),
        ("thirty-five, the twenty-first and the 14th", "35 the 21 and the 14"),
        ("fourteenth, twentieth of one hundred and", "14 20 of 100"),
        ("20 five", "20 5"),
        ("Théo's cancelled flights", "theo cancel flight"),
        ("", ""),
    ],
)
def test_stems_and_numbers(text, expected):
    assert " ".join(stem for stem, _ in stems(text)) == expected
