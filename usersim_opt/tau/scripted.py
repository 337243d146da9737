"""Agents without a model, the two ends of the scale: one does nothing, one everything right.

    idle     says "All done." and leaves
    oracle   plays the task's gold actions in their order, names the customer's own calls in words
             (models/offline/obeying.py understands them), tells what has to be told, and leaves

Both keep to what tau2's Orchestrator asks of an agent, and are no subclass of anything of it. They
stop themselves, so that a talk ends whatever the customer says.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from usersim_opt.models.offline.obeying import naming
from usersim_opt.tau.package import Tau2, tau2

ALL_DONE = "All done."
SILENT = "Hello."
NOBODY = "silent"
"""How records name the customer of the idle line, who has no model."""


@dataclass
class Scripted:
    """An agent that plays steps in their order, and leaves with the last one.

    A step is a text or a call (name and arguments).
    """

    steps: Sequence[str | tuple[str, Mapping[str, Any]]]
    left: bool = field(default=False, init=False)
    _said: int = field(default=0, init=False)

    def get_init_state(self, message_history: Any = None) -> None:
        """It remembers nothing."""

    def set_seed(self, seed: int) -> None:
        """It draws nothing."""

    def stop(self, message: Any, state: Any) -> None:
        """Nothing is to be tidied up."""

    def is_stop(self, message: Any) -> bool:
        """Whether the step that was played is the last one."""
        return self._said >= len(self.steps)

    def generate_next_message(self, message: Any, state: None) -> tuple[Any, None]:
        """The next step as a message of tau2."""
        step = self.steps[self._said]
        self._said += 1
        return _message(tau2(), step, number=self._said), None


def _message(parts: Tau2, step: str | tuple[str, Mapping[str, Any]], *, number: int) -> Any:
    if isinstance(step, str):
        return parts.AssistantMessage(role="assistant", content=step, cost=0.0)
    name, arguments = step
    call = parts.ToolCall(id=f"gold_{number}", name=name, arguments=dict(arguments))
    return parts.AssistantMessage(role="assistant", tool_calls=[call], cost=0.0)


def idle(environment: Any, task: Any) -> Scripted:
    """An agent that does nothing; what it scores is worth nothing."""
    return Scripted([ALL_DONE])


def oracle(environment: Any, task: Any) -> Scripted:
    """An agent that knows the gold actions of the task."""
    wanted = task.evaluation_criteria
    actions = (wanted.actions or []) if wanted else []
    told = (wanted.communicate_info or []) if wanted else []
    return Scripted([*map(_step, actions), " ".join(["Done.", *told])])


def _step(action: Any) -> str | tuple[str, Mapping[str, Any]]:
    if action.requestor == "user":
        return naming(action.name, action.arguments)
    return action.name, action.arguments


SCRIPTS: Mapping[str, Callable[[Any, Any], Scripted]] = {"idle": idle, "oracle": oracle}
"""By name."""


@dataclass
class Silent:
    """A customer without a model, who says one word; for agents that do not listen."""

    def get_init_state(self, message_history: Any = None) -> None:
        """It remembers nothing."""

    def set_seed(self, seed: int) -> None:
        """It draws nothing."""

    def stop(self, message: Any, state: Any) -> None:
        """Nothing is to be tidied up."""

    def generate_next_message(self, message: Any, state: None) -> tuple[Any, None]:
        """The one word as a message of tau2."""
        return tau2().UserMessage(role="user", content=SILENT, cost=0.0), None
