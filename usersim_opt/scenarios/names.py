"""Names within sentences: what a capital says where no sentence begins.

In a language that writes nouns with a capital it says nothing by itself. There a word is a name if
it is told as the customer's ("Du bist Petra Lindner") or stands behind a word that names follow
("Frau Lindner", "Dr. Alvarez").

Not covered: names that begin a sentence; in German, names of places and of people without such a
word before them.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from usersim_opt.basics.text import fold
from usersim_opt.scenarios.checks.lexicons import without_accents
from usersim_opt.scenarios.identifiers import NAME
from usersim_opt.scenarios.languages import Language, language_of

CAPITALISED = r"[A-ZÀ-ÞŒ][a-zß-ÿœ]+(?:-[A-ZÀ-ÞŒ][a-zß-ÿœ]+)*"
"""A word with a capital; a double name is one."""


def names_in(text: str, language: str) -> list[str]:
    """The names within the sentences of a text, word by word."""
    known = language_of(language)
    if not known.nouns:
        return NAME.findall(text)
    found = [*told(text, known), *_behind_cues(text, known)]
    return [word for name in found for word in name.split() if not is_ordinary(word, known)]


def told(text: str, language: Language) -> Iterator[str]:
    """The names that a text gives to the customer, in full."""
    for match in language.name_told.finditer(text):
        yield from filter(None, match.groups())


def is_ordinary(word: str, language: Language) -> bool:
    """Whether a word with a capital is known to be no name."""
    return without_accents(fold(word)) in language.no_names


def _behind_cues(text: str, language: Language) -> Iterator[str]:
    if cue := behind(tuple(language.name_cues)):
        yield from (match[1] for match in cue.finditer(text))


@lru_cache(maxsize=64)
def behind(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """Finds words with a capital in a row that stand behind one of the words; None for no words."""
    if not words:
        return None
    before = "|".join(map(re.escape, words))
    return re.compile(rf"\b(?i:{before})\.? ({CAPITALISED}(?: {CAPITALISED})*)")
