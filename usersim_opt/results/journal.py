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

SCHEMA_VERSION = 2
"""Format 2 keeps calls and tokens by role; format 1 had `user_calls`, `judge_calls` and one sum of tokens."""
READABLE = (1, SCHEMA_VERSION)
FILE = "journal.jsonl"
Event = dict[str, Any]
_FIELDS: dict[Any, dict[str, type | tuple[type, ...]]] = {
    "start": {"schema_version": int, "inputs": dict},
    "version": {"id": str, "text": str},
    "outcome": {
        "stage": str,
        "version": str,
        "scenario": str,
        "repeat": int,
        "status": str,
        "calls": dict,
    },
    "measured": {"stage": str},
    "searched": {"rounds": int, "why": str},
    "confirming": {"repeats": (int, float)},
    "proposal": {"stage": str, "answer": str},
    "decision": {"stage": str, "candidate": str, "rule": str},
}
"""What each kind of event must hold to be one."""
_KEYS = {
    "outcome": ("stage", "version", "scenario", "repeat"),
    "version": ("id",),
    "proposal": ("stage",),
    "measured": ("stage",),
    "decision": ("stage", "candidate", "rule"),
}
"""The fields that make an event unique among its kind."""
TOGETHER = "user and judge"
"""The role under which a record of format 1 has its tokens."""
CUT_OFF = "the last line was cut off; it is left out"
_NEW_IN_2 = ("smoke_gate",)
"""Inputs that a header of format 1 does not have."""
_HINTS = {
    "max_calls": " (a run is not extended, its held-out test may have been read: start another one from its prompt)"
}


class Journal:
    """An open journal; `events` are those of earlier sessions, `owed_again` the failed calls that will be made anew."""

    def __init__(
        self,
        path: Path,
        *,
        events: list[Event],
        owed_again: list[Event],
        files: tuple[IO[bytes], IO[str]],
        written_as: int = SCHEMA_VERSION,
    ) -> None:
        self.written_as = written_as
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
            return (
                cls._resume(folder, inputs, held)
                if holds_run(folder)
                else cls._create(folder, inputs, held)
            )
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
        given = json.loads(json.dumps(dict(inputs)))
        if header["schema_version"] != SCHEMA_VERSION:
            given = {key: value for key, value in given.items() if key not in _NEW_IN_2}
        if differences := _differences(header["inputs"], given):
            raise ResumeMismatch(
                f"{folder}: was made with other inputs; {'; '.join(differences)}. Give the same inputs, or name another folder"
            )
        _drop_torn_tail(path)
        kept, owed_again = settled(events)
        return cls(
            path,
            events=kept,
            owed_again=owed_again,
            files=(path.open("ab"), held),
            written_as=header["schema_version"],
        )

    def check_format(self) -> None:
        """JournalError for a record of an earlier format: it can be read, but not gone on with."""
        if self.written_as != SCHEMA_VERSION:
            raise JournalError(
                f"{self.path}: is of format {self.written_as} and not finished; "
                "go on with the version that wrote it, or start another run"
            )

    def append(self, event: Event) -> None:
        """Write one event with the time; it is on the disk when this returns."""
        line = (
            json.dumps(
                event | {"at": datetime.now(UTC).isoformat(timespec="milliseconds")},
                allow_nan=False,
            )
            + "\n"
        )
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
    header, events, problems = read_lenient(folder, strict=True)
    path = folder / FILE
    if header.get("schema_version") not in READABLE:
        raise JournalError(
            f"{path}:1: format {header.get('schema_version')}, this version reads formats "
            f"{' and '.join(map(str, READABLE))}; use the version that wrote it"
        )
    if damage := [problem for problem in problems if problem != CUT_OFF]:
        raise JournalError(
            f"{path}: {damage[0]}; the file was changed after it was written, "
            "restore it from a copy"
        )
    return header, events


def read_lenient(folder: Path, *, strict: bool = False) -> tuple[Event, list[Event], list[str]]:
    """Header, the events that can be read, and in words what cannot; JournalError without a header.

    An event of an earlier format is given in the form of the present one. With `strict` a line also
    counts as none if it is of no known kind or lacks what its kind must have.
    """
    path = folder / FILE
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise JournalError(
            f"{folder}: holds no run ({FILE}: {error.strerror}); expected the --run-dir of a run"
        ) from error
    lines = raw.split(b"\n")
    problems = [CUT_OFF] if lines.pop() else []
    events: list[Event] = []
    for number, line in enumerate(lines, start=1):
        event = _event(line, strict=strict)
        if event is None:
            problems.append(f"line {number} is no event; it is left out")
        else:
            events.append(event)
    if not events or events[0]["event"] != "start":
        raise JournalError(
            f"{path}:1: expected the header of a run; the folder cannot be read or resumed"
        )
    if events[0].get("schema_version") not in READABLE:
        problems.insert(0, _other_format(events[0].get("schema_version")))
    return events[0], events[1:], problems


def _other_format(number: object) -> str:
    known = f"this version knows format {SCHEMA_VERSION}"
    return f"format {number!r}, {known}: what it does not know is left out"


def _event(line: bytes, *, strict: bool) -> Event | None:
    """A line as an event; None if it is none."""
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        return None
    present = _of_this_format(event)
    return present if not strict or _is_whole(present) else None


def _is_whole(event: Event) -> bool:
    """Whether an event is of a known kind and has what its kind must have."""
    fields = _FIELDS.get(event["event"], {})
    return bool(fields) and all(isinstance(event.get(name), kind) for name, kind in fields.items())


def _of_this_format(event: Event) -> Event:
    """An event in the present form: one of format 1 has its calls and tokens by role."""
    if event.get("event") != "outcome" or "user_calls" not in event:
        return event
    kept = {key: value for key, value in event.items() if key not in ("user_calls", "judge_calls")}
    calls = {"user": event["user_calls"], "judge": event.get("judge_calls")}
    return kept | {"calls": calls, "tokens": {TOGETHER: event.get("tokens") or 0}}


def name_of(event: Event) -> tuple[str, ...]:
    """What an event is looked up by: its kind, and what makes it unique among its kind."""
    keys = _KEYS.get(event["event"], ())
    return (event["event"], *(str(event[key]) for key in keys))


def settled(events: list[Event]) -> tuple[list[Event], list[Event]]:
    """Events that stay, and errors of measurements that were broken off: those calls are owed again."""
    measured = {event["stage"] for event in events if event["event"] == "measured"}
    owed = [
        event
        for event in events
        if event.get("status") in ("error", "unscored") and event["stage"] not in measured
    ]
    return [event for event in events if event not in owed], owed


def _drop_torn_tail(path: Path) -> None:
    raw = path.read_bytes()
    whole = raw.rfind(b"\n") + 1
    if whole < len(raw):
        os.truncate(path, whole)


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    changed = [key for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key)]
    return [
        f"{key} was {_short(old.get(key))}, is {_short(new.get(key))}{_HINTS.get(key, '')}"
        for key in changed
    ]


def _short(value: Any) -> str:
    """A value as it is shown; of a digest its beginning."""
    return (
        repr(f"{value[:12]}...")
        if isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value)
        else repr(value)
    )
