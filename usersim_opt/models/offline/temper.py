"""What a stand-in customer adds to its messages where its manner has a trait, such as doubts.

A line of the manner that speaks of a trait is read for how often it shows: now and then, often, or
in every turn. The clauses hold no fact.

Not covered: other traits and personas than these, and other words for how often.
"""

import re
from collections.abc import Mapping, Sequence
from random import Random

_TRAITS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "skepticism": (
        r"\b(?:doubt (?:what|every)|is really so|trust nothing)\b",
        ("are you sure?", "how do you know that?", "is that really true?"),
    ),
    "confusion": (
        r"\b(?:get what the agent means|lose track|hardly follow)\b",
        ("what does that mean?", "sorry, i don't understand", "wait, what?"),
    ),
    "impatience": (
        r"\b(?:like this to be quick|short of time)\b",
        ("this takes too long", "can we get on with it", "i don't have all day"),
    ),
    "incoherence": (
        r"\b(?:thought of yours breaks off|between thoughts|messages are disordered)\b",
        ("anyway, where was i", "never mind", "oh, and that reminds me, no, scratch that"),
    ),
    "persona easy": (
        r"\bone step after the other\b",
        ("ok, no rush", "sure, take your time"),
    ),
    "persona hard": (
        r"\beasily flustered\b",
        ("where do i find that?", "i'm not good with this"),
    ),
}
"""By trait the words that speak of it, and what the stand-in says then."""
_OFTEN: Sequence[tuple[str, float]] = (
    (r"\bnow and then\b", 0.25),
    (r"\b(?:every|nothing|hardly)\b", 0.9),
)
_USUALLY = 0.5

Temper = Mapping[str, float]
"""By trait the chance that it shows in a message."""


def temper_of(manner: str) -> Temper:
    """The traits that a manner speaks of."""
    lines = [line for line in manner.lower().splitlines() if line.startswith("-")]
    return {
        name: _chance(line)
        for name, (words, _) in _TRAITS.items()
        for line in lines
        if re.search(words, line)
    }


def _chance(line: str) -> float:
    return next((chance for words, chance in _OFTEN if re.search(words, line)), _USUALLY)


def outbursts(temper: Temper, random: Random) -> list[str]:
    """What the traits add to one message."""
    shown = [name for name, chance in temper.items() if random.random() < chance]
    return [random.choice(_TRAITS[name][1]) for name in shown]
