"""Traits in the real tau2: what its customer is sent, and the personas of its own tasks."""

from conftest import BASE_PROMPT
from tau2_here import QUIET, tasks_of, tau2_or_skip

import usersim_opt as uso
from usersim_opt.customer.steering import steered
from usersim_opt.tau.personas import persona_of
from usersim_opt.tau.users import with_tools

TAU2 = tau2_or_skip()
pytestmark = QUIET
BASE = uso.read_prompt(BASE_PROMPT)
MIX = uso.tau.traits_of("impatience=high,skepticism=low")


def shown(prompt, task, tools=None):
    """The system message that tau2 begins with."""
    customer = uso.tau.user(prompt)
    user = customer(tools=tools, instructions=str(task.user_scenario), llm="m", llm_args={})
    (message,) = user.get_init_state().system_messages
    return message.content


def test_tau2_sends_what_a_steered_rollout_sends():
    for task in tasks_of("airline", "base"):
        story = steered(str(task.user_scenario), MIX.text)
        assert shown(uso.tau.with_traits(BASE, MIX), task) == BASE.fill(story)


def test_the_section_on_tools_stands_where_it_stands_without_traits():
    environment = TAU2.registry.get_env_constructor("telecom")()
    tools = environment.get_user_tools()
    for task in tasks_of("telecom", "small"):
        story = steered(str(task.user_scenario), MIX.text)
        text = shown(uso.tau.with_traits(BASE, MIX), task, tools)
        assert text == with_tools(BASE).fill(story)


def test_ids_name_the_persona_that_the_story_has():
    found = {}
    for task in tasks_of("telecom", "base"):
        found.setdefault(persona_of(str(task.id)), []).append(task.user_scenario.persona)
    assert {name: len(each) for name, each in found.items()} == {"None": 40, "Easy": 38, "Hard": 36}
    assert [len(set(each)) for each in found.values()] == [1, 1, 1]
    assert set(found["None"]) == {None}


def test_no_story_of_airline_has_one():
    assert {persona_of(str(task.id)) for task in tasks_of("airline", "base")} == {""}
