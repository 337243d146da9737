"""The run folder's record: one JSON line per event, appended, flushed and synced before it counts.

The first line is the header with the format's number and the fingerprint of all inputs:

    {"event": "start", "schema_version": 1, "at": "...", "inputs": {"prompt": "9f...", "seed": 6, ...}}

A run is a function of its inputs and of the answers that the models gave. Resuming therefore replays the loop from its
beginning and takes every answer that the journal holds from there: nothing is paid for twice. A last line without its
line end was cut off by a kill: it is dropped and owed again. Any other unreadable line is an error.

Errors and missing verdicts of a measurement that was finished stay what they are; those of one that was broken off are owed again.

Not covered: a folder shared by several hosts; the lock holds for one.
"""

import json
import os
import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Self

from usersim_opt.basics.errors import JournalError, ResumeMismatch
from usersim_opt.results import lock

SCHEMA_VERSION = 1
FILE = "journal.jsonl"
Event = dict[str, Any]
_FIELDS: dict[Any, dict[str, type | tuple[type, ...]]] = {
    "start": {"schema_version": int, "inputs": dict},
    "version": {"id": str, "text": str},
    "outcome": {"stage": str, "version": str, "scenario": str, "repeat": int, "status": str, "user_calls": int, "judge_calls": int},
    "measured": {"stage": str},
    "searched": {"rounds": int, "why": str},
    "confirming": {"repeats": (int, float)},
    "proposal": {"stage": str, "answer": str},
    "decision": {"stage": str, "candidate": str, "rule": str},
}
"""What each kind of event must hold to be one."""
_HINTS = {"max_calls": " (a run is not extended, its held-out test may have been read: start another one from its prompt)"}


class Journal:
    """An open journal; `events` are those of earlier sessions, `owed_again` the failed calls that will be made anew."""

    def __init__(self, path: Path, *, events: list[Event], owed_again: list[Event], files: tuple[IO[bytes], IO[str]]) -> None:
        self.path, self.events, self.owed_again = path, events, owed_again
        self._file, self._held = files
        self._lock = threading.Lock()

    @classmethod
    def open(cls, folder: Path, inputs: Mapping[str, Any]) -> "Journal":
        """Go on with the run that the folder holds, or start one; locks the folder.

        ResumeMismatch if the run was made with other inputs, JournalError if another process has the folder.
        """
        folder.mkdir(parents=True, exist_ok=True)
        held = lock.acquire(folder)
        try:
            return cls._resume(folder, inputs, held) if holds_run(folder) else cls._create(folder, inputs, held)
        except BaseException:
            lock.release(held)
            raise

    @classmethod
    def _create(cls, folder: Path, inputs: Mapping[str, Any], held: IO[str]) -> "Journal":
        path = folder / FILE
        file = path.open("wb")
        header = {"event": "start", "schema_version": SCHEMA_VERSION, "inputs": dict(inputs)}
        journal = cls(path, events=[], owed_again=[], files=(file, held))
        journal.append(header)
        return journal

    @classmethod
    def _resume(cls, folder: Path, inputs: Mapping[str, Any], held: IO[str]) -> "Journal":
        path = folder / FILE
        header, events = read(folder)
        if differences := _differences(header["inputs"], json.loads(json.dumps(dict(inputs)))):
            raise ResumeMismatch(f"{folder}: was made with other inputs; {'; '.join(differences)}. Give the same inputs, or name another folder")
        _drop_torn_tail(path)
        kept, owed_again = settled(events)
        return cls(path, events=kept, owed_again=owed_again, files=(path.open("ab"), held))

    def append(self, event: Event) -> None:
        """Write one event with the time; it is on the disk when this returns."""
        line = json.dumps(event | {"at": datetime.now(UTC).isoformat(timespec="milliseconds")}, allow_nan=False) + "\n"
        with self._lock:
            self._file.write(line.encode("ascii"))
            self._file.flush()
            os.fsync(self._file.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and let go of the folder; nothing can be appended any more."""
        self._file.close()
        lock.release(self._held)


def holds_run(folder: Path) -> bool:
    """Whether the folder holds the record of a run; a file without one whole line is none, nothing was spent on it."""
    path = folder / FILE
    return path.is_file() and b"\n" in path.read_bytes()


def read(folder: Path) -> tuple[Event, list[Event]]:
    """Header and events of a run folder; JournalError says which line is not readable."""
    path = folder / FILE
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise JournalError(f"{folder}: holds no run ({FILE}: {error.strerror}); expected the --run-dir of an earlier run") from error
    lines = raw.split(b"\n")[:-1]
    events = [_event(line, where=f"{path}:{number}") for number, line in enumerate(lines, start=1)]
    if not events or events[0].get("event") != "start":
        raise JournalError(f"{path}:1: expected the header of a run; the folder cannot be resumed")
    header = events[0]
    if header.get("schema_version") != SCHEMA_VERSION:
        raise JournalError(
            f"{path}:1: format {header.get('schema_version')}, this version reads format {SCHEMA_VERSION}; use the version that wrote it"
        )
    return header, events[1:]


def settled(events: list[Event]) -> tuple[list[Event], list[Event]]:
    """Events that stay, and errors of measurements that were broken off: those calls are owed again."""
    measured = {event["stage"] for event in events if event["event"] == "measured"}
    owed = [event for event in events if event.get("status") in ("error", "unscored") and event["stage"] not in measured]
    return [event for event in events if event not in owed], owed


def _event(line: bytes, *, where: str) -> Event:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise JournalError(f"{where}: is no JSON ({error}); the file was changed after it was written, restore it from a copy") from error
    fields = _FIELDS.get(event.get("event")) if isinstance(event, dict) else None
    if fields is None or not all(isinstance(event.get(name), kind) for name, kind in fields.items()):
        raise JournalError(f"{where}: is no event; the file was changed after it was written, restore it from a copy")
    return dict(event)


def _drop_torn_tail(path: Path) -> None:
    raw = path.read_bytes()
    whole = raw.rfind(b"\n") + 1
    if whole < len(raw):
        os.truncate(path, whole)


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    changed = [key for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key)]
    return [f"{key} was {_short(old.get(key))}, is {_short(new.get(key))}{_HINTS.get(key, '')}" for key in changed]


def _short(value: Any) -> str:
    """A value as it is shown; of a digest its beginning."""
    return repr(f"{value[:12]}...") if isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) else repr(value)
