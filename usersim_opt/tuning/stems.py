"""Words as they are compared: stems without endings, and numbers in figures.

    stems("Hotels for a hundred and twenty euros")   # hotel, for, a, 120, euro

Endings, stop words and number words of a language are in scenarios/languages.yaml.

Not covered: languages that are not there, whose words match as they are written; number words of
several words in other languages than English.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from usersim_opt.basics.text import fold
from usersim_opt.scenarios.identifiers import NUMBER_WORDS
from usersim_opt.scenarios.languages import ENGLISH, language_of

_NUMBERS = {
    **NUMBER_WORDS,
    "first": 1,
    "second": 2,
    "third": 3,
    "fifth": 5,
    "eighth": 8,
    "ninth": 9,
    "twelfth": 12,
}
_SCALES = {"hundred": 100, "thousand": 1000}


@lru_cache(maxsize=16_384)
def plain(text: str) -> str:
    """The text folded and without accents."""
    folded = fold(text)
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFKD", folded)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=8192)
def stem(word: str, language: str = ENGLISH) -> str:
    """A folded word without an ending of its language: `cancelled` and `cancel` are one."""
    word = word.partition("'")[0]
    bare = word.removesuffix(_ending(word, language))
    is_doubled = len(bare) > 3 and bare[-1] == bare[-2]
    return bare[:-1] if is_doubled else bare


def _ending(word: str, language: str) -> str:
    """The ending of a word that leaves at least three letters; empty if it has none."""
    for ending in language_of(language).endings:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return ending
    return ""


def stems(text: str, language: str = ENGLISH) -> list[tuple[str, str]]:
    """Stem and word as written of every word, in order, accents aside.

    Numbers that are spelled out become figures.

    >>> stems("Hotels for a hundred and twenty euros")[3:]
    [('120', 'hundred and twenty'), ('euro', 'euros')]
    """
    without_commas = re.sub(r"(?<=\d),(?=\d{3})", "", plain(text))
    words = re.findall(r"[^\W_]+(?:'[^\W_]+)*", without_commas)
    if language == ENGLISH:
        return [*_stems(words)]
    return [(_stem_or_number(word, language), word) for word in words]


def _stem_or_number(word: str, language: str) -> str:
    """The stem of a word without accents; a number word in figures."""
    numbers = _plain_numbers(language)
    return str(numbers[word]) if word in numbers else stem(word, language)


@lru_cache(maxsize=16)
def _plain_numbers(language: str) -> Mapping[str, int]:
    words = language_of(language).number_words
    return {plain(word): number for word, number in words.items()}


def _stems(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Read word after word; a number is given once the next word does not go on with it."""
    number: _Number | None = None
    for word in words:
        if number is not None and number.takes(word):
            continue
        if number is not None:
            yield number.stem
        number = _Number.begin(word)
        if number is None:
            yield stem(word), word
    if number is not None:
        yield number.stem


@dataclass
class _Number:
    """A number so far, and the words that it is written in."""

    value: int
    words: list[str]

    @classmethod
    def begin(cls, word: str) -> "_Number | None":
        """The number that begins with a word; None for a word that is no number."""
        value = _value(word)
        return None if value is None else cls(value, [word])

    def takes(self, word: str) -> bool:
        """Whether the word goes on with the number, which then has grown by it."""
        value = self._value_with(word)
        if value is None:
            return False
        self.value = value
        self.words.append(word)
        return True

    def _value_with(self, word: str) -> int | None:
        if word == "and" and self.value % 100 == 0:
            return self.value
        # Figures do not join: "20 five" is two numbers, "twenty five" is one.
        is_spelled_out = self.words[0].isalpha()
        return _joined(self.value, word) if is_spelled_out else None

    @property
    def stem(self) -> tuple[str, str]:
        """The value in figures, and the words less an "and" that led to no further number."""
        return str(self.value), " ".join(self.words).removesuffix(" and")


@lru_cache(maxsize=8192)
def _value(word: str) -> int | None:
    """`14`, `14th`, `fourteen` and `fourteenth` are 14, `hundred` is 100."""
    if figures := re.fullmatch(r"([0-9]{1,9})(?:st|nd|rd|th)?", word):
        return int(figures[1])
    if word in _SCALES:
        return _SCALES[word]
    cardinal = word.removesuffix("th")
    for spelling in (word, cardinal, cardinal.removesuffix("ie") + "y"):
        if spelling in _NUMBERS:
            return _NUMBERS[spelling]
    return None


def _joined(value: int, word: str) -> int | None:
    """The number that `value` and a further spelled-out word make: 100 and `twenty` are 120."""
    if word[:1].isdigit():
        return None
    if word in _SCALES:
        scale = _SCALES[word]
        return value * scale if value < scale else None
    more = _value(word)
    if more is None or not 0 < more < _room(value):
        return None
    return value + more


def _room(value: int) -> int:
    """What a further word must stay below: 100 after hundreds, 10 after a round ten, else 0."""
    if value and value % 100 == 0:
        return 100
    is_round_ten = value % 100 >= 20 and value % 10 == 0
    return 10 if is_round_ten else 0


@lru_cache(maxsize=16)
def stop_stems(language: str) -> frozenset[str]:
    """Stems of words that any advice is made of; the first numbers are among them."""
    words = language_of(language).stop_words.split()
    return frozenset(stem(plain(word), language) for word in words) | {"1", "2", "3"}
