"""Checks on phrases: which occur, how many different ones, how often.

`at_least` and `at_most` count different phrases, `max_times` counts every occurrence; "many thanks"
is one, though "thanks" is in it. `max_courtesies` does so for the lexicons of courtesy.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from usersim_opt.basics.text import (
    count_apart,
    find_phrases,
    fold,
    opening_phrase,
    phrase_spans,
    words,
)
from usersim_opt.scenarios.checks.lexicons import alone_of, aside_of, phrases_of
from usersim_opt.scenarios.checks.moment import Finding, Reply

Tally = dict[str, Any]
"""The argument of a kind that counts phrases: `n`, a number, and `of`, a list of phrases."""
COURTESY = ("@thanks", "@please", "@apology", "@polite_form")
"""The lexicons of courtesy."""


def any_of(reply: Reply, items: list[str]) -> Finding:
    """`any_of`: one of the phrases occurs."""
    found = matches(reply, items)
    return Finding(bool(found), _listing(found))


def none_of(reply: Reply, items: list[str]) -> Finding:
    """`none_of`: none of the phrases occurs."""
    found = matches(reply, items)
    return Finding(not found, _listing(found))


def opens_with(reply: Reply, items: list[str]) -> Finding:
    """`opens_with`: the reply begins with one of the phrases."""
    opening = _opening(reply, items)
    beginning = opening or " ".join(words(reply.text)[:4])
    return Finding(opening is not None, f"opens with {beginning!r}")


def at_least(reply: Reply, rule: Tally) -> Finding:
    """`at_least`: so many different phrases occur, or more."""
    number, least, listing = _tallied(reply, rule)
    return Finding(number >= least, f"{number} of {least} wanted; {listing}")


def at_most(reply: Reply, rule: Tally) -> Finding:
    """`at_most`: so many different phrases occur, or fewer."""
    number, most, listing = _tallied(reply, rule)
    return Finding(number <= most, f"{number}, {most} allowed; {listing}")


def max_times(reply: Reply, rule: Tally) -> Finding:
    """`max_times`: the phrases occur so often, all together, or less."""
    times = _times(reply, rule["of"])
    return Finding(times <= rule["n"], f"{times} times, {rule['n']} allowed")


def max_courtesies(reply: Reply, most: int) -> Finding:
    """`max_courtesies`: so many thanks, pleases, apologies and polite forms, or less."""
    times, listing = _times(reply, COURTESY), _listing(matches(reply, COURTESY))
    return Finding(times <= most, f"{times} times, {most} allowed; {listing}")


def _tallied(reply: Reply, rule: Tally) -> tuple[int, int, str]:
    """How many of the phrases occur, the number that the rule sets, and which they are."""
    found = matches(reply, rule["of"])
    return len(found), rule["n"], _listing(found)


def matches(reply: Reply, items: Iterable[str]) -> list[str]:
    """The phrases of a list that occur in a reply."""
    return [
        phrase
        for item in items
        for phrase in find_phrases(reply.text, _phrases(reply, item), aside=_aside(reply, item))
    ]


def _times(reply: Reply, items: Iterable[str]) -> int:
    """How often any phrase of a list occurs in a reply."""
    return count_apart(
        span
        for item in items
        for span in phrase_spans(reply.text, _phrases(reply, item), aside=_aside(reply, item))
    )


def _opening(reply: Reply, items: Iterable[str]) -> str | None:
    """The first phrase of a list with which a reply begins."""
    openings = (
        opening_phrase(reply.text, _phrases(reply, item), aside=_aside(reply, item))
        for item in items
    )
    return next(filter(None, openings), None)


def _phrases(reply: Reply, item: str) -> Iterator[str]:
    """What an item of a list stands for in this reply."""
    yield from phrases_of([item], reply.language)
    whole = fold(reply.text).strip(".!… ")
    yield from (phrase for phrase in alone_of(item, reply.language) if fold(phrase) == whole)


def _aside(reply: Reply, item: str) -> tuple[str, ...]:
    return aside_of(item, reply.language)


def _listing(found: list[str]) -> str:
    if not found:
        return "found none of the phrases"
    return "found: " + ", ".join(repr(phrase) for phrase in found)
