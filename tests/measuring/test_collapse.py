import random

import pytest
from helpers import outcome, scenario

from usersim_opt.measuring.collapse import collapsed


def reply(text, number=1, repeat=0):
    return outcome("001.3", 1, 1, repeat=repeat).model_copy(
        update={"scenario": f"{number:03}.1", "reply": text}
    )


@pytest.mark.parametrize(
    ("replies", "alike"),
    [
        (["no"] * 3, False),
        (["no"] * 4, True),
        (["no"] * 3 + ["what?"], False),
        (["no", "NO ", "no", "no"], True),
        (["no"] * 5 + ["a", "b", "c"], True),
        (["no"] * 4 + ["a", "b", "c", "d"], False),
        ([""] * 9, False),
    ],
)
def test_replies_that_do_not_depend_on_the_conversation_are_seen(replies, alike):
    outcomes = [reply(text, number) for number, text in enumerate(replies)]
    assert bool(collapsed(outcomes, {})) == alike


def test_the_reply_that_is_always_the_same_is_named_with_its_number():
    outcomes = [reply(text, number) for number, text in enumerate(["no"] * 5 + ["a", "b", "c"])]
    assert collapsed(outcomes, {}) == "the same reply, 'no', was given to 5 of 8 scenarios"


def test_repeats_of_one_scenario_may_be_alike():
    assert collapsed([reply("no", repeat=repeat) for repeat in range(9)], {}) == ""


def replies(said):
    return [reply(text, number) for number, text in enumerate(said)]


OTHERS = [
    "the third of may",
    "my bag is red",
    "row nine, by the door",
    "why would that cost more",
    "a refund to the card",
    "two of us fly",
]


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        (["ok then"] * 4 + ["what is that"] * 4 + OTHERS[:2], "one of 2 replies"),
        (["ok"] * 3 + ["what"] * 3 + ["never mind that"] * 3 + OTHERS[:1], "one of 3 replies"),
        (["ok then"] * 4 + ["what is that"] * 3 + OTHERS[:3], ""),
        (["no"] * 3 + ["yes"] * 3 + OTHERS[:4], ""),
        (["ok then", "what is that"] * 3, ""),
        ([*OTHERS, "no", "yes"], ""),
    ],
)
def test_canned_replies_in_turn_are_seen_from_eight_replies_on(said, seen):
    found = collapsed(replies(said), {})
    assert seen in found
    assert bool(found) == bool(seen)


def test_replies_that_differ_in_a_word_are_the_same():
    places = ["athens", "rome", "oslo", "paris", "dublin", "berlin", "madrid", "vienna"]
    same = [f"please help me with my trip to {place} as soon as you can" for place in places]
    assert "'please help me with my trip to athens as', was given to 8 of 8" in collapsed(
        replies(same), {}
    )
    assert not collapsed(replies([f"to {place}, one way" for place in places]), {})


def naturals(airline, number=0):
    """The longest natural example of every smoke scenario, as a reply to it or to a later one."""
    scenarios = list(airline.scenarios.values())
    scenarios = [each for each in scenarios if each.task_id in airline.splits["smoke"]]
    later = scenarios[number:] + scenarios[:number]
    return [
        outcome(each.id, 1, 1).model_copy(update={"reply": max(said.examples.natural, key=len)})
        for each, said in zip(scenarios, later, strict=True)
    ]


def test_natural_replies_refer_to_their_scenario_and_dealt_to_others_they_do_not(airline):
    assert not collapsed(naturals(airline), airline.scenarios)
    assert "refer to their own conversation" in collapsed(naturals(airline, 12), airline.scenarios)


STOCK = (
    "i am not sure about that, could you check it again please",
    "that is not what i asked for, please look again",
    "fine, go ahead with that one then if you must",
    "why is this taking so long, i have been waiting for ages",
    "and what would that change mean for me in the end",
)


def test_stock_phrases_dealt_by_chance_are_seen(airline):
    dealt = random.Random(3)
    stock = [each.model_copy(update={"reply": dealt.choice(STOCK)}) for each in naturals(airline)]
    assert collapsed(stock, airline.scenarios)


def test_short_answers_are_natural_where_an_example_is_as_short(airline):
    scenario = next(iter(airline.scenarios.values()))
    short = scenario.examples.model_copy(update={"passing": ("yes",), "plain": ()})
    asked = scenario.model_copy(update={"examples": short})
    scenarios = {f"{number:03}.1": asked for number in range(8)}
    assert collapsed(replies(["yes"] * 8), {})
    assert not collapsed(replies(["yes"] * 8), scenarios)


@pytest.mark.parametrize(
    "said",
    [
        ["no 2 turns", "no 4 turns", "No 6 turns."] * 2,
        ["No, 12 things!", "no 3 things", "no 40 things", "no 5 things"],
    ],
)
def test_replies_that_differ_in_a_number_and_signs_are_the_same(said):
    assert f"was given to {len(said)} of {len(said)} scenarios" in collapsed(replies(said), {})


def test_a_number_of_the_scenario_tells_whose_reply_it_is():
    names = [f"{number:03}.1" for number in range(10, 22)]
    scenarios = {
        name: scenario(name, history=[{"agent": f"About order {name[:3]}?"}]) for name in names
    }

    def said(number_in):
        return [
            outcome(name, 1, 1).model_copy(update={"reply": f"order {number_in(name)}, yes"})
            for name in names
        ]

    assert not collapsed(said(lambda name: name[:3]), scenarios)
    assert collapsed(said(lambda name: f"9{name[:3]}"), scenarios)


REFUSALS = (
    "no",
    "i will not do that",
    "no way",
    "not telling you that",
    "i refuse to do it",
    "no i will not do it",
    "not doing that, no",
    "i do not do that",
)


def test_whoever_refuses_everything_in_many_ways_is_seen():
    dealt = random.Random(5)
    said = [dealt.choice(REFUSALS) for _ in range(40)]
    assert "replies to other tasks do not have" in collapsed(replies(said), {})


def test_terse_natural_replies_have_words_of_their_own(airline):
    scenarios = list(airline.scenarios.values())
    for start in range(0, len(scenarios) - 20, 20):
        said = [min(each.examples.natural, key=len) for each in scenarios[start : start + 20]]
        outcomes = [
            outcome(each.id, 1, 1).model_copy(update={"reply": text})
            for each, text in zip(scenarios[start : start + 20], said, strict=True)
        ]
        assert collapsed(outcomes, airline.scenarios) == ""
