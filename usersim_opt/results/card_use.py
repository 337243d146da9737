"""What a prompt's card says of how often its smoke split was used, where that is counted.

"smoke_use": {"number": 2, "level": 0.016667, "looks": 0}
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from usersim_opt.basics.figures import points
from usersim_opt.basics.levels import confidence
from usersim_opt.results.record import RunRecord
from usersim_opt.results.smoke_ledger import SmokeUse, level_of

KEY = "smoke_use"


def figures(record: RunRecord) -> dict[str, Any]:
    """The entry of a card of this run."""
    return {KEY: record.use.model_dump(mode="json")} if record.use else {}


def rows(card: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The line of the card's table."""
    if use := _use(card):
        yield "uses of the smoke split", use.sentence


def interval_name(card: Mapping[str, Any]) -> str:
    """What the interval of the gain is called: `95 %`; earlier cards do not name its level."""
    compared = card.get("compared_with_seed") or {}
    return confidence(compared.get("level") or level_of(_use(card)))


def _use(card: Mapping[str, Any]) -> SmokeUse | None:
    """The use that a card tells of; None for none, and for one that a hand has spoiled."""
    try:
        return SmokeUse.model_validate(card.get(KEY))
    except ValidationError:
        return None


def expected(compared: Mapping[str, Any]) -> str:
    """What is left of a gain without the luck that helps to be proven; cards by hand have none."""
    left = compared.get("expected_gain")
    if left is None or left == compared["gain"]:
        return ""
    return f" Less the luck that helps to be proven: {points(left)} points."
