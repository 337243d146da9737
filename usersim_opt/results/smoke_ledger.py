"""The ledger of a held-out split: a line for each use that ends in a ruling, over all runs.

    {"kind": "use", "date": "2026-11-20T09:15:00+00:00", "smoke": "4c...", "run": "9f...",
     "number": 2, "level": 0.0167, "seed": "1a...", "finalist": "7e..."}
    {"kind": "looked at", "date": "2026-11-21T10:00:00+00:00", "smoke": "4c...", "run": "9f..."}

`smoke` is the digest of the split's tasks and scenarios: only lines of the same digest count
together. Of use k the level is that of levels.py. A use is written before the split is measured, so
a kill loses none; a run that is gone on with finds its own line by its id and adds no second.

A last line that a kill has torn is taken away before the next one is written. Every other line that
is none is an error: a use that cannot be read would not be counted.

Not covered: data sets with the same customers in other words; a person who deletes lines.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from usersim_opt.basics import strict_json
from usersim_opt.basics.appending import append_whole
from usersim_opt.basics.errors import InputError, JournalError
from usersim_opt.basics.files import check_writable, write_text
from usersim_opt.basics.json_lines import lines_in
from usersim_opt.basics.levels import LEVEL, level_of_use, level_text, use_text
from usersim_opt.basics.validation import explain
from usersim_opt.results.lock import alone_with
from usersim_opt.scenarios.records import Record

FILE = "smoke_uses.jsonl"
"""What a ledger is called beside a data set."""
POINTER = "ledger.json"
"""The file in a run folder that says in which ledger the run is counted, and as which run."""
LIKE = '{"kind": "use", "number": 1, ...}'
_BEGINNING = b'{"kind": '
"""How every line begins; a file of somebody else's is not touched."""
WAY_OUT = "name a file that can be written with --ledger FILE (optimizer.ledger in Python)"


Number = Annotated[int, Field(ge=1)]
Level = Annotated[float, Field(gt=0, lt=1)]


class SmokeUse(Record):
    """Which use of its smoke split a run is; its journal keeps it."""

    number: Number
    level: Level
    """At which the gain is decided, two-sided."""
    looks: Annotated[int, Field(ge=0)]
    """How often failing replies on the split were looked at before."""

    @property
    def sentence(self) -> str:
        """`Second use of this split: decided at .017.`, and what was looked at."""
        number = use_text(self.number)
        at = f"{number[0].upper()}{number[1:]} of this split: decided at {level_text(self.level)}."
        return f"{at} {self._looked}".strip()

    @property
    def _looked(self) -> str:
        if not self.looks:
            return ""
        times = {1: "once", 2: "twice"}.get(self.looks, f"{self.looks} times")
        since = "it is no longer held out for prompts written since"
        return f"Its failures were looked at {times}, so {since}."


class _Use(Record):
    """The line of a use."""

    kind: Literal["use"] = "use"
    date: str
    smoke: str
    run: str
    number: Number
    level: Level
    seed: str
    """sha256 of the prompt that the run started from, and of the one that faced it."""
    finalist: str


class _Look(Record):
    """The line of a look at failing replies."""

    kind: Literal["looked at"] = "looked at"
    date: str
    smoke: str
    run: str


_Line = Annotated[_Use | _Look, Field(discriminator="kind")]
_LINE: TypeAdapter[_Use | _Look] = TypeAdapter(_Line)


