"""Outlook: what a run's seed prompt leaves to gain, and what the run could prove of it.

It is made after the search has looked at the seed, from training scenarios alone, and stands in the
journal as the event `outlook`. Where nothing could be proven the run stops there: no smoke call is
made, and the seed stays.

    outlook.lines   what is left, where, and what can be proven, a line each
    outlook.advice  what to do where the run stopped, a line each
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field

from usersim_opt.basics.figures import many, points, share_text
from usersim_opt.basics.levels import LEVEL, level_text
from usersim_opt.measuring.headroom import Left
from usersim_opt.scenarios.records import Record

ENDED_BY = "the ceiling: what the seed prompt leaves is less than the smoke split could prove"
HARDER = (
    "What helps most is a harder rubric: criteria that this prompt fails and people pass "
    "(docs/rubrics.md; usersim-opt items says which to rewrite)."
)
TOO_SMALL = "The smoke split is too small, however good a prompt is."
MORE_TASKS = (
    "More smoke tasks help: usersim-opt build-dataset --smoke NUMBER, and for data written by hand "
    "move tasks from train to smoke in splits.yaml."
)
GO_ON = (
    "To search all the same: the same command with --resume --despite-ceiling "
    "(in Python optimizer.despite_ceiling = True)."
)
_MUCH_LEFT = 0.1
"""What is left, 0 to 1, from which it is the split and not the rubric that proves nothing."""
_MOST_NAMES = 3
Names = Annotated[tuple[str, ...], Field(strict=False)]


class Outlook(Record):
    """What is left to gain, and what could be proven; shares and gains are from 0 to 1."""

    _unwritten_defaults: ClassVar[frozenset[str]] = frozenset({"level"})

    failed: int
    scored: int
    """Verdicts on the seed prompt, on train."""
    replies: int
    """Replies that they are of."""
    scenarios: int
    tasks: int
    """Of the smoke split."""
    smoke_replies: int
    """Per smoke scenario and prompt that the calls pay for."""
    assumed: float
    """What the smoke split is assumed to leave: each criterion fails as its dimension on train."""
    smallest: float | None
    """The smallest gain that four of five such runs prove; None where none is."""
    at_ceiling: Names
    """Dimensions in which nothing failed."""
    open: Names
    """Dimensions in which something failed, the largest share first."""
    helps: str
    """What would prove more, as a command where there is one."""
    stops: bool
    """Whether the search is not worth its calls."""
    level: float = LEVEL
    """At which the gain will be decided, two-sided; smaller where the split was used before."""

    @property
    def left(self) -> Left:
        """What the seed prompt leaves on train."""
        return Left(self.failed, self.scored, self.replies)

    @property
    def lines(self) -> list[str]:
        """What is left, in which dimensions, what can be proven, what would prove half of it."""
        measured = f"{many(self.replies, 'reply')} of the seed prompt on train"
        as_much = f"the smoke split is assumed to leave {share_text(self.assumed)}"
        left = f"Left to gain: {self.left} of the criteria ({measured}); {as_much}."
        return [line for line in (left, self.by_dimension, self.proof, self.helps) if line]

    @property
    def by_dimension(self) -> str:
        """In how many dimensions nothing failed, and where most is left."""
        number = len(self.at_ceiling) + len(self.open)
        full = f"Nothing failed in {len(self.at_ceiling)} of {many(number, 'dimension')}"
        if len(self.at_ceiling) <= _MOST_NAMES and self.at_ceiling:
            full += f" ({_names(self.at_ceiling)})"
        return f"{full}; most is left in {_names(self.open)}." if self.open else f"{full}."

    @property
    def proof(self) -> str:
        """The smallest gain that the smoke split proves, in words."""
        split = f"{many(self.scenarios, 'scenario')} of {many(self.tasks, 'task')}"
        at = "" if self.level == LEVEL else f", decided at {level_text(self.level)}"
        where = f"on {split} with {many(self.smoke_replies, 'reply')} each{at}"
        if self.smallest is None:
            return f"Provable {where}: nothing, not even what a prompt without a fault gains."
        return f"Provable {where}, four times in five: {size(self.smallest)} or more."

    @property
    def advice(self) -> list[str]:
        """What to do where the run stopped, a line each."""
        is_split = self.smallest is None and self.left.share.mean >= _MUCH_LEFT
        return [f"{TOO_SMALL} {MORE_TASKS}" if is_split else HARDER, GO_ON]


def size(gain: float) -> str:
    """A gain as a size, without a sign: `7.9 points`."""
    return f"{points(gain).removeprefix('+')} points"


def read_outlook(event: Mapping[str, Any]) -> Outlook:
    """The outlook of an event of the journal; pydantic's ValidationError for what is none."""
    return Outlook.model_validate(
        {key: value for key, value in event.items() if key not in ("event", "at")}
    )


def _names(dimensions: Sequence[str]) -> str:
    more = len(dimensions) - _MOST_NAMES
    names = ", ".join(dimensions[:_MOST_NAMES])
    return f"{names} and {more} more" if more > 0 else names
