"""What a prompt's card says of how often its smoke split was used, where that is counted.

"smoke_use": {"number": 2, "level": 0.016667, "looks": 0}
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

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
    """What the interval of the gain is called: `95 %`."""
    return confidence(level_of(_use(card)))


def _use(card: Mapping[str, Any]) -> SmokeUse | None:
    """The use that a card tells of; None for none, and for one that a hand has spoiled."""
    try:
        return SmokeUse.model_validate(card.get(KEY))
    except ValidationError:
        return None
