"""What a run cost on the card of its prompt: tokens written apart, and money where it is known."""

from collections.abc import Mapping
from typing import Any

from usersim_opt.basics.figures import rounded
from usersim_opt.results.prices import Money, read_and_written
from usersim_opt.results.record import RunRecord


def figures(record: RunRecord) -> dict[str, Any]:
    """Tokens written, dollars, and the roles without a price; nothing of what is not told."""
    if not any(record.tokens.values()):
        return {}
    dollars = {role: rounded(amount) for role, amount in record.money.by_role.items()}
    return {
        "tokens_written": dict(record.written),
        "dollars": dollars,
        "without_price": list(record.money.unknown),
    }


def rows(card: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The rows of the card's table: tokens by role, and money."""
    tokens, written = card.get("tokens"), card.get("tokens_written") or {}
    if not isinstance(tokens, Mapping):
        # Cards of earlier versions have none, or one number of all roles.
        return []
    counted = [
        (f"tokens of the {role} in its run", read_and_written(number, written.get(role)))
        for role, number in tokens.items()
        if number
    ]
    if "dollars" not in card:
        return counted
    spent = Money(card["dollars"], tuple(card.get("without_price", ())))
    return [*counted, ("cost of its run", spent)]
