"""The run folder's record: one JSON line per event, appended, flushed and synced before it counts.

The first line is the header with the format's number and the fingerprint of all inputs:

    {"event": "start", "schema_version": 3, "inputs": {"prompt": "9f...", "seed": 6}, "at": "...",
     "crc32": "0a1b2c3d"}

A run is a function of its inputs and of the answers that the models gave. A resumed run is the same
run from its beginning, with every answer that the journal holds taken from there: no call is paid
for twice. A last line without its line end was cut off by a kill; it is dropped, and its call is
made again. Any other unreadable line is an error, and so is one whose checksum is missing or wrong
(sealing.py): that finds accidents, not forgers.

Errors and missing verdicts of a finished measurement stay what they are; those of a measurement
that was broken off are measured again.

Another proposer may take over: what it has not proposed yet is the only thing that it changes. The
log then holds an event `proposer` with both. Another edition of the package that grades otherwise
may, too, where the user says so; the event is `grader`.

Not covered: a folder shared by several hosts; the lock holds for one.
"""

import codecs
import json
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from usersim_opt.basics import strict_json
from usersim_opt.basics.appending import LineFile
from usersim_opt.basics.errors import JournalError
from usersim_opt.basics.reading import own_bytes
from usersim_opt.basics.sealing import is_sealed, sealed, unsealed
from usersim_opt.results import format_1, lock
from usersim_opt.results.events import Event, Name, final_name, is_whole
from usersim_opt.results.fingerprint import Inputs, check_inputs, in_force
from usersim_opt.results.lock import LockFile

SCHEMA_VERSION = 3
"""Format 3 ends each line with a checksum. Format 2 had none. Format 1 had `user_calls`,
`judge_calls` and one sum of tokens in place of those by role, and did not name the smoke gate."""
READABLE = (1, 2, SCHEMA_VERSION)
FILE = "journal.jsonl"
_TO_MEASURE_AGAIN = ("error", "unscored")
MISSING = ("unscored", "judge")
"""Outcome and source of a verdict that a judge had to give and did not."""
_WRONG = "is no event, was changed, or stands there twice"
CUT_OFF = "the last line was cut off; it is left out"


