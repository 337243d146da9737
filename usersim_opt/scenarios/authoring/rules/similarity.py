"""How much two texts have in common; and the rule that no two scenarios tell nearly the same."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from usersim_opt.basics.text import common_share, fold, word_set
from usersim_opt.scenarios.authoring.rules import Fault, Faults
from usersim_opt.scenarios.records import Scenarios

LONG = 12
"""Criteria of fewer different words may be alike: few ways say "at most 30 words"."""
SAME_CRITERION = 0.85
SAME_HISTORY = 0.5
WINDOW = 5

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class _Passage:
    """A text of a scenario by what is compared of it: its words, or its runs of words."""

    scenario: str
    field: str
    features: frozenset[str] | frozenset[Phrase]


def phrases_of(text: str, length: int) -> frozenset[Phrase]:
    """All runs of `length` words."""
    tokens = re.findall(r"[\w']+", fold(text))
    return frozenset(zip(*(tokens[start:] for start in range(length)), strict=False))


def similarity_faults(scenarios: Scenarios) -> Faults:
    """Criteria and histories of different scenarios that are nearly the same."""
    yield from _near(
        list(_criteria(scenarios)), SAME_CRITERION, fix="put it in terms of this conversation"
    )
    yield from _near(list(_histories(scenarios)), SAME_HISTORY, fix="write another conversation")


def _criteria(scenarios: Scenarios) -> Iterator[_Passage]:
    for scenario in scenarios.values():
        for criterion in scenario.criteria:
            words = word_set(criterion.text)
            if len(words) >= LONG:
                yield _Passage(scenario.id, f"criteria.{criterion.id}", words)


def _histories(scenarios: Scenarios) -> Iterator[_Passage]:
    for scenario in scenarios.values():
        phrases = phrases_of(" ".join(scenario.chat), WINDOW)
        if phrases:
            yield _Passage(scenario.id, "history", phrases)


def _near(passages: Sequence[_Passage], limit: float, *, fix: str) -> Faults:
    """Passages of which at least `limit` (0 to 1) of all features are in both."""
    for one, other in combinations(passages, 2):
        if one.scenario != other.scenario and _share(one, other) >= limit:
            yield Fault(
                f"scenarios/{other.scenario}.yaml",
                other.field,
                f"is nearly the same as {one.field} of {one.scenario}",
                fix,
                kind="twin",
            )


def _share(one: _Passage, other: _Passage) -> float:
    return common_share(one.features, other.features)
