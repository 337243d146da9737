"""What is said to the simulated customer beside its story, before each of its turns.

A profile is the same text all along; an intent changes from turn to turn; a tracker of goals says
what is still open. The text stands behind the story, in the story's place of the prompt, so that
the prompt that is measured and shipped stays byte for byte what it is.

Not covered: steering the agent.
"""

from typing import Any, Protocol

from usersim_opt.basics.errors import InputError
from usersim_opt.customer.simulator import Turns
from usersim_opt.scenarios.records import Task


class Steering(Protocol):
    """Gives the text for the customer's next turn.

    It depends on task, seed and the turns so far alone, so that a conversation that is played again
    is steered again in the same way.
    """

    @property
    def name(self) -> str:
        """What steers, with its settings; it stands in every record of what was steered."""

    @property
    def price(self) -> int:
        """Calls of models that it takes before a customer's turn, at the most."""

    def __call__(self, task: Task, history: Turns, *, seed: int) -> str:
        """The text for the turn that follows `history`, which ends on the agent; may be empty."""


def steered(story: str, text: str) -> str:
    """The story with the steering text behind it, a blank line between them."""
    return f"{story}\n\n{text.strip()}" if text.strip() else story


def steering_price(steering: Steering | None) -> int:
    """Calls before each customer's turn: none without steering; InputError for what is none."""
    if steering is None:
        return 0
    check_steering(steering)
    return steering.price


def check_steering(steering: Any) -> None:
    """InputError for an object that cannot steer."""
    name, price = (getattr(steering, each, None) for each in ("name", "price"))
    if callable(steering) and isinstance(name, str) and isinstance(price, int):
        return
    raise InputError(
        f"steering is a {type(steering).__name__}; expected an object with `name` and `price` "
        "that can be called with (task, history, seed=...)"
    )
