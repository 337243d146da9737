"""Which versions does no other beat? The front over the families of behaviour, as a pure function of their rates.

    front({"a": {"x": 0.9, "y": 0.2}, "b": {"x": 0.1, "y": 0.8}, "c": {"x": 0.1, "y": 0.2}})    # ["a", "b"]

A version beats another that it equals or exceeds in every family and exceeds in at least one. Families that a version
lacks a rate in are left out for all of them, so that "beats" stays a partial order.

Not covered: how sure the rates are. A version off the front by less than its interval may be as good.
"""

from collections.abc import Mapping

Rates = Mapping[str, Mapping[str, float]]
"""Rate by family, by version."""


def front(rates: Rates) -> list[str]:
    """The versions that no other beats, in the order given; all of them where they share no family."""
    beaten = {worse for _, worse in dominance(rates)}
    return [version for version in rates if version not in beaten]


def dominance(rates: Rates) -> list[tuple[str, str]]:
    """Every pair (better, worse) of which the first beats the second, in the order given."""
    families = common_families(rates)
    return [(one, other) for one in rates for other in rates if _beats(rates[one], rates[other], families)]


def common_families(rates: Rates) -> list[str]:
    """The families in which every version has a rate, in the order of the first version."""
    versions = list(rates.values())
    return [family for family in versions[0] if all(family in rate for rate in versions)] if versions else []


def _beats(one: Mapping[str, float], other: Mapping[str, float], families: list[str]) -> bool:
    return all(one[f] >= other[f] for f in families) and any(one[f] > other[f] for f in families)