class Journal:
    """An open journal.

    `events` are those of earlier sessions; `owed_again` are the failed replies among them that are
    measured again.
    """

    def __init__(
        self,
        path: Path,
        *,
        file: LineFile,
        held: LockFile,
        events: Sequence[Event] = (),
        header: Event,
        takeovers: Sequence[Event] = (),
    ) -> None:
        self.path, self.header, self._takeovers = path, header, takeovers
        self.written_as: int = header["schema_version"]
        self.events, self.owed_again = settled(events)
        self._file, self._held = file, held
        self._lock = threading.Lock()

    @classmethod
    def open(cls, folder: Path, inputs: Inputs, *, another_grader: bool = False) -> "Journal":
        """Go on with the run that the folder holds, or start one; locks the folder.

        Raises ResumeMismatch if the run was made with other inputs, JournalError if another process
        has the folder. `another_grader` lets an edition of the package that grades otherwise go on.
        """
        folder.mkdir(parents=True, exist_ok=True)
        held = lock.acquire(folder)
        try:
            if holds_run(folder):
                return cls._resume(folder, inputs, held, another_grader=another_grader)
            return cls._create(folder, inputs, held)
        except BaseException:
            lock.release(held)
            raise

    @classmethod
    def _create(cls, folder: Path, inputs: Inputs, held: LockFile) -> "Journal":
        path = folder / FILE
        # Whatever stands there is no whole line, and opening the file takes that away.
        journal = cls(path, file=LineFile(path), held=held, header=_header(inputs))
        journal.append(journal.header)
        return journal

    @classmethod
    def _resume(
        cls, folder: Path, inputs: Inputs, held: LockFile, *, another_grader: bool
    ) -> "Journal":
        path = folder / FILE
        header, events = read(folder)
        takeovers = check_inputs(
            folder,
            in_force(header["inputs"], events),
            inputs,
            implied=_implied(header),
            another_grader=another_grader,
        )
        return cls(
            path,
            file=LineFile(path),
            held=held,
            header=header,
            events=events,
            takeovers=takeovers,
        )

    def check_format(self) -> None:
        """JournalError for a record of an earlier format: it can be read, but not gone on with."""
        if self.written_as != SCHEMA_VERSION:
            raise JournalError(
                f"{self.path}: is of format {self.written_as}, which this version reads but does "
                "not go on with; use the version that wrote it, or start another run"
            )

    def take_over(self) -> None:
        """Record that another proposer or grader goes on with the run, if one does."""
        for event in self._takeovers:
            self.append(event)
            self.events.append(event)
        self._takeovers = ()

    def append(self, event: Event) -> None:
        """Write one event with the time; it is on the disk when this returns.

        JournalError, as on a full disk, leaves the file as it was.
        """
        line = _line(event)
        # Replies come from several threads. Synced line by line, a power cut costs one at most.
        with self._lock:
            self._file.append(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and let go of the folder; nothing can be appended any more."""
        self._file.close()
        lock.release(self._held)


def _implied(header: Event) -> Mapping[str, Collection[str]]:
    """Inputs that a header does not name, with what they can have been in a run of its format."""
    return format_1.IMPLIED if header["schema_version"] == 1 else {}


def _header(inputs: Inputs) -> Event:
    schema = {"event": "start", "schema_version": SCHEMA_VERSION}
    return schema | {"inputs": dict(inputs), "at": _now()}


def _line(event: Event) -> bytes:
    """An event and the time, unless it has one, as a line of the file."""
    timed = event | {"at": event.get("at") or _now()}
    return sealed(json.dumps(timed, allow_nan=False))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def holds_run(folder: Path) -> bool:
    """Whether the folder holds the record of a run.

    A file without one whole line is none: nothing was spent on it.
    """
    path = folder / FILE
    return path.is_file() and b"\n" in own_bytes(path)


def settled(events: Sequence[Event]) -> tuple[list[Event], list[Event]]:
    """The events that stay, and the failed replies that are measured again.

    A failure counts once its measurement was finished, for something was decided on it. Before that
    another try costs nothing but the call.
    """
    finished = {event["stage"] for event in events if event["event"] == "measured"}
    stay: list[Event] = []
    again: list[Event] = []
    for event in events:
        is_owed = _failed(event) and event["stage"] not in finished
        (again if is_owed else stay).append(event)
    return stay, again


def _failed(event: Event) -> bool:
    """Whether an event is a reply without a score, or one that lacks verdicts of the judge.

    A run that stopped for lack of verdicts could not go on if those replies stayed.
    """
    return event.get("status") in _TO_MEASURE_AGAIN or any(map(_is_missing, _verdicts(event)))


def _verdicts(event: Event) -> list[Any]:
    """The verdicts of a reply, on guards too, as far as it has any that can be read."""
    grade = event.get("grade")
    parts = [grade.get(name) for name in ("verdicts", "guards")] if isinstance(grade, dict) else []
    return [verdict for part in parts if isinstance(part, list) for verdict in part]


def _is_missing(verdict: Any) -> bool:
    return isinstance(verdict, dict) and (verdict.get("outcome"), verdict.get("source")) == MISSING


# -- reading -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Log:
    """What the lines of a journal hold, in the form of the present format."""

    header: Event
    events: list[Event]
    unreadable: list[int]
    """The numbers of the whole lines that are no event, were changed, or stand there already."""
    cut_off: bool
    """Whether the last line lacks its line end."""


def read(folder: Path) -> tuple[Event, list[Event]]:
    """Header and events of a run folder, strictly: to go on with the run.

    JournalError names the first whole line that was changed, or is no event of a known kind with
    all that its kind must hold; it is raised for an unknown format and a folder without a run, too.
    """
    path = folder / FILE
    log = _scan(folder, accepts=is_whole)
    written_as = log.header["schema_version"]
    if written_as not in READABLE:
        raise JournalError(
            f"{path}:1: format {written_as}, this version reads formats {_known_formats()}; "
            "use the version that wrote it"
        )
    if log.unreadable:
        raise JournalError(
            f"{path}:{log.unreadable[0]}: {_WRONG}; the file was changed after it was written, "
            "restore it from a copy"
        )
    return log.header, log.events


def read_lenient(folder: Path) -> tuple[Event, list[Event], list[str]]:
    """Header, the events that can be read, and in words what cannot: to look at the run.

    JournalError for a folder without a run.
    """
    log = _scan(folder, accepts=lambda event: True)
    written_as = log.header.get("schema_version")
    problems = [] if written_as in READABLE else [_other_format(written_as)]
    problems += [CUT_OFF] if log.cut_off else []
    problems += [f"line {number} {_WRONG}; it is left out" for number in log.unreadable]
    return log.header, log.events, problems


def _scan(folder: Path, *, accepts: Callable[[Event], bool]) -> _Log:
    """The lines of a journal, as events where `accepts` takes them; JournalError for no header."""
    *lines, rest = _raw(folder).split(b"\n")
    events: list[Event] = []
    unreadable: list[int] = []
    final: set[Name] = set()
    for number, event in enumerate(_events(lines), start=1):
        if event is None or not accepts(event) or final_name(event) in final:
            unreadable.append(number)
            continue
        events.append(event)
        # Only what failed is measured again. A second line of anything else is not ours.
        name = final_name(event)
        if name is not None and not _failed(event):
            final.add(name)
    if not events or events[0]["event"] != "start":
        raise JournalError(
            f"{folder / FILE}:1: holds no run, it does not begin with the header of one; "
            "expected the --run-dir of a run, or a copy of the file from before it was changed"
        )
    return _Log(events[0], events[1:], unreadable, cut_off=bool(rest))


def _events(lines: Sequence[bytes]) -> Iterator[Event | None]:
    """The lines as events; None for one that is none, or whose checksum is missing or wrong."""
    # A header that has become one of format 2 by accident is no reason to leave out the checks.
    checks = any(map(is_sealed, lines)) or _format_of(lines) == SCHEMA_VERSION
    for line in lines:
        yield _sealed_event(line) if checks else _event(line)


def _format_of(lines: Sequence[bytes]) -> object:
    header = _event(lines[0]) if lines else None
    return header.get("schema_version") if header else None


def _raw(folder: Path) -> bytes:
    """The bytes of a journal, without what other systems add: a mark before, other line ends."""
    try:
        raw = own_bytes(folder / FILE)
    except OSError as error:
        raise JournalError(
            f"{folder}: holds no run ({FILE}: {error.strerror}); expected the --run-dir of a run"
        ) from error
    return raw.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n")


def _sealed_event(line: bytes) -> Event | None:
    try:
        return _event(unsealed(line))
    except ValueError:
        return None


def _event(line: bytes) -> Event | None:
    """A line as an event in the present form; None if it is none."""
    try:
        event = strict_json.loads(line, halves=True)
    except ValueError:
        return None
    return format_1.brought_up(event) if _names_kind(event) else None


def _names_kind(data: object) -> bool:
    return isinstance(data, dict) and isinstance(data.get("event"), str)


def _known_formats() -> str:
    *others, last = map(str, READABLE)
    return f"{', '.join(others)} and {last}"


def _other_format(number: object) -> str:
    known = f"this version knows formats {_known_formats()}"
    return f"format {number!r}, {known}: what it does not know is left out"
