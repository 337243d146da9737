"""How much two texts have in common; and the rule that no two scenarios tell nearly the same.

A text that many scenarios of a type have is no accident but a template, as rule-based authors
have one: that is said once, as advice. Any other pair of near texts is a fault of one of the two.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from usersim_opt.basics.text import common_share, fold, word_set
from usersim_opt.scenarios.authoring.rules import Fault, Faults
from usersim_opt.scenarios.records import Scenario, Scenarios

LONG = 12
"""Criteria of fewer different words may be alike: few ways say "at most 30 words"."""
SAME_CRITERION = 0.85
SAME_HISTORY = 0.5
WINDOW = 5
TEMPLATE_TASKS = 3
"""The fewest tasks that make a template; two may be alike by accident."""
TEMPLATE_SHARE = 0.25
"""The share of a type's tasks that make a template where there are more."""

Phrase = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Passage:
    """A text of a scenario by what is compared of it: its words, or its runs of words."""

    scenario: Scenario
    field: str
    features: frozenset[str] | frozenset[Phrase]


def phrases_of(text: str, length: int) -> frozenset[Phrase]:
    """All runs of `length` words."""
    return frozenset(runs_of(text, length))


def runs_of(text: str, length: int) -> list[Phrase]:
    """The same in the order in which they stand."""
    tokens = re.findall(r"[\w']+", fold(text))
    return list(zip(*(tokens[start:] for start in range(length)), strict=False))


def similarity_faults(scenarios: Scenarios) -> Faults:
    """Criteria and histories of different scenarios that are nearly the same."""
    tasks, criteria = _tasks_by_type(scenarios), list(_criteria(scenarios))
    in_terms = "put it in terms of this conversation"
    yield from _near(criteria, SAME_CRITERION, tasks=tasks, fix=in_terms)
    yield from _same_histories(list(_histories(scenarios)), tasks)


def _same_histories(histories: Sequence[_Passage], tasks: Mapping[str, set[str]]) -> Faults:
    return _near(histories, SAME_HISTORY, tasks=tasks, fix="write another conversation")


def _tasks_by_type(scenarios: Scenarios) -> dict[str, set[str]]:
    tasks: dict[str, set[str]] = defaultdict(set)
    for scenario in scenarios.values():
        tasks[scenario.type].add(scenario.task_id)
    return tasks


def _criteria(scenarios: Scenarios) -> Iterator[_Passage]:
    for scenario in scenarios.values():
        for criterion in scenario.criteria:
            words = word_set(criterion.text)
            if len(words) >= LONG:
                yield _Passage(scenario, f"criteria.{criterion.id}", words)


def _histories(scenarios: Scenarios) -> Iterator[_Passage]:
    for scenario in scenarios.values():
        phrases = phrases_of(" ".join(scenario.chat), WINDOW)
        if phrases:
            yield _Passage(scenario, "history", phrases)


def _near(
    passages: Sequence[_Passage], limit: float, *, tasks: Mapping[str, set[str]], fix: str
) -> Faults:
    """Passages of which at least `limit` (0 to 1) of all features are in both.

    `tasks` are the tasks that have scenarios of a type.
    """
    pairs = [
        (one, other)
        for one, other in combinations(passages, 2)
        if one.scenario.id != other.scenario.id and _share(one, other) >= limit
    ]
    found = _templates(pairs, tasks)
    for kind, field in dict.fromkeys(found.values()):
        yield _template(kind, field, list(found.values()).count((kind, field)))
    for one, other in pairs:
        if one not in found and other not in found:
            yield Fault(
                f"scenarios/{other.scenario.id}.yaml",
                other.field,
                f"is nearly the same as {one.field} of {one.scenario.id}",
                fix,
                kind="twin",
            )


def _templates(
    pairs: Sequence[tuple[_Passage, _Passage]], tasks: Mapping[str, set[str]]
) -> dict[_Passage, tuple[str, str]]:
    """The passages that many of the tasks with scenarios of a type have nearly alike.

    Each has the type, and the field of the first of them.
    """
    alike: dict[_Passage, list[_Passage]] = defaultdict(list)
    for one, other in pairs:
        if one.scenario.type == other.scenario.type:
            alike[one].append(other)
            alike[other].append(one)
    return {
        passage: (passage.scenario.type, passage.field)
        for passage, others in alike.items()
        if _is_template([passage, *others], tasks[passage.scenario.type])
    }


def _is_template(passages: Sequence[_Passage], tasks: Collection[str]) -> bool:
    owners = {passage.scenario.task_id for passage in passages}
    return len(owners) >= max(TEMPLATE_TASKS, TEMPLATE_SHARE * len(tasks))


def _template(kind: str, field: str, number: int) -> Fault:
    return Fault(
        "scenarios/",
        field,
        f"nearly the same text stands in {number} scenarios of the type {kind}",
        "have a model write them, or put each in terms of its conversation",
        kind="template",
    )


def _share(one: _Passage, other: _Passage) -> float:
    return common_share(one.features, other.features)
