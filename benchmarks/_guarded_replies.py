"""The replies that are shown to the universal guards: planted faults, examples, recorded ones."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import usersim_opt as uso
from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import DatasetError

CLEAN = "clean"
"""The list of a half that holds replies to which no guard may object."""


@dataclass(frozen=True)
class Reply:
    """A reply in the moment of a scenario, and the guard that has to object, if any."""

    origin: str
    scenario: str
    text: str
    fault: str = ""


def planted(corpus: Path) -> Iterator[list[Reply]]:
    """The replies of each half of a corpus; DatasetError if the file is none."""
    halves = strict_yaml.load(corpus)
    for half, lists in halves.items() if isinstance(halves, dict) else [("", None)]:
        if not isinstance(lists, dict) or not all(map(_is_list, lists.values())):
            raise DatasetError(
                f"{corpus}: expected for each half, by guard, a list of entries with the texts "
                "`in` and `reply`"
            )
        yield [
            Reply(str(half), entry["in"], entry["reply"], "" if name == CLEAN else name)
            for name, entries in lists.items()
            for entry in entries
        ]


def _is_list(entries: Any) -> bool:
    return isinstance(entries, list) and all(
        isinstance(entry, dict)
        and isinstance(entry.get("in"), str)
        and isinstance(entry.get("reply"), str)
        for entry in entries
    )


def natural(data: uso.Dataset) -> Iterator[Reply]:
    """The example replies of a data set that satisfy all criteria."""
    for scenario in data.scenarios.values():
        for reply in scenario.examples.natural:
            yield Reply("natural", scenario.id, reply)


def recorded(path: Path) -> Iterator[Reply]:
    """Recorded replies; DatasetError for a line that holds none."""
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if line.strip():
            yield _of_line(line, where=f"{path.name}:{number}", origin=path.stem)


def _of_line(line: bytes, *, where: str, origin: str) -> Reply:
    try:
        fields = json.loads(line)
        prompt = fields.get("prompt", "")
        return Reply(f"{origin} {prompt}".strip(), fields["scenario"], fields["reply"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DatasetError(f"{where}: expected JSON with the texts scenario and reply") from error
