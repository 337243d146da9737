"""Checks taken apart, for the rules that read them."""

from collections.abc import Iterator

from usersim_opt.scenarios.checks import Check
from usersim_opt.scenarios.checks.lexicons import phrases_of


def conjuncts(check: Check) -> Iterator[Check]:
    """The checks that must all hold for a check to hold: the parts of `all`, else itself."""
    if "all" in check:
        for part in check["all"]:
            yield from conjuncts(part)
    elif check:
        yield check


def spelled_out(phrases: list[str]) -> frozenset[str]:
    """The phrases of a list with each `@name` replaced by its lexicon."""
    return frozenset(phrases_of(phrases))