@dataclass(frozen=True)
class SmokeLedger:
    """The lines of one smoke split in a ledger file."""

    file: Path
    smoke: str
    """The digest of the split."""

    def check(self) -> None:
        """InputError where no line could be written, JournalError where a line is none."""
        check_writable(self.file)
        if self.file.exists() and not os.access(self.file, os.W_OK):
            raise InputError(f"{self.file}: cannot be written")
        self.next_use()

    def next_use(self) -> SmokeUse:
        """Which use another run would be; nothing is written."""
        if not self.file.exists():
            return _use_after([])
        with alone_with(self.file) as file:
            return _use_after(self._lines(file))

    def take(self, run: str, *, seed: str, finalist: str) -> SmokeUse:
        """Count a use by a run, and say which it is; the use that the run has already, if any.

        JournalError where it cannot be written.
        """
        with self._writing(), alone_with(self.file) as file:
            lines = self._lines(file)
            for place, line in enumerate(lines):
                if isinstance(line, _Use) and line.run == run:
                    return _use_after(lines[:place], line)
            use = _use_after(lines)
            _append(
                file,
                _Use(
                    date=_now(),
                    smoke=self.smoke,
                    run=run,
                    number=use.number,
                    level=use.level,
                    seed=seed,
                    finalist=finalist,
                ),
            )
        return use

    def note_look(self, run: str) -> None:
        """Write down that failing replies of a run were looked at; JournalError if that fails."""
        with self._writing(), alone_with(self.file) as file:
            self._lines(file)
            _append(file, _Look(date=_now(), smoke=self.smoke, run=run))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise JournalError(
                f"{self.file}: cannot be written ({error.strerror}); the use of a smoke split is "
                f"counted there: mend that, or {WAY_OUT}, and go on by --resume"
            ) from error

    def _lines(self, file: IO[bytes]) -> Sequence[_Use | _Look]:
        """The lines of the split, in order; the file is held, and its torn tail is gone then."""
        _drop_torn_tail(file, self.file)
        if not os.fstat(file.fileno()).st_size:
            return []
        found = lines_in(self.file, like=LIKE, error=JournalError)
        lines = [_line(where, fields) for where, fields in found]
        return [line for line in lines if line.smoke == self.smoke]


def _line(where: str, fields: Any) -> _Use | _Look:
    try:
        return _LINE.validate_python(fields)
    except ValidationError as error:
        raise JournalError(
            f"{where}: is no line of a ledger ({explain(error)}); expected {LIKE}; restore the "
            "file from a copy"
        ) from error


def _use_after(lines: Sequence[_Use | _Look], own: _Use | None = None) -> SmokeUse:
    """The use after these lines of its split; `own` is its line, if it has one."""
    uses = sum(isinstance(line, _Use) for line in lines)
    number = own.number if own else uses + 1
    level = own.level if own else level_of_use(number)
    return SmokeUse(number=number, level=level, looks=len(lines) - uses)


def _append(file: IO[bytes], line: Record) -> None:
    append_whole(file.fileno(), (json.dumps(line.model_dump(mode="json")) + "\n").encode("ascii"))


def _drop_torn_tail(file: IO[bytes], name: Path) -> None:
    """Take away a last line without its end, unless it is a whole record that lacks only that.

    JournalError for a file of somebody else's, which stays as it is.
    """
    file.seek(0)
    raw = file.read()
    tail = raw[raw.rfind(b"\n") + 1 :]
    if not tail.strip():
        return
    if not _BEGINNING.startswith(raw[: len(_BEGINNING)]):
        raise JournalError(f"{name}:1: is no line of a ledger; expected {LIKE}; name another file")
    try:
        strict_json.loads(tail)
    except ValueError:
        file.truncate(len(raw) - len(tail))
    else:
        file.write(b"\n")
    file.flush()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


# -- what a run folder says of it ----------------------------------------------------------------


def point_to(folder: Path, ledger: SmokeLedger, run: str) -> None:
    """Keep in a run folder which ledger the run is counted in, and by which id."""
    data = {"ledger": str(ledger.file.resolve()), "smoke": ledger.smoke, "run": run}
    write_text(folder / POINTER, json.dumps(data) + "\n")


def note_look(folder: Path) -> None:
    """Write into its ledger that the failing smoke replies of a run are looked at.

    Nothing is written for a run that is not counted. JournalError where the ledger is not there or
    cannot be written.
    """
    path = folder / POINTER
    if not path.exists():
        return
    expected = "what a run wrote there: ledger, smoke and run"
    data = strict_json.load(path, expected=expected, error=JournalError)
    named = data if isinstance(data, dict) else {}
    file, smoke, run = (str(named.get(key, "")) for key in ("ledger", "smoke", "run"))
    if not Path(file).is_file():
        raise JournalError(
            f"{path}: names the ledger {file!r}, which is not there; put it back, or write its "
            "present place into that file, so that the look is noted"
        )
    SmokeLedger(Path(file), smoke).note_look(run)


def level_of(use: SmokeUse | None) -> float:
    """The two-sided level of a use; that of a test that is made once where it is not counted."""
    return use.level if use else LEVEL


def read_use(event: dict[str, Any]) -> SmokeUse | None:
    """The use that an event `confirming` of a journal tells of; None for a run not counted.

    pydantic's ValidationError for what is none.
    """
    use = event.get("use")
    return None if use is None else SmokeUse.model_validate(use)
