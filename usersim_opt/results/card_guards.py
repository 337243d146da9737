"""What a prompt's card says of guards: how many replies broke them, of the prompt and of its seed.

    "guards": {"replies": 175, "broken": 3, "by_guard": {"universal.markup": 3}}

A card that was made while no guard was in force has no such entry, and says nothing about guards.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from usersim_opt.measuring.broken_guards import BrokenGuards
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.results.rules import GUARD_LOSS, TERM_LOSS
from usersim_opt.results.versions import Decision

OWN, SEED = "guards", "guards_of_seed"
_KEYS = {GUARD_LOSS: "held_back_by_guards", TERM_LOSS: "held_back_by_terms"}
"""What holds a prompt back, by the rule that says so."""


def figures(side: Evaluation, *, seed: Evaluation) -> dict[str, Any]:
    """The entries of a card for a prompt and its seed; nothing where no guard was in force."""
    if not side.guards.in_force:
        return {}
    return {OWN: _figures(side.guards), SEED: _figures(seed.guards)}


def _figures(guards: BrokenGuards) -> dict[str, Any]:
    """Graded replies, those that broke any guard, and those that broke each."""
    by_guard = {name: guards.by_guard[name].broken for name in guards.names}
    together = guards.together
    return {"replies": together.replies, "broken": together.broken, "by_guard": by_guard}


def held_back(ruling: Decision | None) -> dict[str, str]:
    """What the comparison says of a prompt that lost guards or realism terms; else nothing."""
    return {_KEYS[ruling.rule]: ruling.reason} if ruling and ruling.rule in _KEYS else {}


def why_held_back(compared: Mapping[str, Any]) -> str:
    """The reason behind `was not shipped`, where it lies in guards or realism terms."""
    reason = next((compared[key] for key in _KEYS.values() if compared.get(key)), "")
    return f": {' '.join(str(reason).split())}" if reason else ""


def rows(card: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The lines of the card's table: the prompt's and, where that is another one, the seed's."""
    if not card.get(OWN):
        return
    yield "replies that broke a guard", _text(card[OWN])
    compared = card.get("compared_with_seed") or {}
    if card.get(SEED) and compared.get("seed_sha256", card["sha256"]) != card["sha256"]:
        yield "replies of the seed prompt that broke a guard", _text(card[SEED])


def _text(guards: Mapping[str, Any]) -> str:
    """`3 of 150 (universal.markup 3)`."""
    by_guard = ", ".join(f"{name} {number}" for name, number in guards["by_guard"].items())
    counts = f"{guards['broken']} of {guards['replies']}"
    return f"{counts} ({by_guard})" if by_guard else counts
