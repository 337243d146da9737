"""Rules on criteria: how many, of which families, one visible behaviour each, none twice."""

import re
from itertools import combinations

from usersim_opt.basics.text import overlap, words
from usersim_opt.scenarios.authoring.rules import Faults, fault_in
from usersim_opt.scenarios.kinds import family_of
from usersim_opt.scenarios.records import Criterion, Scenario, Task

MIN_CRITERIA, MAX_CRITERIA = 2, 5
MAX_WORDS = 60
SAME = 0.8
"""Share of common words from which two criteria of one scenario say the same."""

_VERBS = (
    "also|then|does|do|is|are|has|have|can|will|gives?|says?|asks?|names?|keeps?|stays?|mentions?"
    "|adds?|offers?|shows?|contains?|uses?|repeats?|refuses?|accepts?|agrees?|thanks?|explains?"
    "|confirms?|corrects?|speaks?|sounds?|calls?|never|not"
)
_TWO_BEHAVIOURS = re.compile(
    rf"\band (?:{_VERBS})\b|\bas well as (?:gives?|says?|asks?)|\bbut also\b", re.I
)
_HIDDEN = re.compile(
    r"\b(?:task|rubric|scenario|criteri\w+|hidden|instruct\w+|the judge|simulat\w+|persona|prompt"
    r"|golden|benchmark|data ?set|private story|the story says)\b",
    re.I,
)


_MADE_UP = re.compile(
    r"\b(?:invent(?:s|ed|ing)?|made[- ]up|mak(?:es?|ing) (?:\w+ )?up|fabricat\w*|untrue"
    r"|the story)\b",
    re.I,
)
"""What can be told by the private story alone."""


def criterion_faults(task: Task, scenario: Scenario) -> Faults:
    """Faults of the rubric, of each criterion, and of two criteria that are alike."""
    yield from _number(scenario)
    yield from _families(scenario)
    for criterion in scenario.criteria:
        yield from _text_faults(scenario, criterion)
    for one, other in combinations(scenario.criteria, 2):
        yield from _alike(scenario, one, other)


def _number(scenario: Scenario) -> Faults:
    if not MIN_CRITERIA <= len(scenario.criteria) <= MAX_CRITERIA:
        yield fault_in(
            scenario,
            "criteria",
            kind="number_of_criteria",
            what=f"{len(scenario.criteria)} criteria",
            fix=f"write {MIN_CRITERIA} to {MAX_CRITERIA}",
        )


def _families(scenario: Scenario) -> Faults:
    for family in scenario.stresses:
        if family not in scenario.families:
            yield fault_in(
                scenario,
                "stresses",
                kind="family_without_criterion",
                what=f"no criterion is of the family {family}",
                fix="add one, or take the family out",
            )


def _text_faults(scenario: Scenario, criterion: Criterion) -> Faults:
    field = f"criteria.{criterion.id}.text"
    if behaviours := _second_behaviour(criterion.text):
        yield fault_in(
            scenario,
            field,
            kind="two_behaviours",
            what=f"asks for two behaviours ({behaviours!r})",
            fix="split it in two, or keep the one that matters",
        )
    if hidden := _hidden_thing(criterion):
        yield fault_in(
            scenario,
            field,
            kind="hidden_thing",
            what=f"speaks of what the customer does not see ({hidden!r})",
            fix="describe the reply itself",
        )
    if made_up := _undecidable(criterion):
        yield fault_in(
            scenario,
            field,
            kind="needs_story",
            what=f"asks what the private story tells ({made_up!r}), which the judge does not see",
            fix="write `sees: story` beside it, or a check",
        )
    length = len(words(criterion.text))
    if length > MAX_WORDS:
        yield fault_in(
            scenario,
            field,
            kind="long_criterion",
            what=f"has {length} words",
            fix=f"say it in {MAX_WORDS} or fewer",
        )


def _second_behaviour(text: str) -> str:
    """The words that join a second behaviour to the demand, empty if there is one behaviour.

    What comes after a semicolon or a colon is the tolerance, which may speak of several.
    """
    demand = re.split(r"[;:]", text)[0]
    match = _TWO_BEHAVIOURS.search(demand)
    return match.group() if match else ""


def _hidden_thing(criterion: Criterion) -> str:
    """The word for something that the customer does not see.

    A guard criterion may name it, and so may one whose judge is shown the story.
    """
    match = _HIDDEN.search(criterion.text)
    may_name = family_of(criterion.dimension) == "guard" or criterion.sees == "story"
    return match.group() if match and not may_name else ""


def _undecidable(criterion: Criterion) -> str:
    """The words for what is made up, of a criterion whose judge has nothing to hold it against."""
    if criterion.check is not None or criterion.sees == "story":
        return ""
    match = _MADE_UP.search(criterion.text)
    return match.group() if match else ""


def _alike(scenario: Scenario, one: Criterion, other: Criterion) -> Faults:
    field = f"criteria.{other.id}"
    if overlap(one.text, other.text) >= SAME:
        yield fault_in(
            scenario,
            field,
            kind="same_criterion",
            what=f"says nearly the same as {one.id!r}",
            fix="merge the two or tell them apart",
        )
    if one.check is not None and one.check == other.check:
        yield fault_in(
            scenario,
            f"{field}.check",
            kind="same_check",
            what=f"is the check of {one.id!r}",
            fix="check something else, or drop one of them",
        )
