"""Rules on length: no limit that nobody reaches, and one item of length in a scenario.

A word limit may be as high as what nine of ten people keep: 25 words, twice the customer's own
longest turn so far where that is more, 40 for an opening, where there is no own turn to go by.
"""

from collections.abc import Iterator

from usersim_opt.basics.text import words
from usersim_opt.scenarios.authoring.rules import Faults, fault_in
from usersim_opt.scenarios.authoring.rules.conjuncts import conjuncts
from usersim_opt.scenarios.authoring.rules.quality import FIGURES
from usersim_opt.scenarios.checks import Check
from usersim_opt.scenarios.records import Criterion, Scenario, Task

LENGTH_KINDS = ("max_words", "max_sentences", "max_ratio_to_own")
"""Kinds of checks that look at nothing but length."""


def limit_faults(task: Task, scenario: Scenario) -> Faults:
    """Limits that are too loose, and more than one item of length."""
    for criterion in scenario.criteria:
        yield from _loose(scenario, criterion)
    measured = [criterion.id for criterion in scenario.scored_criteria if _is_length(criterion)]
    if len(measured) > 1:
        yield fault_in(
            scenario,
            "criteria",
            kind="several_lengths",
            what=f"{len(measured)} items look at length alone ({', '.join(measured)})",
            fix="keep the one that tells most",
        )


def highest_word_limit(scenario: Scenario) -> int:
    """The most words that a limit may allow at this moment of a conversation."""
    return word_limit(scenario.moment.own)


def word_limit(own: tuple[str, ...]) -> int:
    """The most words that a limit may allow after these turns of the customer's own."""
    if not own:
        return FIGURES.opening_words
    return max(FIGURES.words, FIGURES.ratio_to_own * longest(own))


def longest(turns: tuple[str, ...]) -> int:
    """Words of the longest turn, 0 if there is none."""
    return max((len(words(turn)) for turn in turns), default=0)


def limits_in(check: Check, scenario: Scenario) -> Iterator[int]:
    """The word limits that a check sets at this moment of a conversation."""
    for part in conjuncts(check):
        if "max_words" in part:
            yield part["max_words"]
        if "max_ratio_to_own" in part:
            rule = part["max_ratio_to_own"]
            yield int(max(rule["floor"], rule["ratio"] * longest(scenario.moment.own)))


def _loose(scenario: Scenario, criterion: Criterion) -> Faults:
    field = f"criteria.{criterion.id}.check"
    highest = highest_word_limit(scenario)
    check = criterion.check or {}
    for limit in limits_in(check, scenario):
        if limit > highest:
            own = longest(scenario.moment.own)
            yield fault_in(
                scenario,
                field,
                kind="loose_limit",
                what=f"allows {limit} words, where {_so_far(own)}",
                fix=f"allow {highest} or fewer",
            )
    for part in conjuncts(check):
        if part.get("max_sentences", 0) > FIGURES.sentences:
            yield fault_in(
                scenario,
                field,
                kind="loose_limit",
                what=f"allows {part['max_sentences']} sentences",
                fix=f"allow {FIGURES.sentences} or fewer",
            )


def _so_far(own: int) -> str:
    if own:
        return f"the customer's longest turn so far has {own}"
    return "the customer has said nothing yet"


def _is_length(criterion: Criterion) -> bool:
    """Whether each part of its check looks at length."""
    parts = list(conjuncts(criterion.check or {}))
    return bool(parts) and all(set(part) <= set(LENGTH_KINDS) for part in parts)
