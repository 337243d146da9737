"""Traits in the real tau2: what its customer is sent, and the personas of its own tasks."""

import re

from conftest import BASE_PROMPT
from tau2_here import QUIET, tasks_of, tau2_or_skip

import usersim_opt as uso
from usersim_opt.customer.steering import steered
from usersim_opt.tau.personas import persona_of
from usersim_opt.tau.scripted import ALL_DONE, Scripted, oracle
from usersim_opt.tau.users import with_tools

TAU2 = tau2_or_skip()
pytestmark = QUIET
BASE = uso.read_prompt(BASE_PROMPT)
PRESSING = re.compile(r"too long|get on with it|all day", re.IGNORECASE)
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


class Touchy(Scripted):
    """The oracle, which leaves a customer who presses it."""

    def generate_next_message(self, message, state):
        if PRESSING.search(getattr(message, "content", None) or ""):
            self.steps = [ALL_DONE]
        return super().generate_next_message(message, state)


def test_an_agent_that_is_put_off_by_a_trait_drops():
    touchy = uso.tau.AgentMaker("touchy", lambda *of: Touchy(oracle(*of).steps), price=0)
    hasty = uso.tau.traits_of("impatience=high")
    prompts = uso.tau.trait_prompts(BASE, [hasty])
    found = uso.tau.evaluate(prompts, touchy, lm="offline/user", task_ids=["2", "3"], workers=2)
    drops = uso.tau.Drops({"touchy": found})
    assert found.trivial == set()
    assert [run.reward for run in found.of("none")] == [1.0, 1.0]
    pressed = [bool(PRESSING.search(run.talk.customer[0].text)) for run in found.of(hasty.label)]
    assert any(pressed)
    assert [run.success for run in found.of(hasty.label)] == [not each for each in pressed]
    assert drops.drop("touchy", hasty.label).gain.mean == -sum(pressed) / 2
