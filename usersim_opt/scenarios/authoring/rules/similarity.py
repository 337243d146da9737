"""How much two texts have in common; and the rule that no two scenarios tell nearly the same."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from usersim_opt.basics.text import fold, word_set
from usersim_opt.scenarios.authoring.rules import Fault
from usersim_opt.scenarios.records import Scenario

LONG = 12
"""Criteria with fewer different words may be alike: there are few ways to say "at most 30 words"."""
SAME_CRITERION = 0.85
SAME_HISTORY = 0.5
WINDOW = 5


def phrases_of(text: str, length: int) -> frozenset[tuple[str, ...]]:
    """All runs of `length` words."""
    tokens = re.findall(r"[\w']+", fold(text))
    return frozenset(zip(*(tokens[i:] for i in range(length)), strict=False))


def similarity_faults(scenarios: Mapping[str, Scenario]) -> Iterator[Fault]:
    """Criteria and histories of different scenarios that are nearly the same."""
    criteria = [
        (s.id, f"criteria.{c.id}", word_set(c.text)) for s in scenarios.values() for c in s.criteria
    ]
    yield from _near(
        (item for item in criteria if len(item[2]) >= LONG),
        SAME_CRITERION,
        "put it in terms of this conversation",
    )
    histories = [
        (s.id, "history", phrases_of(" ".join(turn.text for turn in s.history), WINDOW))
        for s in scenarios.values()
    ]
    yield from _near(
        (item for item in histories if item[2]), SAME_HISTORY, "write another conversation"
    )


def _near(
    items: Iterable[tuple[str, str, frozenset[object]]], limit: float, fix: str
) -> Iterator[Fault]:
    for (one, field, a), (other, other_field, b) in combinations(items, 2):
        if one != other and len(a & b) >= limit * len(a | b):
            yield Fault(
                f"scenarios/{other}.yaml",
                other_field,
                f"is nearly the same as {field} of {one}",
                fix,
            )
