"""A folder of finished records, appended, flushed and synced one by one.

    FOLDER/HEAD     what they are made from
    FOLDER/FILE     one record a line

A last line without its line end was cut off by a kill; it is dropped. Any other line that is no
record, or whose checksum is wrong (sealing.py), is an error. Where a record stands there twice, the
later one counts: it was made again because a call of the first one failed.

Not covered: a folder shared by several hosts.
"""

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar

from usersim_opt.basics import strict_json
from usersim_opt.basics.appending import LineFile
from usersim_opt.basics.errors import JournalError
from usersim_opt.basics.files import write_text
from usersim_opt.basics.json_lines import lines_in
from usersim_opt.basics.sealing import sealed
from usersim_opt.basics.validation import parse
from usersim_opt.results import lock
from usersim_opt.results.fingerprint import Inputs, check_inputs
from usersim_opt.scenarios.records import Record

FORMAT = 1
_R = TypeVar("_R", bound=Record)


class RecordFile(Generic[_R]):
    """Records by their keys: `played` are those that need not be made again."""

    kind: ClassVar[type[Record]]
    """The records; each has a `key`, which is unique in the folder."""
    file: ClassVar[str]
    head: ClassVar[str]
    like: ClassVar[str]
    """A line as an example, for messages."""
    what: ClassVar[str]
    """What the records are, for messages."""

    def __init__(self, folder: Path | None = None, held: lock.LockFile | None = None) -> None:
        self.played: dict[Hashable, _R] = {}
        self._path = folder / self.file if folder else None
        self._held = held
        self._file: LineFile | None = None

    @classmethod
    def open(cls, folder: Path, inputs: Inputs) -> Self:
        """Go on in a folder, or begin there; locks it.

        ResumeMismatch where it was made from other inputs, JournalError where another process has
        it or a line cannot be read.
        """
        folder.mkdir(parents=True, exist_ok=True)
        held = lock.acquire(folder)
        try:
            opened = cls(folder, held)
            opened._begin(folder, inputs)
        except BaseException:
            lock.release(held)
            raise
        return opened

    def is_owed(self, record: _R) -> bool:
        """Whether a record has to be made again, as a call failed for which nobody is to blame."""
        return False

    @classmethod
    def key_of(cls, record: Any) -> Hashable:
        """What a record is found by."""
        key: Hashable = record.key
        return key

    def _begin(self, folder: Path, inputs: Inputs) -> None:
        path, head = folder / self.file, folder / self.head
        if head.exists():
            check_inputs(folder, self._inputs_in(head), inputs, implied={})
            self._file = LineFile(path)
            self.played = self._kept(path)
            return
        if path.exists():
            raise JournalError(f"{path}: stands there without {self.head}; name another folder")
        text = strict_json.dumps({"format": FORMAT, "inputs": dict(inputs)}, indent=1)
        write_text(head, f"{text}\n")
        self._file = LineFile(path)

    def add(self, record: _R) -> None:
        """Keep a finished record; it is on the disk when this returns."""
        if self._file is not None:
            self._file.append(_sealed(record))
        self.played[self.key_of(record)] = record

    def put_in_order(self, keys: Sequence[Hashable]) -> None:
        """Write the file anew in this order, whole or not at all; nothing where it is so."""
        if self._path is None:
            return
        whole = b"".join(_sealed(self.played[key]) for key in keys if key in self.played)
        if self._path.read_bytes() != whole:
            write_text(self._path, whole.decode())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._file is not None:
            self._file.close()
        if self._held is not None:
            lock.release(self._held)

    def _kept(self, path: Path) -> dict[Hashable, _R]:
        """The last record of each key, without those that are owed."""
        last = {self.key_of(each): each for each in self._records_in(path)}
        return {key: each for key, each in last.items() if not self.is_owed(each)}

    def _records_in(self, path: Path) -> list[Any]:
        """The records of a file that may be empty or missing."""
        if not path.exists() or not path.stat().st_size:
            return []
        lines = lines_in(path, like=self.like, own=True)
        return [parse(fields, self.kind, where=where) for where, fields in lines]

    def _inputs_in(self, head: Path) -> dict[str, Any]:
        data = strict_json.load(
            head, expected=f"what {self.what} are made from", error=JournalError
        )
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            number = data.get("format") if isinstance(data, dict) else None
            raise JournalError(
                f"{head}: format {number!r}, this version reads format {FORMAT}; "
                "use the version that wrote it, or name another folder"
            )
        inputs = data.get("inputs")
        return inputs if isinstance(inputs, dict) else {}


def line_of(record: Record) -> str:
    """A record as a line of a file that others may write, too: it has no checksum."""
    return _plain(record) + "\n"


def _plain(record: Record) -> str:
    return strict_json.dumps(record.model_dump(mode="json"))


def _sealed(record: Record) -> bytes:
    return sealed(_plain(record))
