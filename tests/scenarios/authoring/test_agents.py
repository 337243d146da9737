import json
from collections import Counter

import pytest
from drafts import GOOD, TALK
from helpers import scripted

import usersim_opt as uso
from usersim_opt.scenarios.authoring.agents import AGENTS, draw_agent
from usersim_opt.scenarios.records import Task

TASK = Task(id="000", domain="d", source="s", story="You are Ana. You want to fly on Friday.")


def test_the_shares_sum_to_one_and_are_kept_over_many_scenarios():
    assert sum(agent.share for agent in AGENTS.values()) == pytest.approx(1)
    names = [f"{task:03}.{number}" for task in range(200) for number in range(1, 6)]
    drawn = Counter(draw_agent(name).line for name in names)
    for agent in AGENTS.values():
        assert drawn[agent.line] / len(names) == pytest.approx(agent.share, abs=0.05)


def test_a_scenario_has_the_same_agent_in_every_build():
    assert draw_agent("001.3") == draw_agent("001.3")


def test_both_writers_are_told_what_sort_of_agent_it_is():
    lm, engine = scripted(TALK, GOOD)
    uso.ScenarioAuthor(lm)(task=TASK, kind="initial_request")
    for request in engine.requests:
        text = request.messages[0].text
        shown = json.loads(text.removeprefix("<material>").removesuffix("</material>"))
        assert shown["the_agent_is"] == draw_agent("000.1").line
