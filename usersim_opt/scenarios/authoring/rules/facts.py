"""Rules on facts: what customer and criteria take for granted must stand in the story or in the chat.

Checked are codes, user ids, numbers and names within a sentence. The agent may bring up anything. A number counts as known
as well if it is a sum, a difference, half or double of known ones, or within a range such as "10 to 14".
Not covered: facts without a figure or a name ("by night"), and names at the beginning of a sentence.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import combinations, pairwise

from usersim_opt.basics.text import fold
from usersim_opt.scenarios.authoring.rules import Fault
from usersim_opt.scenarios.records import Scenario, Task

CODE = re.compile(r"\b(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{5,7}\b|\b[a-z]+_[a-z]+_\d+\b")
_NAME = re.compile(r"(?<=[a-zà-ÿ,;:] )([A-ZÀ-Þ][a-zà-ÿ]{2,})")
_GENERAL = frozenset({"english", "french", "spanish", "italian", "german"})
_NUMBER_WORDS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "noon": 12,
    "midnight": 12,
    "dozen": 12,
}
LAST_DAY = 31
_TENS = {word: value for word, value in _NUMBER_WORDS.items() if value >= 20}


def fact_faults(task: Task, scenario: Scenario) -> Iterator[Fault]:
    """Codes, numbers and names in customer turns and criteria that neither the story nor the chat before holds."""
    file = f"scenarios/{scenario.id}.yaml"
    known = task.story
    for number, turn in enumerate(scenario.history):
        if turn.role == "customer":
            strange = [
                *_strange(CODE.findall(turn.text), known),
                *_strange_numbers(turn.text, known),
                *_strange(_NAME.findall(turn.text), known),
            ]
            for fact in strange:
                yield Fault(
                    file,
                    f"history[{number}]",
                    f"{fact!r} is in neither the story nor the chat before",
                    "add it to the story or take it out",
                )
        known += "\n" + turn.text
    for criterion in scenario.criteria:
        stated = f"{criterion.text} {criterion.check or ''}"
        for fact in [
            *_strange(CODE.findall(stated), known),
            *_strange(_NAME.findall(criterion.text), known),
        ]:
            yield Fault(
                file,
                f"criteria.{criterion.id}",
                f"{fact!r} is in neither the story nor the chat",
                "spell it as there, or take it out",
            )


def _strange(found: Iterable[str], known: str) -> list[str]:
    folded = fold(known)
    return [
        fact
        for fact in dict.fromkeys(found)
        if fold(fact) not in folded and fold(fact) not in _GENERAL
    ]


def _strange_numbers(text: str, known: str) -> list[str]:
    allowed = _with_arithmetic(_numbers(known)) | _in_ranges(known)
    without_codes = CODE.sub(" ", text)
    return [
        number
        for number in dict.fromkeys(re.findall(r"\d+", without_codes))
        if int(number) not in allowed
    ]


def _numbers(text: str) -> set[int]:
    """Numbers in digits and in words up to ninety-nine hundred."""
    words = re.findall(r"[a-z]+|\d+", fold(text))
    found = {int(word) for word in words if word.isdigit()} | {
        _NUMBER_WORDS[word] for word in words if word in _NUMBER_WORDS
    }
    for first, second in pairwise(words):
        if first in _TENS and second in _NUMBER_WORDS:
            found.add(_TENS[first] + _NUMBER_WORDS[second])
        if second == "hundred" and (first in _NUMBER_WORDS or first.isdigit()):
            found.add(100 * (_NUMBER_WORDS.get(first) or int(first)))
        if second == "thousand" and (first in _NUMBER_WORDS or first.isdigit()):
            found.add(1000 * (_NUMBER_WORDS.get(first) or int(first)))
    return found


def _with_arithmetic(numbers: set[int]) -> set[int]:
    """Known numbers with what people work out from them; sums only where they cannot be taken for a day of the month."""
    pairs = list(combinations(sorted(numbers), 2))
    sums = {a + b for a, b in pairs if a + b > LAST_DAY}
    return (
        numbers
        | sums
        | {b - a for a, b in pairs}
        | {2 * n for n in numbers}
        | {n // 2 for n in numbers}
    )


def _in_ranges(text: str) -> set[int]:
    ranges = re.findall(r"\b(\d{1,3}) ?(?:to|and|-|\u2013) ?(\d{1,3})\b", text)
    return {n for low, high in ranges for n in range(int(low), int(high) + 1)}
