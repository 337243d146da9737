"""Rules on criteria: how many, of which families, one behaviour each, nothing that a judge cannot see, none twice."""

import re
from collections.abc import Iterator
from itertools import combinations

from usersim_opt.basics.text import overlap
from usersim_opt.scenarios.authoring.rules import Fault
from usersim_opt.scenarios.records import Criterion, Scenario, Task

MIN_CRITERIA, MAX_CRITERIA = 2, 5
MAX_WORDS = 60
SAME = 0.8
"""Share of common words from which two criteria of one scenario say the same."""

_TWO_BEHAVIOURS = re.compile(
    r"\band (?:also|then|does|do|is|are|has|have|can|will|gives?|says?|asks?|names?|keeps?|stays?|mentions?|adds?|offers?|shows?|contains?|uses?|repeats?"
    r"|refuses?|accepts?|agrees?|thanks?|explains?|confirms?|corrects?|speaks?|sounds?|calls?|never|not)\b|\bas well as (?:gives?|says?|asks?)|\bbut also\b",
    re.I,
)
_HIDDEN = re.compile(
    r"\b(?:task|rubric|scenario|criteri\w+|hidden|instruct\w+|the judge|simulat\w+|persona|prompt|golden|benchmark|data ?set|private story|the story says)\b",
    re.I,
)


def criterion_faults(task: Task, scenario: Scenario) -> Iterator[Fault]:
    """Faults of the rubric and of each criterion."""
    file = f"scenarios/{scenario.id}.yaml"
    if not MIN_CRITERIA <= len(scenario.criteria) <= MAX_CRITERIA:
        yield Fault(
            file,
            "criteria",
            f"{len(scenario.criteria)} criteria",
            f"write {MIN_CRITERIA} to {MAX_CRITERIA}",
        )
    families = {criterion.dimension.partition(".")[0] for criterion in scenario.criteria}
    for family in scenario.stresses:
        if family not in families:
            yield Fault(
                file,
                "stresses",
                f"no criterion is of the family {family}",
                "add one, or take the family out",
            )
    for criterion in scenario.criteria:
        yield from _one(file, criterion)
    for one, other in combinations(scenario.criteria, 2):
        if overlap(one.text, other.text) >= SAME:
            yield Fault(
                file,
                f"criteria.{other.id}",
                f"says nearly the same as {one.id!r}",
                "merge the two or tell them apart",
            )
        if one.check is not None and one.check == other.check:
            yield Fault(
                file,
                f"criteria.{other.id}.check",
                f"is the check of {one.id!r}",
                "check something else, or drop one of them",
            )


def _one(file: str, criterion: Criterion) -> Iterator[Fault]:
    field = f"criteria.{criterion.id}.text"
    demand = re.split(r"[;:]", criterion.text)[0]
    if found := _TWO_BEHAVIOURS.search(demand):
        yield Fault(
            file,
            field,
            f"asks for two behaviours ({found.group()!r})",
            "split it in two, or keep the one that matters",
        )
    found = _HIDDEN.search(criterion.text)
    if found and not criterion.dimension.startswith("guard."):
        yield Fault(
            file,
            field,
            f"speaks of what the customer does not see ({found.group()!r})",
            "describe the reply itself",
        )
    if len(criterion.text.split()) > MAX_WORDS:
        yield Fault(
            file,
            field,
            f"has {len(criterion.text.split())} words",
            f"say it in {MAX_WORDS} or fewer",
        )
