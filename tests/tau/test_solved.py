"""The check of a task by replay, on a lamp instead of tau2: broken before, mended after."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from usersim_opt.tau.solved import unsound


@dataclass
class Lamp:
    """An environment with tau2's interface: a lamp shines if plug and bulb are in."""

    plug: bool = True
    bulb: bool = True
    synced: int = 0
    calls: list = field(default_factory=list)

    def set_state(self, *, initialization_data, initialization_actions, message_history):
        assert (initialization_data, message_history) == (None, [])
        for name in initialization_actions:
            setattr(self, name, False)

    def run_env_assertion(self, assertion, *, raise_assertion_error):
        assert raise_assertion_error is False
        return (self.plug and self.bulb) == assertion.value

    def make_tool_call(self, *, tool_name, requestor, **arguments):
        if not hasattr(self, tool_name):
            raise ValueError(f"no tool {tool_name}")
        self.calls.append((tool_name, requestor))
        setattr(self, tool_name, arguments["to"])

    def sync_tools(self):
        self.synced += 1


def step(name, to=True):
    return SimpleNamespace(name=name, requestor="user", arguments={"to": to})


SHINES = SimpleNamespace(value=True)


def task(broken, steps, assertions=(SHINES,)):
    return SimpleNamespace(
        initial_state=SimpleNamespace(
            initialization_data=None, initialization_actions=list(broken)
        ),
        evaluation_criteria=SimpleNamespace(actions=list(steps), env_assertions=list(assertions)),
    )


def test_a_task_that_is_broken_before_and_mended_after_every_step_is_sound():
    lamp = Lamp()
    assert unsound(task(["plug", "bulb"], [step("plug"), step("bulb")]), lambda: lamp) == ""
    assert lamp.calls == [("plug", "user"), ("bulb", "user")]
    assert lamp.synced == 2


UNSOUND = {
    "nothing is wrong": ([], [step("plug")], "its assertions hold before the solution"),
    "a part mends it": (
        ["plug"],
        [step("plug"), step("bulb")],
        "its assertions hold after 1 of 2 steps of the solution",
    ),
    "it stays broken": (["plug", "bulb"], [step("plug")], "its assertions fail after the solution"),
    "it is undone": (["plug"], [step("bulb", to=False)], "its assertions fail after the solution"),
    "no solution": (["plug"], [], "it has no solution"),
    "a step fails": (["plug"], [step("switch")], "it cannot be played: ValueError: no tool switch"),
}


@pytest.mark.parametrize(("broken", "steps", "why"), UNSOUND.values(), ids=UNSOUND)
def test_anything_else_is_refused_with_the_reason(broken, steps, why):
    assert unsound(task(broken, steps), Lamp) == why


def test_a_task_without_assertions_is_no_proof():
    assert unsound(task(["plug"], [step("plug")], assertions=()), Lamp) == "it has no assertion"


def test_all_assertions_have_to_hold_after_it():
    both = (SimpleNamespace(value=True), SimpleNamespace(value=False))
    why = unsound(task(["plug"], [step("plug")], assertions=both), Lamp)
    assert why == "its assertions fail after the solution"
