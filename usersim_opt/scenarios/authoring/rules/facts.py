"""Rules on facts: what customer and criteria take for granted must stand in the story or the chat.

Checked are codes, user ids, numbers and names within a sentence. The agent may bring up anything.
A number counts as known as well if it is a sum, a difference, half or double of known ones, or
within a range such as "10 to 14".

Not covered: facts without a figure or a name ("by night"), and names that begin a sentence.
"""

import re
from collections.abc import Iterable
from itertools import chain, combinations, pairwise, starmap

from usersim_opt.basics.text import fold
from usersim_opt.scenarios.authoring.rules import Faults, fault_in, fault_in_turn
from usersim_opt.scenarios.identifiers import IDENTIFIER, NAME, NUMBER_WORDS, TENS
from usersim_opt.scenarios.records import Scenario, Task

_GENERAL = frozenset({"english", "french", "spanish", "italian", "german"})
_VALUES = NUMBER_WORDS | {"noon": 12, "midnight": 12, "dozen": 12}
_SCALES = {"hundred": 100, "thousand": 1000}
_RANGE = re.compile(r"\b(\d{1,3}) ?(?:to|and|-|\u2013) ?(\d{1,3})\b")
LAST_DAY = 31
"""The largest number that can be taken for a day of the month."""


def fact_faults(task: Task, scenario: Scenario) -> Faults:
    """Codes, numbers and names in customer turns and criteria that nobody has said before."""
    yield from _in_history(task, scenario)
    yield from _in_criteria(scenario, "\n".join([task.story, *scenario.chat]))


def _in_history(task: Task, scenario: Scenario) -> Faults:
    said = task.story
    for number, turn in enumerate(scenario.history):
        if turn.role == "customer":
            for fact in _new_facts(turn.text, said):
                yield fault_in_turn(
                    scenario,
                    number,
                    kind="unknown_fact",
                    what=f"{fact!r} is in neither the story nor the chat before",
                    fix="add it to the story or take it out",
                )
        said += "\n" + turn.text


def _new_facts(text: str, said: str) -> list[str]:
    return [
        *_new(IDENTIFIER.findall(text), said),
        *_new_numbers(text, said),
        *_new(NAME.findall(text), said),
    ]


def _in_criteria(scenario: Scenario, said: str) -> Faults:
    for criterion in scenario.criteria:
        stated = f"{criterion.text} {criterion.check or ''}"
        codes = _new(IDENTIFIER.findall(stated), said)
        names = _new(NAME.findall(criterion.text), said)
        for fact in [*codes, *names]:
            yield fault_in(
                scenario,
                f"criteria.{criterion.id}",
                kind="unknown_fact",
                what=f"{fact!r} is in neither the story nor the chat",
                fix="spell it as there, or take it out",
            )


def _new(facts: Iterable[str], said: str) -> list[str]:
    """The facts that do not stand in what was said, each once."""
    folded = fold(said)
    return [fact for fact in dict.fromkeys(facts) if not _is_said(fold(fact), folded)]


def _is_said(fact: str, said: str) -> bool:
    return fact in said or fact in _GENERAL


def _new_numbers(text: str, said: str) -> list[str]:
    """The numbers in figures that neither stand in what was said nor follow from it."""
    allowed = _with_arithmetic(_numbers(said)) | _in_ranges(said)
    without_codes = IDENTIFIER.sub(" ", text)
    numbers = dict.fromkeys(re.findall(r"\d+", without_codes))
    return [number for number in numbers if int(number) not in allowed]


def _numbers(text: str) -> set[int]:
    """Numbers in digits and in words up to ninety-nine hundred."""
    words = re.findall(r"[a-z]+|\d+", fold(text))
    single = map(_number, words)
    joined = starmap(_joined, pairwise(words))
    return {number for number in chain(single, joined) if number is not None}


def _number(word: str) -> int | None:
    return int(word) if word.isdigit() else _VALUES.get(word)


def _joined(first: str, second: str) -> int | None:
    """The number that two neighbouring words make: `ninety five`, `two hundred`, `3 thousand`."""
    value = _number(first)
    if value is None:
        return None
    if second in _SCALES:
        return value * _SCALES[second]
    if first in TENS and second in _VALUES:
        return value + _VALUES[second]
    return None


def _with_arithmetic(numbers: set[int]) -> set[int]:
    """Known numbers with what people work out from them.

    A sum counts only where nobody can take it for a day of the month: from two dates of a story
    nearly every other date would follow.
    """
    pairs = list(combinations(sorted(numbers), 2))
    sums = {low + high for low, high in pairs if low + high > LAST_DAY}
    differences = {high - low for low, high in pairs}
    doubles = {2 * number for number in numbers}
    halves = {number // 2 for number in numbers}
    return numbers | sums | differences | doubles | halves


def _in_ranges(text: str) -> set[int]:
    ranges = (range(int(low), int(high) + 1) for low, high in _RANGE.findall(text))
    return {number for numbers in ranges for number in numbers}
