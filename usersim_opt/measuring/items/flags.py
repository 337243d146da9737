"""What may be wrong with an item, by the thresholds of items.yaml.

Every flag needs evidence, not just a figure on the wrong side: an item of which little is known has
no flag. One needs the whole list:

    saturated   With one reply per scenario no item can show by itself that more than 95 % of the
                replies pass. The doubt of an item is the probability that it does not (for the
                weakest version, or for all versions together, whichever is larger). Items are named
                in the order of their doubt as long as the mean doubt of those named is at most
                10 %, which is the share of them that may, as expected, be none; and none with more
                than 20 % (a Bayesian false discovery rate: Newton et al. 2004; Mueller et al.
                2004).

    unfair         the upper bound of people's share lies below .9
    spent          the upper bound of D lies below .2
    wrong sign     that of D, or that of the correlation with the preference, lies below 0
    uninformative  the correlation with the rest of the rubric is below .1, its bound below .3
    implied, twin  see implication.py
    unreliable     more than a tenth of the verdicts that a judge gave twice changed, by the bound
    never fails    no version, person, robot (silence aside) or example was seen to fail it

Guards are meant to be passed: of those on the pass rate none is said of them.
"""

from collections.abc import Callable, Iterable

from usersim_opt.measuring.items.correlation import upper_bound
from usersim_opt.measuring.items.records import FLAGS, Flag, Item
from usersim_opt.measuring.items.thresholds import THRESHOLDS

_OF_SCORES: tuple[Flag, ...] = ("saturated", "spent", "uninformative")
"""What is said of items that score, and of no guard."""


def saturated(items: Iterable[Item]) -> set[tuple[str, str]]:
    """The keys of the items that are saturated."""
    doubts = sorted(
        (item.doubt, item.key) for item in items if item.doubt is not None and item.role == "score"
    )
    named: set[tuple[str, str]] = set()
    total = 0.0
    for number, (doubt, key) in enumerate(doubts, start=1):
        total += doubt
        if doubt > THRESHOLDS.saturated.single or total / number > THRESHOLDS.saturated.wrong:
            break
        named.add(key)
    return named


def flags_of(item: Item, *, is_saturated: bool) -> tuple[Flag, ...]:
    """The flags of an item, in their order."""
    if not scored(item):
        return ()
    found = {flag for flag, holds in _RULES.items() if holds(item)}
    if is_saturated:
        found.add("saturated")
    if item.role == "guard":
        found -= set(_OF_SCORES)
    return tuple(flag for flag in FLAGS if flag in found)


def scored(item: Item) -> bool:
    """Whether anybody gave a verdict on it."""
    return any(share.scored for share in item.shares.values()) or item.people is not None


def _unfair(item: Item) -> bool:
    return _lies_below(item.people.high if item.people else None, THRESHOLDS.unfair.below)


def _spent(item: Item) -> bool:
    return _lies_below(_upper_d(item), THRESHOLDS.spent.below)


def _wrong_sign(item: Item) -> bool:
    return _lies_below(_upper_d(item), 0.0) or prefers_failing(item)


def prefers_failing(item: Item) -> bool:
    """Whether replies that pass were liked less, beyond chance."""
    r, replies = item.preference, item.preference_replies
    return r is not None and upper_bound(r, replies) < 0


def _upper_d(item: Item) -> float | None:
    return item.discrimination.high if item.discrimination else None


def _uninformative(item: Item) -> bool:
    if item.rest is None or item.rest >= THRESHOLDS.uninformative.below:
        return False
    return upper_bound(item.rest, item.rest_replies) < THRESHOLDS.uninformative.bound


def _unreliable(item: Item) -> bool:
    stayed = item.flips.high if item.flips else None
    return _lies_below(stayed, 1 - THRESHOLDS.unreliable.above)


def _lies_below(bound: float | None, limit: float) -> bool:
    return bound is not None and bound < limit


_RULES: dict[Flag, Callable[[Item], bool]] = {
    "unfair": _unfair,
    "spent": _spent,
    "wrong sign": _wrong_sign,
    "uninformative": _uninformative,
    "implied": lambda item: bool(item.implied_by),
    "twin": lambda item: bool(item.twins),
    "unreliable": _unreliable,
    "never fails": lambda item: not item.failed_by,
}
