"""What builds have written into a dataset folder: `written.json`.

    {"types": "agreement,ending", "001.1": "<sha256 of the file>", ...}

A file whose hash is no longer the recorded one was edited by a person. A recorded file that is gone
was deleted on purpose. `types` are those that were asked for by name, all builds together; without
it the builds wrote the default ones.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from usersim_opt.basics import strict_json
from usersim_opt.basics.errors import DatasetError
from usersim_opt.basics.files import write_text

RECORD_FILE = "written.json"
_TYPES = "types"


@dataclass
class Written:
    """The hashes of what builds wrote, by scenario, and the types that they were asked for."""

    hashes: dict[str, str] = field(default_factory=dict)
    types: tuple[str, ...] = ()

    @classmethod
    def read(cls, folder: Path) -> "Written":
        """The record of a folder, an empty one where no build has been; DatasetError if broken."""
        record = dict(_read(folder / RECORD_FILE))
        return cls(types=_named(record.pop(_TYPES, "")), hashes=record)

    def save(self, folder: Path) -> None:
        """Write the record."""
        types = {_TYPES: ",".join(self.types)} if self.types else {}
        record = json.dumps(self.hashes | types, indent=0, sort_keys=True)
        write_text(folder / RECORD_FILE, record + "\n")

    def with_types(self, names: Iterable[str]) -> "Written":
        """The record with more types that were asked for."""
        return Written(self.hashes, tuple(dict.fromkeys([*self.types, *names])))

    def has(self, scenario: str, digest: str) -> bool:
        """Whether a build wrote the file and nobody has edited it since."""
        return self.hashes.get(scenario) == digest


def _named(types: str) -> tuple[str, ...]:
    return tuple(filter(None, types.split(",")))


def _read(path: Path) -> Mapping[str, str]:
    advice = "restore it, or delete it: then every file counts as edited"
    expected = f"the hashes of a build; {advice}"
    record = strict_json.load(path, expected=expected, error=DatasetError) if path.exists() else {}
    if not isinstance(record, dict) or not all(isinstance(value, str) for value in record.values()):
        raise DatasetError(f"{path}: is no record of hashes; {advice}")
    return record
