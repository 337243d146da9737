"""Corrected features: what the published ones count wrongly, mended, under names of their own.

corrected.yaml names each with the feature it stands for and what it fixes.

    >>> corrected_features([{"role": "user", "content": "pls hurry"}])["courtesy_rate"]
    1.0

Not covered: other languages; irony; whatever the published features miss beyond the known quirks.
No published figure of people exists for these: set them beside people's corrected figures.
"""

import re
import statistics
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.text import spoken
from usersim_opt.basics.validation import parse
from usersim_opt.realism.features import AFTER_ACK, SHORT, Features
from usersim_opt.realism.notation import pattern_of
from usersim_opt.realism.phrases import PHRASES
from usersim_opt.realism.turns import Conversation, Turns, turns_of

_FILE = Path(__file__).with_name("corrected.yaml")
_CURLY = str.maketrans("\u2018\u2019\u02bc", "'''")
_IDENTIFIER = re.compile(
    r"""
    (?<![\w.+-])[\w.+-]+@[\w-]+(?:\.\w+)+                    # an address
    | \b(?:gift_card|credit_card|paypal)_\w+
    | \b[a-z]+_[a-z]+_\d{3,}\b                               # a user id
    | \#?\b(?=[\w-]{0,40}\d)(?=[A-Za-z0-9-]{6})[A-Za-z0-9-]+\b  # six or more, a digit among them
    | \b[A-Z]{6}\b                                           # a code without digits
    """,
    re.VERBOSE,
)
_QUESTIONS = ("pushback", "clarification")


class Correction(BaseModel):
    """A corrected feature; see the head of corrected.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    of: str
    unit: Literal["share", "conversation", "words", "count"]
    fixes: str


_Phrases = Mapping[str, list[str]]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    features: dict[str, Correction]
    harness: list[str]
    drop: _Phrases
    add: _Phrases


_DATA = parse(strict_yaml.load(_FILE), _Data, where=_FILE.name)
CORRECTIONS: Mapping[str, Correction] = _DATA.features
"""The corrected features by name."""
_PUBLISHED = {
    "courtesy": "politeness",
    "bare_ack": "ack",
    "doubt": "uncertainty",
    "assurance": "certainty",
    "clarification": "clarify",
    "feeling": "emotion",
    "blame": "accusation",
    "agent_talk": "id_confuse",
    "plan_change": "pivot",
}
"""The published list that each corrected one starts from."""


def _mended(name: str) -> tuple[str, ...]:
    """A published list without the phrases that go and with those that come."""
    dropped = _DATA.drop.get(name, [])
    kept = [phrase for phrase in PHRASES[_PUBLISHED[name]] if phrase not in dropped]
    return (*kept, *_DATA.add.get(name, []))


_LISTS = {name: _mended(name) for name in _PUBLISHED}
_PATTERNS = {
    "pushback": pattern_of(PHRASES["pushback"]),
    **{name: pattern_of(phrases) for name, phrases in _LISTS.items()},
}


def corrected_features(conversation: Conversation, source: str = "llm") -> Features | None:
    """The corrected features of a conversation, in the order of corrected.yaml.

    Arguments and errors as for `extract_features`; None where the customer says nothing.
    """
    turns = Turns(tuple(_own_words(turns_of(conversation, source))))
    if not turns.texts:
        return None
    return {name: float(_MEASURES[name](turns)) for name in CORRECTIONS}


def _own_words(turns: Turns) -> Iterator[str]:
    """What the customer says, without a harness's messages and stop tokens."""
    harness = tuple(_DATA.harness)
    for text, lower in zip(turns.texts, turns.lower, strict=True):
        words = spoken(text)
        if words and not lower.lstrip().startswith(harness):
            yield words.translate(_CURLY)


def _listed(name: str, turns: Turns) -> float:
    return turns.rate(_PATTERNS[name].search)


def _clarifies(turns: Turns) -> float:
    """Turns that ask what is meant and do not push back."""
    pushback, clarification = (_PATTERNS[name] for name in _QUESTIONS)
    return turns.rate(lambda text: not pushback.search(text) and clarification.search(text))


def _bare_ack(turns: Turns) -> float:
    return turns.rate(lambda text: AFTER_ACK.sub("", text.strip()) in _LISTS["bare_ack"])


def _agent_talk(turns: Turns) -> float:
    return float(_listed("agent_talk", turns) > 0)


def _short(turns: Turns) -> float:
    return statistics.fmean(length <= SHORT for length in turns.lengths)


def _identifiers(turns: Turns) -> float:
    return statistics.fmean(len(_IDENTIFIER.findall(text)) for text in turns.texts)


_MEASURES: dict[str, Callable[[Turns], float]] = {
    "courtesy_rate": partial(_listed, "courtesy"),
    "short_turn_rate": _short,
    "bare_ack_rate": _bare_ack,
    "agent_talk_rate": _agent_talk,
    "identifiers_per_turn": _identifiers,
    "words_per_turn": lambda turns: statistics.fmean(turns.lengths),
    "first_words": lambda turns: turns.lengths[0],
    "doubt_rate": partial(_listed, "doubt"),
    "assurance_rate": partial(_listed, "assurance"),
    "clarification_rate": _clarifies,
    "feeling_rate": partial(_listed, "feeling"),
    "blame_rate": partial(_listed, "blame"),
    "plan_change_rate": partial(_listed, "plan_change"),
}
"""How each corrected feature is measured."""
