"""Checks on how many of the things that were asked a reply deals with.

A thing is dealt with where any of its phrases occurs:

    check: {answers_at_most: {n: 1, of: {code: [K3VQ8T], route: [boston, denver]}}}
"""

from typing import Any

from usersim_opt.scenarios.checks.moment import Finding, Reply
from usersim_opt.scenarios.checks.phrases import matches

Things = dict[str, Any]
"""The argument: `n`, a number, and `of`, a list of phrases by the name of each thing."""


def answers_at_most(reply: Reply, rule: Things) -> Finding:
    """`answers_at_most`: so many of the things are dealt with, or fewer."""
    named, number = _dealt_with(reply, rule), rule["n"]
    return Finding(len(named) <= number, _evidence(named, rule, f"{number} allowed"))


def answers_at_least(reply: Reply, rule: Things) -> Finding:
    """`answers_at_least`: so many of the things are dealt with, or more."""
    named, number = _dealt_with(reply, rule), rule["n"]
    return Finding(len(named) >= number, _evidence(named, rule, f"{number} wanted"))


def _dealt_with(reply: Reply, rule: Things) -> dict[str, str]:
    """The things that are dealt with, each with the first of its phrases that occurs."""
    found = {thing: matches(reply, items) for thing, items in rule["of"].items()}
    return {thing: phrases[0] for thing, phrases in found.items() if phrases}


def _evidence(named: dict[str, str], rule: Things, wanted: str) -> str:
    number = f"{len(named)} of {len(rule['of'])} things, {wanted}"
    listed = ", ".join(f"{thing} ({phrase!r})" for thing, phrase in named.items())
    return f"{number}: {listed}" if listed else number
