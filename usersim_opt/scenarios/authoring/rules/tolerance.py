"""Rules on what a criterion asks for: the presence of something, of which people show little."""

import re

from usersim_opt.basics.text import fold
from usersim_opt.scenarios.authoring.rules import Faults, fault_in
from usersim_opt.scenarios.authoring.rules.conjuncts import conjuncts
from usersim_opt.scenarios.authoring.rules.quality import WORDS
from usersim_opt.scenarios.checks import Check
from usersim_opt.scenarios.records import Criterion, Scenario, Task

BLAME = "error_reaction.accusatory_language"
_UPPER_LIMITS = frozenset(
    "max_words max_sentences max_questions max_times max_courtesies max_ratio_to_own at_most "
    "answers_at_most none_of no_list story_echo chat_facts_again only_identifiers "
    "manner_of_own not".split()
)
"""Kinds of checks that what a reply leaves out can only pass: its absence is their point."""


def tolerance_faults(task: Task, scenario: Scenario) -> Faults:
    """Tolerances that let a reply pass without what is asked for; blame that costs points."""
    for criterion in scenario.scored_criteria:
        if tolerance := _tolerance_of_absence(criterion):
            yield fault_in(
                scenario,
                f"criteria.{criterion.id}.text",
                kind="tolerated_absence",
                what=f"lets a reply pass that leaves it out ({tolerance!r})",
                fix="ask for its presence in any form, or drop the criterion",
            )
        if _forbids_blame(criterion):
            yield fault_in(
                scenario,
                f"criteria.{criterion.id}",
                kind="blame_as_score",
                what="takes points for blame, though people blame more than models do",
                fix="write role: guard",
            )


def _tolerance_of_absence(criterion: Criterion) -> str:
    """The words by which a criterion lets pass what leaves out its matter; empty if it does not.

    A criterion that forbids something is about absence, and may say so.
    """
    demand, tolerance = _halves(criterion.text)
    if _is_upper_limit(criterion.check):
        return ""
    if condition := WORDS.conditional.search(demand):
        return f"{condition.group()} ..."
    found = WORDS.tolerance_of_absence.search(tolerance)
    return found.group() if found and not WORDS.forbids.search(demand) else ""


def _halves(text: str) -> tuple[str, str]:
    """What a criterion demands, and the tolerance behind its first semicolon or colon."""
    demand, *tolerance = re.split("[;:]", fold(text), maxsplit=1)
    return demand, "".join(tolerance)


def _is_upper_limit(check: Check | None) -> bool:
    parts = list(conjuncts(check or {}))
    return bool(parts) and all(set(part) <= _UPPER_LIMITS for part in parts)


def _forbids_blame(criterion: Criterion) -> bool:
    """Whether it forbids blame; asking for blame is another thing."""
    if criterion.dimension != BLAME:
        return False
    if criterion.check is not None:
        return _is_upper_limit(criterion.check)
    return WORDS.forbids.search(fold(criterion.text)) is not None
