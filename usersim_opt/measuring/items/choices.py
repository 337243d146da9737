"""How often the rubric is of one mind with somebody who chose between two replies.

For each pair of which both replies were graded, d is the share of the scored criteria that the
chosen reply passes less that of the other one. The correlation within pairs is the point-biserial
one of share and choice, each taken less its mean in the pair:

    r = sum d / sqrt(n * sum d^2)

Readers lean to the shorter reply, and so may a rubric. Hence the same once more for pairs of like
length: their numbers of words differ by at most a fifth of the longer one, or by one word.

Not covered: ties ("neither") and scores; how sure a figure of few pairs is.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from usersim_opt.basics.text import words
from usersim_opt.measuring.items.records import Choices
from usersim_opt.measuring.items.responses import Response, Responses

_LIKE = 0.2
"""The share of the longer reply's words by which replies of like length differ at most."""


@dataclass(frozen=True)
class _Pair:
    """The reply that was chosen and the other one, with the shares that they pass."""

    chosen: Response
    other: Response
    difference: float

    @property
    def is_alike(self) -> bool:
        """Whether both are of like length."""
        lengths = len(words(self.chosen.reply)), len(words(self.other.reply))
        return abs(lengths[0] - lengths[1]) <= max(1.0, _LIKE * max(lengths))


def choices_of(records: Iterable[Any], responses: Responses) -> list[Choices]:
    """All pairs, then those of like length; empty where no pair has two graded replies.

    A record with `one`, `other` and `chosen` is a pair, as `read_preferences` gives.
    """
    replies = responses.by_scenario()
    pairs = list(_pairs(records, replies, responses))
    alike = [pair for pair in pairs if pair.is_alike]
    named = (("all", pairs), ("of like length", alike))
    return [_counted(name, group) for name, group in named if group]


def _pairs(
    records: Iterable[Any], replies: dict[str, list[Response]], responses: Responses
) -> Iterator[_Pair]:
    for record in records:
        side = getattr(record, "chosen", "neither")
        if side == "neither":
            continue
        rest = "other" if side == "one" else "one"
        graded = replies.get(record.scenario, [])
        chosen, other = _named(graded, getattr(record, side)), _named(graded, getattr(record, rest))
        if chosen is not None and other is not None:
            yield _Pair(chosen, other, _share(chosen, responses) - _share(other, responses))


def _named(graded: Sequence[Response], side: Any) -> Response | None:
    """The reply that a side names, if it was graded."""
    fitting = (
        reply
        for reply in graded
        if side.prompt in ("", reply.respondent) and side.reply in ("", reply.reply)
    )
    return next(fitting, None)


def _share(reply: Response, responses: Responses) -> float:
    """The share of its scored criteria that a reply passes."""
    scored = responses.scenarios[reply.scenario].scored_criteria
    passed = [reply.passed[each.id] for each in scored if each.id in reply.passed]
    return sum(passed) / max(1, len(passed))


def _counted(name: str, pairs: Sequence[_Pair]) -> Choices:
    differences = [pair.difference for pair in pairs]
    squares = sum(each * each for each in differences)
    return Choices(
        name=name,
        pairs=len(pairs),
        agreeing=sum(each > 0 for each in differences),
        opposing=sum(each < 0 for each in differences),
        within=sum(differences) / math.sqrt(len(pairs) * squares) if squares else None,
    )
