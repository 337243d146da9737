import pytest
from helpers import scenario

from usersim_opt.basics.text import overlap
from usersim_opt.scenarios.authoring.lint import lint_scenario
from usersim_opt.scenarios.authoring.rules.facts import fact_faults
from usersim_opt.scenarios.authoring.rules.moments import moment_faults
from usersim_opt.scenarios.records import Task

STORY = (
    "You are Ana Ng, user id ana_ng_12, code AB12CD. You paid ninety-five euros and 20 for a "
    "seat in row 6; any day from May 10 to 14. Also 4200 points."
)


def facts(said):
    history = [
        {"agent": "Hello"},
        {"customer": said},
        {"agent": "Ok, 77 euros by Monday, says Otto."},
    ]
    task = Task(id="001", domain="d", source="s", story=STORY)
    return [
        fault.what.partition(" is in")[0]
        for fault in fact_faults(task, scenario("001.4", history=history))
    ]


@pytest.mark.parametrize(
    ("said", "strange"),
    [
        ("it was 95 euros", []),
        ("115 in all, so 75 more than twice 20", []),
        ("on the 12th", []),
        ("on the 16th", ["'16'"]),
        ("my code is AB12CE", ["'AB12CE'"]),
        ("i am ana_ng_13", ["'ana_ng_13'"]),
        ("tell Otto that i am in row 6", ["'Otto'"]),
        ("i am Ana, ask in English", []),
        ("300 points", ["'300'"]),
    ],
)
def test_what_a_customer_says_stands_in_the_story_or_follows_from_it(said, strange):
    assert facts(said) == strange


def test_what_the_agent_has_said_is_known_afterwards():
    history = [
        {"agent": "It is 77 euros, says Otto."},
        {"customer": "why does Otto want 77"},
        {"agent": "?"},
    ]
    assert (
        list(
            fact_faults(
                Task(id="001", domain="d", source="s", story=STORY),
                scenario("001.4", history=history),
            )
        )
        == []
    )


def test_overlap_is_a_share_of_words():
    assert overlap("a b c", "A b, d") == 0.5
    assert overlap("", "") == 0.0


@pytest.mark.parametrize(
    ("own", "check", "wanting"),
    [
        (0, {"max_ratio_to_own": {"ratio": 2, "floor": 16}}, "max_ratio_to_own needs 1"),
        (1, {"max_ratio_to_own": {"ratio": 2, "floor": 16}}, ""),
        (1, {"any": [{"asks": True}, {"manner_of_own": ["capitals"]}]}, "manner_of_own needs 2"),
        (2, {"any": [{"asks": True}, {"manner_of_own": ["capitals"]}]}, ""),
        (0, {"max_words": 25}, ""),
    ],
)
def test_a_check_that_compares_with_own_turns_needs_some(own, check, wanting):
    history = [*([{"agent": "Yes?"}, {"customer": "hm"}] * own), {"agent": "And now?"}]
    criterion = {"id": "brief", "dimension": "a.b", "text": "It is brief.", "check": check}
    examples = {"natural": ["no"], "near": [{"reply": "b", "fails": ["brief"], "fault": "long"}]}
    record = scenario("001.3", history=history, criteria=[criterion], examples=examples)
    task = Task(id="001", domain="d", source="s", story=STORY)
    found = [fault.what for fault in moment_faults(task, record)]
    assert found == (
        [f"{wanting} of the customer's own turns, and there are {own}"] * bool(wanting)
    )


def test_the_linter_tells_a_scenario_its_story_before_the_checks_are_tried():
    criterion = {"id": "own_words", "dimension": "guard.non_leakage", "text": "It has own words."}
    recital = {"reply": "any day from May 10 to 14, for a seat in row 6", "fails": ["own_words"]}
    record = scenario(
        "001.1",
        criteria=[criterion | {"check": {"story_echo": 3}}],
        examples={"natural": ["a seat pls"], "near": [recital | {"fault": "recites"}]},
    )
    task = Task(id="001", domain="d", source="s", story=STORY)
    assert not any("should fail" in str(fault) for fault in lint_scenario(task, record))
