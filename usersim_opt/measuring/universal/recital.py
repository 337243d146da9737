"""The guard on the private story: no long stretch of it word for word.

A person remembers what the matter is and says it in words of the moment; a model reads its story
out. Words count as the same when only the person has changed ("you want your money back", "i want
my money back"). Identifiers, numbers, dates and words in quotes are left out on both sides: those
must be said as they are. What the chat has said before is no secret of the story, and ends a
stretch.

The length is measured, see guards.yaml.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from usersim_opt.basics.text import fold
from usersim_opt.measuring.universal.table import TABLE
from usersim_opt.scenarios.checks import Moment

Words = tuple[str, ...]

_AS_IT_IS = re.compile(r"\b[A-Z]{2,}\b|\b[Mm]ay(?= \d)")
"""Abbreviations such as those of airports, and the month that is a verb as well."""
_QUOTED = re.compile(r"\"[^\"\n]{1,200}\"")
_WORD = re.compile(r"[^\W_]+(?:['_-][^\W_]+)*")
_DATE = (
    "january february march april june july august september october november december monday "
    "tuesday wednesday thursday friday saturday sunday"
)
_LEFT_OUT = frozenset(_DATE.split())
_SAME = {
    "you": "i", "your": "my", "yours": "mine", "yourself": "myself", "me": "i",
    "you're": "i'm", "you've": "i've", "you'd": "i'd", "you'll": "i'll", "are": "am",
    "have": "has", "does": "do", "goes": "go",
}  # fmt: skip
"""Words that differ only by whose mouth they are in."""


def story_recital(reply: str, moment: Moment) -> str:
    """The longest stretch of the story in the reply, if it has as many words as a recital."""
    stretch = longest_stretch(reply, moment)
    return " ".join(stretch) if len(stretch) >= TABLE.recital.words else ""


def longest_stretch(reply: str, moment: Moment) -> Words:
    """The longest row of words that reply and story share and the chat has not said before."""
    said = _compared(reply)
    chats = tuple(text for _, text in moment.turns)
    told, open_words = _runs(moment.story), [_runs(text) for text in chats]
    best: Words = ()
    for start in range(len(said)):
        end = start + len(best) + 1
        while end <= len(said) and _holds(told, said[start:end]):
            if not any(_holds(turn, said[start:end]) for turn in open_words):
                best = said[start:end]
            end += 1
    return best


def _compared(text: str) -> Words:
    """The words of a text as they are compared, without quotes, figures and dates."""
    plain = _QUOTED.sub(" ", fold(_AS_IT_IS.sub(" ", text)))
    return tuple(_SAME.get(word, word) for word in _WORD.findall(plain) if _counts(word))


def _counts(word: str) -> bool:
    return word not in _LEFT_OUT and not any(character.isdigit() for character in word)


@lru_cache(maxsize=4096)
def _runs(text: str) -> str:
    """A text as its compared words between blanks, so that a row of words is a part of it."""
    return _joined(_compared(text))


def _joined(words: Iterable[str]) -> str:
    return f" {' '.join(words)} "


def _holds(text: str, words: Sequence[str]) -> bool:
    return _joined(words) in text
