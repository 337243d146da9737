"""The folder of a rollout: finished conversations, appended, flushed and synced one by one.

A last line without its line end was cut off by a kill; it is dropped. Any other line that is no
conversation is an error. Where a conversation stands there twice, the later one counts: it was
played again because a call of the first one failed.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self

from usersim_opt.basics import strict_json
from usersim_opt.basics.errors import JournalError
from usersim_opt.basics.files import write_text
from usersim_opt.basics.json_lines import lines_in
from usersim_opt.basics.validation import parse
from usersim_opt.customer.conversation import CALL_FAULTS, Conversation, fields_of
from usersim_opt.results import lock
from usersim_opt.results.fingerprint import Inputs, check_inputs

FILE, HEAD = "conversations.jsonl", "rollout.json"
FORMAT = 1
LIKE = '{"task": "001", "seed": 0, "turns": [{"role": "agent", "text": "Hi!"}], ...}'
Key = tuple[str, int]


class ConversationFile:
    """Conversations by task and seed: `played` are those that need not be played again."""

    def __init__(self, folder: Path | None = None, held: lock.LockFile | None = None) -> None:
        self.played: dict[Key, Conversation] = {}
        self._path = folder / FILE if folder else None
        self._held = held
        self._file: IO[bytes] | None = None

    @classmethod
    def open(cls, folder: Path, inputs: Inputs) -> "ConversationFile":
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

    def _begin(self, folder: Path, inputs: Inputs) -> None:
        path = folder / FILE
        if (folder / HEAD).exists():
            check_inputs(folder, _inputs_in(folder / HEAD), inputs, implied={})
            _drop_torn_tail(path)
            self.played = _owed_left_out(_conversations_in(path))
        elif path.exists():
            raise JournalError(f"{path}: stands there without {HEAD}; name another folder")
        else:
            head = strict_json.dumps({"format": FORMAT, "inputs": dict(inputs)}, indent=1)
            write_text(folder / HEAD, f"{head}\n")
        self._file = path.open("ab")

    def add(self, conversation: Conversation) -> None:
        """Keep a finished conversation; it is on the disk when this returns."""
        if self._path is not None:
            whole = self._path.stat().st_size
            try:
                self._write(_line(conversation).encode())
            except (OSError, KeyboardInterrupt):
                # Half a line, as a full disk leaves it, would make the next one unreadable.
                self._begin_anew(self._path, whole)
                raise
        self.played[conversation.key] = conversation

    def _write(self, line: bytes) -> None:
        if self._file is not None:
            self._file.write(line)
            self._file.flush()
            os.fsync(self._file.fileno())

    def _begin_anew(self, path: Path, whole: int) -> None:
        """Forget what was not written, and cut the file back to its whole lines."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
        os.truncate(path, whole)
        self._file = path.open("ab")

    def put_in_order(self, keys: Sequence[Key]) -> None:
        """Write the file anew in this order, whole or not at all; nothing where it is so."""
        if self._path is None:
            return
        text = "".join(_line(self.played[key]) for key in keys if key in self.played)
        if self._path.read_bytes() != text.encode():
            write_text(self._path, text)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
        if self._held is not None:
            lock.release(self._held)


def _line(conversation: Conversation) -> str:
    return strict_json.dumps(fields_of(conversation)) + "\n"


def dumped(conversations: Sequence[Conversation]) -> str:
    """Conversations as JSON lines."""
    return "".join(map(_line, conversations))


def conversations_in(path: Path) -> list[Conversation]:
    """The conversations of a file of JSON lines; DatasetError names the line that is none."""
    lines = lines_in(path, like=LIKE, halves=True)
    return [parse(fields, Conversation, where=where) for where, fields in lines]


def _conversations_in(path: Path) -> list[Conversation]:
    """The same of a file that may be empty or missing."""
    return conversations_in(path) if path.exists() and path.stat().st_size else []


def _owed_left_out(conversations: Sequence[Conversation]) -> dict[Key, Conversation]:
    """The last conversation of each key, without those of which a call failed."""
    last = {each.key: each for each in conversations}
    return {key: each for key, each in last.items() if each.fault not in CALL_FAULTS}


def _inputs_in(head: Path) -> dict[str, Any]:
    data = strict_json.load(head, expected="what a rollout is made from", error=JournalError)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        number = data.get("format") if isinstance(data, dict) else None
        raise JournalError(
            f"{head}: format {number!r}, this version reads format {FORMAT}; "
            "use the version that wrote it, or name another folder"
        )
    inputs = data.get("inputs")
    return inputs if isinstance(inputs, dict) else {}


def _drop_torn_tail(path: Path) -> None:
    raw = path.read_bytes() if path.exists() else b""
    whole = raw.rfind(b"\n") + 1
    if whole < len(raw):
        os.truncate(path, whole)
