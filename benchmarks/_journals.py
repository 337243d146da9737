"""The record of a run as events, to be read and to be edited by hand."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from usersim_opt.basics.sealing import sealed, unsealed
from usersim_opt.results.journal import FILE

Event = dict[str, Any]


def read_events(run: Path) -> list[Event]:
    """All events of a journal, its header first."""
    return [json.loads(unsealed(line)) for line in (run / FILE).read_bytes().splitlines()]


def write_events(run: Path, events: Iterable[Event]) -> None:
    """Make them the lines of a journal, each with its checksum."""
    (run / FILE).write_bytes(b"".join(sealed(json.dumps(event)) for event in events))
