"""Replies that nobody has to write."""

from helpers import CRITERION, scenario

from usersim_opt.measuring.items.robots import ROBOTS, robot_verdicts

AGENT = "Hello. Which flight is it? And how do you want to pay?"
CRITERIA = [
    CRITERION,
    CRITERION | {"id": "asks", "text": "Asks.", "check": {"asks": True}},
    CRITERION | {"id": "thanks", "text": "No thanks.", "check": {"none_of": ["@thanks"]}},
    {"id": "judged", "dimension": "clarification.pushback", "text": "Says no."},
]


def test_each_robot_replies_in_its_way():
    moment = scenario(history=[{"agent": AGENT}])
    replies = {name: reply(moment) for name, reply in ROBOTS.items()}
    assert (replies["ok"], replies["no"], replies["silence"]) == ("ok", "no", "")
    assert replies["parrot"] == AGENT
    assert all(point in replies["helpful"] for point in ("Which flight is it", "how do you want"))
    assert len(replies["helpful"].split()) > 60


def test_robots_are_graded_by_checks_alone():
    found = robot_verdicts(scenario(history=[{"agent": AGENT}], criteria=CRITERIA))
    assert all(set(verdicts) == {"short", "asks", "thanks"} for verdicts in found.values())
    assert found["ok"] == {"short": True, "asks": False, "thanks": True}
    assert found["helpful"] == {"short": False, "asks": True, "thanks": False}
    assert found["parrot"] == {"short": False, "asks": True, "thanks": True}


def test_silence_is_graded_by_the_criteria_and_not_by_the_rule_of_the_metric():
    found = robot_verdicts(scenario(history=[{"agent": AGENT}], criteria=CRITERIA))
    assert found["silence"] == {"short": True, "asks": False, "thanks": True}


def test_an_agent_s_braces_are_text_like_any_other():
    odd = scenario(history=[{"agent": "Is it {point} or {0}?"}], criteria=CRITERIA)
    assert "{0}" in ROBOTS["helpful"](odd)
