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

    unfair         the upper bound of people's share lies below .9 (*)
    spent          the upper bound of D lies below .2 (*)
    wrong sign     that of D (*), or that of the correlation with the preference, lies below 0
    uninformative  the correlation with the rest of the rubric is below .1, its bound below .3
    implied, twin  see implication.py
    unreliable     the lower bound of the share of verdicts that a judge changed lies above .1 (*)
    never fails    no version, person, robot (silence aside) or example was seen to fail it

(*) Drawn towards the dimension, or by the item's own counts alone, since a faulty item among good
ones is not like its dimension: for a share by the exact binomial test at 2.5 %, for D by Newcombe's
interval from ten verdicts on either side on.

Guards are meant to be passed: of those on the pass rate none is said of them.

Not covered: one reply cannot tell 94 % from 96 %. In simulated rubrics with a mean of 98 % no item
to one in nine of those named saturated are none, and one in five where many lie just below 95 %.
"""

import math
from collections.abc import Callable, Iterable
from itertools import groupby

from usersim_opt.measuring.items.correlation import upper_bound
from usersim_opt.measuring.items.records import FLAGS, Flag, Item, Share
from usersim_opt.measuring.items.thresholds import THRESHOLDS

_OF_SCORES: tuple[Flag, ...] = ("saturated", "spent", "uninformative")
"""What is said of items that score, and of no guard."""
_LEVEL = 0.025
"""Of a test by an item's own counts."""


def saturated(items: Iterable[Item]) -> set[tuple[str, str]]:
    """The keys of the items that are saturated."""
    limits = THRESHOLDS.saturated
    named: list[Item] = []
    total = 0.0
    # Items of equal doubt, such as those of one dimension with equal verdicts, are named together.
    for doubt, group in groupby(sorted(_doubted(items), key=_doubt), key=_doubt):
        alike = list(group)
        total += doubt * len(alike)
        if doubt > limits.single or total / (len(named) + len(alike)) > limits.wrong:
            break
        named += alike
    return {item.key for item in named}


def _doubted(items: Iterable[Item]) -> list[Item]:
    return [item for item in items if item.doubt is not None and item.role == "score"]


def _doubt(item: Item) -> float:
    return item.doubt or 0.0


def flags_of(item: Item, *, is_saturated: bool) -> tuple[Flag, ...]:
    """The flags of an item, in their order."""
    if not item.scored:
        return ()
    found = {flag for flag, holds in _RULES.items() if holds(item)}
    if is_saturated:
        found.add("saturated")
    if item.role == "guard":
        found -= set(_OF_SCORES)
    return tuple(flag for flag in FLAGS if flag in found)


def _unfair(item: Item) -> bool:
    return _share_below(item.people, THRESHOLDS.unfair.below)


def _spent(item: Item) -> bool:
    return _d_below(item, THRESHOLDS.spent.below)


def _wrong_sign(item: Item) -> bool:
    return _d_below(item, 0.0) or prefers_failing(item)


def prefers_failing(item: Item) -> bool:
    """Whether replies that pass were liked less, beyond chance."""
    r, replies = item.preference, item.preference_replies
    return r is not None and upper_bound(r, replies) < 0


def _d_below(item: Item, limit: float) -> bool:
    """Whether the upper bound of D lies below, drawn towards the dimension or counted."""
    found = [each.high for each in (item.discrimination, item.counted) if each]
    return any(high is not None and high < limit for high in found)


def _uninformative(item: Item) -> bool:
    if item.rest is None or item.rest >= THRESHOLDS.uninformative.below:
        return False
    return upper_bound(item.rest, item.rest_replies) < THRESHOLDS.uninformative.bound


def _unreliable(item: Item) -> bool:
    return _share_below(item.flips, 1 - THRESHOLDS.unreliable.above)


def _share_below(share: Share | None, limit: float) -> bool:
    """Whether a share lies below, drawn towards the dimension or by its counts alone."""
    if share is None or share.high is None:
        return False
    return share.high < limit or binomial_tail(share.passed, share.scored, limit) <= _LEVEL


def binomial_tail(passed: int, scored: int, chance: float) -> float:
    """How likely so many passes or fewer are, each verdict being one with this chance."""
    return sum(
        math.comb(scored, n) * chance**n * (1 - chance) ** (scored - n) for n in range(passed + 1)
    )


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
