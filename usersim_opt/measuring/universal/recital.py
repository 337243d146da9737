"""Words of others in a row: the private story read out, the agent's turn said after.

A person remembers what the matter is and says it in words of the moment; a model reads its story
out. Words count as the same when only the person has changed ("you want your money back", "i want
my money back"). Identifiers, numbers, dates and words in quotes are left out on both sides: those
must be said as they are. What the chat has said before is no secret of the story, and ends a
stretch.

The length is measured, see guards.yaml.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from usersim_opt.basics.text import fold
from usersim_opt.measuring.universal.table import TABLE
from usersim_opt.scenarios.checks import Moment
from usersim_opt.scenarios.languages import ENGLISH, language_of

Words = tuple[str, ...]

_AS_IT_IS = re.compile(r"\b[A-Z]{2,}\b|\b[Mm]ay(?= \d)")
"""Abbreviations such as those of airports, and the month that is a verb as well."""
_MOST = 20_000
"""Characters of a text that are compared."""
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
    language = moment.language
    chat = [_runs(text, language) for _, text in moment.turns]
    said = _in_either_mouth(_plain(reply), language)
    return _longest(said, _runs(moment.story, language), free=chat)


def agent_echo(reply: str, moment: Moment) -> str:
    """The longest stretch of an agent's turn in the reply, if it has as many words as an echo.

    "your" stays "your" here: a customer who agrees to a plan says "my".
    """
    said = _plain(reply)
    stretches = [_longest(said, _joined(_plain(turn))) for turn in moment.agent]
    longest = max(stretches, key=len, default=())
    return " ".join(longest) if len(longest) >= TABLE.recital.echo else ""


def _longest(said: Words, source: str, *, free: Sequence[str] = ()) -> Words:
    """The longest row of the words that stands in the source and in nothing that is free."""
    best: Words = ()
    for start in range(len(said)):
        end = start + len(best) + 1
        while end <= len(said) and _joined(said[start:end]) in source:
            if not any(_joined(said[start:end]) in text for text in free):
                best = said[start:end]
            end += 1
    return best


@lru_cache(maxsize=1024)  # a chat is the same for all its replies
def _plain(text: str) -> Words:
    """The words of a text without quotes, figures and dates."""
    plain = _QUOTED.sub(" ", fold(_AS_IT_IS.sub(" ", text[:_MOST])))
    return tuple(word for word in _WORD.findall(plain) if _counts(word))


def _counts(word: str) -> bool:
    return word not in _LEFT_OUT and not any(character.isdigit() for character in word)


def _in_either_mouth(words: Words, language: str) -> Words:
    """The words as they are compared when one says "you" of whom another says "i"."""
    same = _SAME if language == ENGLISH else language_of(language).turned
    return tuple(same.get(word, word) for word in words)


@lru_cache(maxsize=4096)
def _runs(text: str, language: str) -> str:
    """A text as its words between blanks, so that a row of words is a part of it."""
    return _joined(_in_either_mouth(_plain(text), language))


def _joined(words: Words) -> str:
    return f" {' '.join(words)} "
