"""Checks on phrases: which occur, how many different ones, how often.

`at_least` and `at_most` count different phrases, `max_times` counts every occurrence; "many thanks"
is one, though "thanks" is in it. `max_courtesies` does so for the lexicons of courtesy.
"""

from collections.abc import Iterable
from typing import Any

from usersim_opt.basics.text import count_phrases, find_phrases, opening_phrase, words
from usersim_opt.scenarios.checks.lexicons import phrases_of
from usersim_opt.scenarios.checks.moment import Finding, Reply

Tally = dict[str, Any]
"""The argument of a kind that counts phrases: `n`, a number, and `of`, a list of phrases."""
COURTESY = ("@thanks", "@please", "@apology", "@polite_form")
"""The lexicons of courtesy."""


def any_of(reply: Reply, items: list[str]) -> Finding:
    """`any_of`: one of the phrases occurs."""
    matches = _matches(reply, items)
    return Finding(bool(matches), _listing(matches))


def none_of(reply: Reply, items: list[str]) -> Finding:
    """`none_of`: none of the phrases occurs."""
    matches = _matches(reply, items)
    return Finding(not matches, _listing(matches))


def opens_with(reply: Reply, items: list[str]) -> Finding:
    """`opens_with`: the reply begins with one of the phrases."""
    opening = opening_phrase(reply.text, phrases_of(items, reply.language))
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
    times = count_phrases(reply.text, phrases_of(rule["of"], reply.language))
    return Finding(times <= rule["n"], f"{times} times, {rule['n']} allowed")


def max_courtesies(reply: Reply, most: int) -> Finding:
    """`max_courtesies`: so many thanks, pleases, apologies and polite forms, or less."""
    items = list(COURTESY)
    times = count_phrases(reply.text, phrases_of(items, reply.language))
    return Finding(
        times <= most, f"{times} times, {most} allowed; {_listing(_matches(reply, items))}"
    )


def _tallied(reply: Reply, rule: Tally) -> tuple[int, int, str]:
    """How many of the phrases occur, the number that the rule sets, and which they are."""
    matches = _matches(reply, rule["of"])
    return len(matches), rule["n"], _listing(matches)


def _matches(reply: Reply, items: Iterable[str]) -> list[str]:
    return find_phrases(reply.text, phrases_of(items, reply.language))


def _listing(matches: list[str]) -> str:
    if not matches:
        return "found none of the phrases"
    return "found: " + ", ".join(repr(phrase) for phrase in matches)
