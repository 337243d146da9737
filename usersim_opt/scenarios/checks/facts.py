"""Checks on facts: what the conversation has settled, and identifiers that nobody asked for.

A fact is a code, a user id, a number in digits (a day, a sum, a time) or a name within a sentence.
Facts side by side are one, so "Thursday June 12" is one.

Not covered: numbers in words, phone numbers with blanks, and names that only begin sentences.
"""

import re
from collections.abc import Iterator

from usersim_opt.basics.text import fold
from usersim_opt.scenarios.checks.counts import counted
from usersim_opt.scenarios.checks.moment import Finding, Moment, Reply
from usersim_opt.scenarios.identifiers import IDENTIFIER, USER_ID
from usersim_opt.scenarios.names import names_in

_PIECE = re.compile(r"\w+(?:[.:,]\d+)*|[^\w\s]")
_NUMBER = re.compile(r"(\d+(?:[.:,]\d+)*)(?:st|nd|rd|th|am|pm|h)?")
_MARKER = re.compile(r"^[^\S\n]*\d+[.)]\s", re.MULTILINE)
"""What numbers the items of a list; it is no fact."""
_BETWEEN = frozenset(("of", "the"))
"""What stands within a date: the 20th of August, July the 24th."""
_ANY_IDENTIFIER = re.compile(
    rf"(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]*\w|{USER_ID.pattern}|(?<!\w)\d{{6,}}(?!\w)"
    r"|(?<!\w)(?=\w*(?:\d[a-z]+\d|[a-z]\d+[a-z]))[a-z0-9]{5,12}(?!\w)"
)
"""In lower case: an address, a user id, six digits or more, letters and digits that take turns."""


def chat_facts_again(reply: Reply, most: int) -> Finding:
    """`chat_facts_again`: at most so many facts of the conversation are said again."""
    again = list(dict.fromkeys(_facts_again(reply.text, _facts(reply.moment))))
    number = counted(len(again), "fact")
    return Finding(len(again) <= most, f"{number} said again, {most} allowed{_listed(again)}")


def _facts(moment: Moment) -> set[str]:
    """What the turns so far have named, as `_value` spells it."""
    texts = [_MARKER.sub(" ", text) for _, text in moment.turns]
    return {value for text in texts for value in _values(text, moment.language)}


def _values(text: str, language: str) -> Iterator[str]:
    yield from (fold(name) for name in names_in(text, language))
    yield from (fold(code) for code in IDENTIFIER.findall(text))
    for piece in _PIECE.findall(fold(text)):
        if _NUMBER.fullmatch(piece):
            yield _value(piece)


def _value(piece: str) -> str:
    """A piece as facts are compared: `12th` as `12`, `1,200.00` as `1200`."""
    number = _NUMBER.fullmatch(piece)
    if number is None:
        return piece
    return re.sub(r"\.0+$", "", number.group(1).replace(",", ""))


def _facts_again(text: str, facts: set[str]) -> Iterator[str]:
    """The known facts in a text; those side by side are one."""
    together: list[str] = []
    for piece in [*_PIECE.findall(fold(text)), "."]:
        if _value(piece) in facts:
            together.append(piece)
        elif together and piece not in _BETWEEN:
            yield " ".join(together)
            together = []


def only_identifiers(reply: Reply, allowed: list[str]) -> Finding:
    """`only_identifiers`: no code, number of six digits, user id or address but these."""
    wanted = [fold(identifier) for identifier in allowed]
    others = [
        identifier
        for identifier in dict.fromkeys(_identifiers(reply.text))
        if not any(identifier in each for each in wanted)
    ]
    return Finding(not others, f"{counted(len(others), 'other identifier')}{_listed(others)}")


def _identifiers(text: str) -> Iterator[str]:
    """Codes in capitals, and what looks like an identifier in any case."""
    yield from (fold(code) for code in IDENTIFIER.findall(text))
    yield from _ANY_IDENTIFIER.findall(fold(text))


def _listed(items: list[str]) -> str:
    return ": " + ", ".join(map(repr, items)) if items else ""
