"""Whether the customer hung up too early: something was still to be done, and the agent was at it.

Three things together make a stop premature: the customer ended it, gold actions that change the
database or the customer's device were not made, and the last that the agent said asks for something
or promises something (premature.yaml). A customer who leaves an agent that has refused, or has
wished a nice day, is not premature.

Not covered: meaning; phrases decide, and they are English.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.text import find_phrases, sentences
from usersim_opt.basics.validation import parse
from usersim_opt.customer.conversation import Said

_FILE = Path(__file__).with_name("premature.yaml")
_WRITES = "write"


class _Data(BaseModel):
    """The shape of premature.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    promises: list[str]
    closings: list[str]


_DATA = parse(strict_yaml.load(_FILE), _Data, where=_FILE.name)


def is_waiting(text: str) -> bool:
    """Whether a text of the agent asks for something or promises something.

    >>> is_waiting("Shall I book it?"), is_waiting("Done. Anything else?")
    (True, False)
    """
    others = [each for each in sentences(text) if not find_phrases(each, _DATA.closings)]
    return any("?" in each or find_phrases(each, _DATA.promises) for each in others)


def undone(environment: Any, reward_info: Any) -> int:
    """How many gold actions that change something were not made, by either side."""
    checks = reward_info.action_checks or []
    missing = [check.action for check in checks if not check.action_match]
    return sum(_changes(environment, action) for action in missing)


def _changes(environment: Any, action: Any) -> bool:
    kit = environment.user_tools if action.requestor == "user" else environment.tools
    return action.name in kit.tools and kit.tool_type(action.name).value == _WRITES


def is_premature(turns: Sequence[Said], *, missing: int, stopped: bool) -> bool:
    """Whether the customer's stop was premature; `missing` counts the actions not made."""
    last = next(_agent_texts(turns), "")
    return stopped and missing > 0 and is_waiting(last)


def _agent_texts(turns: Sequence[Said]) -> Iterator[str]:
    """What the agent said, the last first."""
    return (turn.text for turn in reversed(turns) if turn.role == "agent")
