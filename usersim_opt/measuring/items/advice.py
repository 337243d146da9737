"""What to do with an item, and why: the first of these rules that applies.

    drop      it has the wrong sign, people fail it, another criterion implies it, or its twin
              stands before it in the rubric
    guard     it is saturated, and something better than a caricature was seen to fail it: it must
              not get worse, and is of no use in the score
    rewrite   it is saturated and only a caricature fails it, or nothing; people or the best version
              do hardly better than the seed; it goes with nothing else; its judge has to guess
    keep      everything else

The failing example of a scenario's first form is the caricature: it mostly breaks nearly every
criterion at once.
"""

from collections.abc import Callable
from typing import NamedTuple

from usersim_opt.basics.figures import Interval, many, share_text
from usersim_opt.measuring.items.evidence import CARICATURE
from usersim_opt.measuring.items.flags import prefers_failing
from usersim_opt.measuring.items.records import Advice, Item, Share, rate_text


class Advised(NamedTuple):
    """An advice with its reason."""

    advice: Advice
    why: str


def advise(item: Item, *, before: frozenset[str]) -> Advised:
    """What to do with an item that has its flags; `before` are the criteria above it."""
    if not item.scored:
        return Advised("keep", "nobody decided it, so nothing is known of it")
    for rule in _RULES:
        found = rule(item, before)
        if found:
            return found
    return Advised("keep", _kept(item))


def _wrong_sign(item: Item, before: frozenset[str]) -> Advised | None:
    if "wrong sign" not in item.flags:
        return None
    if prefers_failing(item):
        r = f"{item.preference:+.2f} over {many(item.preference_replies, 'reply')}"
        return Advised("drop", f"replies that pass are liked less (r = {r})")
    who = "people pass" if item.against == "people" else f"{item.against} passes"
    return Advised("drop", f"{who} it less often than the seed does: {d_text(item)}")


def _unfair(item: Item, before: frozenset[str]) -> Advised | None:
    if "unfair" not in item.flags:
        return None
    return Advised("drop", f"people fail it: {rate_text(item.people)} pass")


def _implied(item: Item, before: frozenset[str]) -> Advised | None:
    # Of two criteria that imply each other the first one stays.
    others = [name for name in item.implied_by if name in before or name not in item.implies]
    if not others:
        return None
    return Advised("drop", f"every reply that passes {others[0]} passes it")


def _twin(item: Item, before: frozenset[str]) -> Advised | None:
    earlier = [name for name in item.twins if name in before]
    if not earlier:
        return None
    return Advised("drop", f"its verdicts are those of {earlier[0]}")


def _saturated(item: Item, before: frozenset[str]) -> Advised | None:
    if "saturated" not in item.flags:
        return None
    passes = f"nearly every reply passes it ({_of_weakest(item)})"
    able = [name for name in item.failed_by if name != CARICATURE]
    if able:
        return Advised("guard", f"{passes}; it can fail ({able[0]}), so it must not get worse")
    reason = "only a caricature fails it" if item.failed_by else "nothing was ever seen to fail it"
    return Advised("rewrite", f"{passes}, and {reason}")


def _of_weakest(item: Item) -> str:
    """`base: 20/20, by its dimension 98.9 %`."""
    share = item.weakest or Share(0, 0)
    return f"{item.weakest_version}: {share.fraction}, by its dimension {share_text(share.shrunk)}"


def _spent(item: Item, before: frozenset[str]) -> Advised | None:
    if "spent" not in item.flags:
        return None
    who = "people do" if item.against == "people" else f"{item.against} does"
    return Advised("rewrite", f"{who} hardly better on it than the seed: {d_text(item)}")


def _uninformative(item: Item, before: frozenset[str]) -> Advised | None:
    if "uninformative" not in item.flags:
        return None
    found = f"r = {item.rest:+.2f} over {many(item.rest_replies, 'reply')}"
    return Advised("rewrite", f"it does not go with the rest of the rubric: {found}")


def _unreliable(item: Item, before: frozenset[str]) -> Advised | None:
    if "unreliable" not in item.flags or item.flips is None:
        return None
    flipped = item.flips.scored - item.flips.passed
    given = many(item.flips.scored, "verdict")
    return Advised("rewrite", f"the judge changed {flipped} of {given} that it gave twice")


_RULES: tuple[Callable[[Item, frozenset[str]], Advised | None], ...] = (
    _wrong_sign,
    _unfair,
    _implied,
    _twin,
    _saturated,
    _spent,
    _uninformative,
    _unreliable,
)


def _kept(item: Item) -> str:
    if item.role == "guard":
        return "it is a guard, and nothing speaks against it"
    if item.discrimination is not None:
        return f"nothing speaks against it: {d_text(item)}"
    return f"nothing speaks against it: {share_text(_rate(item))} pass"


def _rate(item: Item) -> float | None:
    share = item.weakest or item.people
    return share.rate if share else None


def d_text(item: Item) -> str:
    """`D = +.31 [+.12, +.50]`; empty where there is none."""
    found: Interval | None = item.discrimination
    if found is None:
        return ""
    low, high = found.bounds or (-1.0, 1.0)
    drawn = f"D = {found.mean:+.2f} [{low:+.2f}, {high:+.2f}]"
    return f"{drawn}, {item.counted.mean:+.2f} by its own counts" if item.counted else drawn
