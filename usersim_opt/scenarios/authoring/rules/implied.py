"""Rule on criteria that add nothing: one that holds wherever another one holds.

That is seen in two checks (20 words and 30 words, a list of phrases and a part of it), and in the
example replies: a criterion that fails only where another one fails as well.

Not covered: criteria that a judge decides, but for the examples; what follows from two others
together.
"""

from collections.abc import Callable, Mapping
from itertools import permutations
from typing import Any

from usersim_opt.scenarios.authoring.rules import Fault, Faults, fault_in
from usersim_opt.scenarios.authoring.rules.conjuncts import conjuncts, spelled_out
from usersim_opt.scenarios.authoring.rules.quality import FIGURES
from usersim_opt.scenarios.checks import Check
from usersim_opt.scenarios.records import Criterion, Scenario, Task


def implied_faults(task: Task, scenario: Scenario) -> Faults:
    """Criteria that follow from another one, by their checks or by the example replies."""
    said: set[frozenset[str]] = set()
    for one, other in permutations(scenario.criteria, 2):
        pair = frozenset([one.id, other.id])
        why = _why_it_follows(scenario, one, other)
        if why and pair not in said:
            said.add(pair)
            yield _fault(scenario, one, other, why)


def _fault(scenario: Scenario, one: Criterion, other: Criterion, why: str) -> Fault:
    return fault_in(
        scenario,
        f"criteria.{one.id}",
        kind="implied_criterion",
        what=f"holds wherever {other.id!r} does, by {why}",
        fix="drop one of them, or show a reply that fails it alone",
    )


def _why_it_follows(scenario: Scenario, one: Criterion, other: Criterion) -> str:
    """What shows that one criterion follows from the other; empty if nothing does."""
    if one.check and other.check and one.check != other.check and follows(one.check, other.check):
        return "their checks"
    return "the failing examples" if _fails_with(scenario, one, other) else ""


def _fails_with(scenario: Scenario, one: Criterion, other: Criterion) -> bool:
    """Whether each failing example that breaks a scored criterion breaks the other one as well."""
    failures = scenario.examples.failures
    if len(failures) < FIGURES.least_failures or not (one.scores and other.scores):
        return False
    breaking = [failure.fails for failure in failures if one.id in failure.fails]
    return bool(breaking) and all(other.id in fails for fails in breaking)


def follows(one: Check, other: Check) -> bool:
    """Whether a check surely holds on each reply on which the other one does.

    False says only that it is not known.
    """
    given = list(conjuncts(other))
    return all(any(_part_follows(part, known) for known in given) for part in conjuncts(one))


def _part_follows(part: Check, known: Check) -> bool:
    if part == known:
        return True
    if "any" in part:
        return any(follows(choice, known) for choice in part["any"])
    ((name, value),) = part.items()
    ((known_name, known_value),) = known.items()
    if name == "at_most" and known_name == "none_of":
        return spelled_out(value["of"]) <= spelled_out(known_value)
    rule = _RULES.get(name)
    return rule is not None and name == known_name and rule(value, known_value)


def _no_lower(value: int, known: int) -> bool:
    return value >= known


def _no_higher(value: int, known: int) -> bool:
    return value <= known


def _fewer(value: list[str], known: list[str]) -> bool:
    return spelled_out(value) <= spelled_out(known)


def _more(value: list[str], known: list[str]) -> bool:
    return spelled_out(value) >= spelled_out(known)


def _looser_tally(value: dict[str, Any], known: dict[str, Any]) -> bool:
    return value["n"] >= known["n"] and _fewer(value["of"], known["of"])


def _more_times(value: dict[str, Any], known: dict[str, Any]) -> bool:
    # Of phrases that overlap one counts, so a shorter list can count more of them.
    return value["n"] >= known["n"] and spelled_out(value["of"]) == spelled_out(known["of"])


def _easier_tally(value: dict[str, Any], known: dict[str, Any]) -> bool:
    return value["n"] <= known["n"] and _more(value["of"], known["of"])


def _looser_ratio(value: dict[str, Any], known: dict[str, Any]) -> bool:
    return all(value[name] >= known[name] for name in ("ratio", "floor"))


def _looser_things(value: dict[str, Any], known: dict[str, Any]) -> bool:
    return value["n"] >= known["n"] and _all_in(value["of"], known["of"])


def _easier_things(value: dict[str, Any], known: dict[str, Any]) -> bool:
    return value["n"] <= known["n"] and _all_in(known["of"], value["of"])


def _all_in(things: dict[str, list[str]], others: dict[str, list[str]]) -> bool:
    """Whether each thing is one of the others, with no phrase that the other does not have."""
    return all(name in others and _fewer(phrases, others[name]) for name, phrases in things.items())


def _wider(value: list[str], known: list[str]) -> bool:
    return set(value) >= set(known)


def _narrower(value: list[str], known: list[str]) -> bool:
    return set(value) <= set(known)


_RULES: Mapping[str, Callable[[Any, Any], bool]] = {
    "max_words": _no_lower,
    "max_sentences": _no_lower,
    "max_questions": _no_lower,
    "max_courtesies": _no_lower,
    "chat_facts_again": _no_lower,
    "story_echo": _no_lower,
    "min_words": _no_higher,
    "none_of": _fewer,
    "any_of": _more,
    "opens_with": _more,
    "at_most": _looser_tally,
    "max_times": _more_times,
    "at_least": _easier_tally,
    "max_ratio_to_own": _looser_ratio,
    "answers_at_most": _looser_things,
    "answers_at_least": _easier_things,
    "only_identifiers": _wider,
    "manner_of_own": _narrower,
}
"""By kind of check: whether it holds by a value wherever it does by the known one."""
