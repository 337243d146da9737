"""Whether a task of tau2 is one: something is wrong, the solution mends it, and less does not.

Three looks at the assertions of the task decide: they must not all hold before the solution, not
after a part of it, and they must all hold after it. Every step of the solution has to succeed.

Not covered: tasks without assertions, and those whose right end is that nothing can be done: there
the assertions hold from the start, so they are no proof.
"""

from collections.abc import Callable
from typing import Any

from usersim_opt.basics.errors import one_line


def unsound(task: Any, make: Callable[[], Any]) -> str:
    """Why a task fails the check, in words; empty if it passes.

    `task` is in tau2's own form, `make` gives a fresh environment for it.
    """
    assertions = task.evaluation_criteria.env_assertions or []
    if not assertions:
        return "it has no assertion"
    environment = make()
    try:
        _begin(environment, task)
        return _played(environment, task.evaluation_criteria.actions or [], assertions)
    except Exception as error:  # noqa: BLE001 - whatever a broken task raises is what is wrong
        return f"it cannot be played: {one_line(error)}"


def _begin(environment: Any, task: Any) -> None:
    """Make wrong what the task says is wrong."""
    begin = task.initial_state
    environment.set_state(
        initialization_data=begin.initialization_data,
        initialization_actions=begin.initialization_actions,
        message_history=[],
    )


def _played(environment: Any, steps: list[Any], assertions: list[Any]) -> str:
    if not steps:
        return "it has no solution"
    for number, step in enumerate(steps):
        if _all_hold(environment, assertions):
            when = f"after {number} of {len(steps)} steps of" if number else "before"
            return f"its assertions hold {when} the solution"
        call = {"tool_name": step.name, "requestor": step.requestor}
        environment.make_tool_call(**call, **step.arguments)
        environment.sync_tools()
    return "" if _all_hold(environment, assertions) else "its assertions fail after the solution"


def _all_hold(environment: Any, assertions: list[Any]) -> bool:
    return all(
        environment.run_env_assertion(each, raise_assertion_error=False) for each in assertions
    )
