"""Whether a fact stands in what was said, or follows from it.

Sums follow from sums: two together, their difference, twice, half, several times, without the
cents. Days follow from days: one or a week away where somebody speaks of such a shift, or a day
that stands there without its month. What the guard on facts lets pass beyond that (any number that
any two numbers add up to) would let pass most wrong sums and days of a long conversation.
"""

import re
from collections.abc import Iterator
from itertools import combinations

from usersim_opt.basics.text import fold
from usersim_opt.measuring.universal.facts import unknown_facts
from usersim_opt.realism.contradictions.facts import Fact, facts_in
from usersim_opt.realism.contradictions.table import FACTS
from usersim_opt.scenarios.checks import Moment
from usersim_opt.scenarios.facts import in_ranges, numbers

_MOST_TIMES = 4
"""So many times a sum may be taken: the price for four people."""

_TWO = 2
"""Different months."""


def is_known(fact: Fact, moment: Moment) -> bool:
    """Whether a fact stands in the story or the turns of a moment, or follows from them."""
    said = "\n".join([moment.story, *(text for _, text in moment.turns)])
    if any(fact.is_same(each) for each in facts_in(said)):
        return True
    if fact.kind == "count":
        # Small numbers stand everywhere: only the same thing counted otherwise is unknown.
        return not any(each.slot == fact.slot for each in facts_in(said))
    if fact.kind == "name":
        return bool(set(fact.value.split()) & set(re.findall(r"[^\W_]+", fold(said))))
    if fact.kind == "sum":
        return _is_known_sum(int(fact.value), said)
    if fact.kind == "date":
        return _is_known_day(fact, said)
    return not any(unknown_facts(f"it is {fact.words}", moment))


def _is_known_sum(value: int, said: str) -> bool:
    """Whether a sum in hundredths stands there as a number, or follows from sums."""
    if value % 100 == 0 and value // 100 in numbers(said.replace(",", "")):
        return True
    sums = {int(each.value) for each in facts_in(said) if each.kind == "sum"}
    return any(abs(each - value) < 100 for each in _following(sums))


def _following(sums: set[int]) -> Iterator[float]:
    for each in sums:
        yield from (each * times for times in range(1, _MOST_TIMES + 1))
        yield each / 2
    for one, other in combinations(sums, 2):
        yield from (one + other, abs(one - other))


def _is_known_day(fact: Fact, said: str) -> bool:
    """Whether a day stands there without its month, or is a day or a week from one that does."""
    facts = facts_in(said)
    rest = said
    for each in facts:
        rest = rest.replace(each.words, " ")
    if int(fact.value[-2:]) in numbers(rest) | in_ranges(rest):
        return True
    shifts = [days for days, words in FACTS.shift.items() if words.search(said)]
    return any(
        _is_shifted(fact, each, days) for each in facts if each.kind == "date" for days in shifts
    )


def _is_shifted(fact: Fact, other: Fact, days: int) -> bool:
    """Whether two days are so many days apart, in one month or over its end."""
    apart = abs(int(fact.value[-2:]) - int(other.value[-2:]))
    months = {fact.value[:-3], other.value[:-3]} - {""}
    return apart == days if len(months) < _TWO else apart in range(28 - days, 32 - days)
