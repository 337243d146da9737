"""Facts of a message that stand nowhere: codes, numbers and names that nobody has said before.

A number counts as known as well if it is a sum, a difference, half or double of known ones, or
within a range such as "10 to 14". The linter asks this of the turns that an author wrote, the
universal guards of the replies that a simulated customer gives.

Not covered: facts without a figure or a name ("by night"), and names that begin a sentence.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import chain, combinations, pairwise, starmap

from usersim_opt.basics.text import fold
from usersim_opt.scenarios.identifiers import IDENTIFIER, NUMBER_WORDS, TENS
from usersim_opt.scenarios.languages import ENGLISH, language_of
from usersim_opt.scenarios.names import names_in

_GENERAL = frozenset({"english", "french", "spanish", "italian", "german"})
_VALUES = NUMBER_WORDS | {"noon": 12, "midnight": 12, "dozen": 12}
_SCALES = {"hundred": 100, "thousand": 1000}
_RANGE = re.compile(r"\b(\d{1,3}) ?(?:to|and|-|\u2013) ?(\d{1,3})\b")
LAST_DAY = 31
"""The largest number that can be taken for a day of the month."""


def new_codes(text: str, said: str) -> list[str]:
    """The codes and user ids of a text that do not stand in what was said, each once."""
    return unsaid(IDENTIFIER.findall(text), said)


def new_names(text: str, said: str, language: str = ENGLISH) -> list[str]:
    """The names within its sentences that do not stand in what was said, each once."""
    return unsaid(names_in(text, language), said)


def new_numbers(text: str, said: str, language: str = ENGLISH) -> list[str]:
    """The numbers in figures that neither stand in what was said nor follow from it."""
    allowed = with_arithmetic(numbers(said, language)) | in_ranges(said)
    without_codes = IDENTIFIER.sub(" ", text)
    found = dict.fromkeys(re.findall(r"\d+", fold(without_codes)))
    return [number for number in found if int(number) not in allowed]


def unsaid(facts: Iterable[str], said: str) -> list[str]:
    """The facts that do not stand in what was said, each once."""
    folded = fold(said)
    return [fact for fact in dict.fromkeys(facts) if not _is_said(fold(fact), folded)]


def _is_said(fact: str, said: str) -> bool:
    return fact in said or fact in _GENERAL


def numbers(text: str, language: str = ENGLISH) -> set[int]:
    """Numbers in digits and in words; in English words up to ninety-nine hundred."""
    if language != ENGLISH:
        return _single_numbers(text, language_of(language).number_words)
    words = re.findall(r"[a-z]+|\d+", fold(text))
    single = map(_number, words)
    joined = starmap(_joined, pairwise(words))
    return {number for number in chain(single, joined) if number is not None}


def _single_numbers(text: str, values: Mapping[str, int]) -> set[int]:
    """Numbers in digits, and those that one word says."""
    words = re.findall(r"[^\W\d_]+|\d+", fold(text))
    figures = {int(word) for word in words if word.isdecimal()}
    return figures | {values[word] for word in words if word in values}


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


def with_arithmetic(known: set[int]) -> set[int]:
    """Known numbers with what people work out from them.

    A sum counts only where nobody can take it for a day of the month: from two dates of a story
    nearly every other date would follow.
    """
    pairs = list(combinations(sorted(known), 2))
    sums = {low + high for low, high in pairs if low + high > LAST_DAY}
    differences = {high - low for low, high in pairs}
    doubles = {2 * number for number in known}
    halves = {number // 2 for number in known}
    return known | sums | differences | doubles | halves


def in_ranges(text: str) -> set[int]:
    """The numbers within the ranges of a text, such as `10 to 14`."""
    ranges = (range(int(low), int(high) + 1) for low, high in _RANGE.findall(text))
    return set(chain.from_iterable(ranges))
