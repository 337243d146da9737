"""Languages: what checks, guard and linter know of each, from languages.yaml and the lexicons.

A data set says its language in `dataset.yaml`; English is meant without it. Of a language that
stands in no file nothing is known: its data sets load, and a check that needs a lexicon is refused.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.text import fold
from usersim_opt.basics.validation import parse
from usersim_opt.scenarios.identifiers import NUMBER_WORDS

FILE = Path(__file__).with_name("languages.yaml")
ENGLISH = "en"
CODE = r"[a-z]{2,3}"
"""The form of a language's code in ISO 639."""
_NAME_PART = r"[A-ZÀ-ÞŒ](?:[\wà-ÿœ-]|['\u2019](?=[A-ZÀ-Þ]))+"
_FULL_NAME = rf"{_NAME_PART}(?: {_NAME_PART})*"


class Language(BaseModel):
    """A language; the file says what each field is."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    name: str
    nouns: bool = False
    questions: list[str] = []
    joining: list[str] = []
    turned: dict[str, str] = {}
    numbers: dict[str, int] = {}
    stop_words: str = ""
    endings: list[str] = []
    no_names: list[str] = []
    addressed: list[str] = []
    name_cues: list[str] = []
    place_cues: list[str] = []
    articles: list[str] = []

    @cached_property
    def question(self) -> re.Pattern[str] | None:
        """How a sentence opens that asks without a question mark; None where nothing is known."""
        return re.compile("|".join(self.questions)) if self.questions else None

    @cached_property
    def name_told(self) -> re.Pattern[str]:
        """Finds the name that a story gives to the customer, in one of its groups."""
        return re.compile("|".join(self.addressed).replace("@", _FULL_NAME) or r"(?!)")

    @cached_property
    def number_words(self) -> Mapping[str, int]:
        """Number words, folded; those of English are the identifiers' own."""
        own = {fold(word): number for word, number in self.numbers.items()}
        return NUMBER_WORDS if self.is_english else own

    @property
    def is_english(self) -> bool:
        """Whether it is the language that is meant where none is said."""
        return self.name == LANGUAGES[ENGLISH].name

    @cached_property
    def words_of_no_one(self) -> frozenset[str]:
        """The stop words, folded."""
        return frozenset(map(fold, self.stop_words.split()))


LANGUAGES: Mapping[str, Language] = {
    code: parse(fields, Language, where=f"{FILE}: {code}")
    for code, fields in strict_yaml.load(FILE).items()
}
"""The languages of which something is known, by code."""


def language_of(code: str) -> Language:
    """What is known of a language; only its code where nothing is."""
    return LANGUAGES.get(code) or Language(name=code)


def guessed(texts: Iterable[str]) -> str:
    """The language that has the most stop words in the texts; English where none has.

    >>> guessed(["Du willst deinen Termin verschieben, aber nicht auf Montag."])
    'de'
    """
    words = [word for text in texts for word in re.findall(r"[^\W\d_]+", fold(text))]
    counts = {
        code: sum(word in language.words_of_no_one for word in words)
        for code, language in LANGUAGES.items()
    }
    return max(counts, key=lambda code: (counts[code], code == ENGLISH))
