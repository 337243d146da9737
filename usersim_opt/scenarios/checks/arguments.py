"""What stands behind a kind of check: its argument, in a few words, in full, and how it is told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from usersim_opt.scenarios.checks.lexicons import LEXICONS


@dataclass(frozen=True)
class Argument:
    """What the argument of a kind must be."""

    words: str
    """In a few words, for the table of kinds."""
    expected: str
    """In full, for the message of an error."""
    accepts: Callable[[Any], bool]


def is_count(value: Any) -> bool:
    """Whether a value is a whole number of 0 or more."""
    # True and False are whole numbers to Python, but nobody means them as a count.
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_phrases(value: Any) -> bool:
    return _is_filled_list(value) and all(_is_phrase(item) for item in value)


def _is_phrase(item: Any) -> bool:
    if not isinstance(item, str) or not item.strip(" *") or _is_stray(item):
        return False
    return not item.startswith("@") or item[1:] in LEXICONS


def _is_stray(item: str) -> bool:
    """Whether an asterisk stands within a phrase, where it allows nothing and never occurs."""
    return "*" in item.strip()[1:-1]


def _is_tally(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) != {"n", "of"}:
        return False
    return is_count(value["n"]) and _is_phrases(value["of"])


def _is_things(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) != {"n", "of"}:
        return False
    return is_count(value["n"]) and _is_named_lists(value["of"])


def _is_named_lists(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(map(_is_phrases, value.values()))


def _is_run(value: Any) -> bool:
    return is_count(value) and value >= LEAST_RUN


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value)


def _is_filled_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value)


LEAST_RUN = 3
"""Words in a row that can say something; any two words stand in any story."""
_LEXICON_NAMES = ", ".join("@" + name for name in sorted(LEXICONS))

_ASTERISK = "an asterisk stands before or behind a phrase, not within it: write such a one as two"

COUNT = Argument("a number", "a whole number, 0 or more", is_count)
BOOL = Argument("true or false", "true or false", lambda value: isinstance(value, bool))
TRUE = Argument("true", "true", lambda value: value is True)
PHRASES = Argument(
    "a list of phrases",
    f"a list of phrases, each a text or one of {_LEXICON_NAMES}; {_ASTERISK}",
    _is_phrases,
)
TALLY = Argument(
    "{n, of: phrases}",
    f"{{n: a whole number, of: a list of phrases}}; {_ASTERISK}",
    _is_tally,
)
THINGS = Argument(
    "{n, of: phrases by the name of a thing}",
    "{n: a whole number, of: a list of phrases for each thing, by the thing's name}; " + _ASTERISK,
    _is_things,
)
RUN = Argument(
    f"a number of words, {LEAST_RUN} or more", f"a whole number, {LEAST_RUN} or more", _is_run
)
TEXTS = Argument("a list of texts, or []", "a list of texts, or [] for none", _is_texts)
# What these two hold has been validated as checks of their own before the argument is accepted.
CHECKS = Argument("a list of checks", "a list of checks", _is_filled_list)
CHECK = Argument("a check", "a check", lambda value: isinstance(value, dict))
