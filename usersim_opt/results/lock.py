"""Locks that the system releases when their holder dies: on a run folder, and on a shared file."""

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from usersim_opt.basics.errors import JournalError
from usersim_opt.basics.files import open_own
from usersim_opt.basics.reading import own_bytes
from usersim_opt.basics.showing import warn_visibly

FILE = "run.lock"
LockFile = IO[str]
"""An open lock file: who has it open has the folder."""
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError)
"""What reading the entry of a lock file may raise: anything may stand in it."""
LONGEST_WAIT = 60.0
"""Seconds that a shared file is waited for; whoever has it writes one line."""
_APPENDED = os.O_RDWR | os.O_APPEND
_PAUSE = 0.02
"""Seconds between two tries."""


def acquire(folder: Path) -> LockFile:
    """Lock the folder until the file that is returned is closed.

    JournalError names the process that holds it. A lock file that a dead process left behind is
    taken over, with a warning. On file systems without locks across hosts the lock holds for this
    host only.
    """
    path = folder / FILE
    file = os.fdopen(open_own(path, _APPENDED, error=JournalError), "a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = _holder(path)
        file.close()
        raise JournalError(
            f"{folder}: is in use by {holder}; wait for it, stop it, or name another folder"
        ) from error
    except OSError as error:
        file.close()
        raise JournalError(
            f"{folder}: cannot be locked ({error.strerror}); name a folder on a local disk"
        ) from error
    _warn_if_left(folder, file)
    file.truncate(0)
    file.write(_entry())
    file.flush()
    return file


@contextmanager
def alone_with(path: Path) -> Iterator[IO[bytes]]:
    """A file that several processes write, open for reading and appending by this one alone.

    It is made if it is not there, with its folders. Another process that has it is waited for.
    JournalError where that takes too long, or where the file system has no locks.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(open_own(path, _APPENDED, error=JournalError), "a+b") as file:
        _wait_for(file, path)
        # Closing the file lets go of it.
        yield file


def _wait_for(file: IO[bytes], path: Path) -> None:
    latest = time.monotonic() + LONGEST_WAIT
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > latest:
                raise JournalError(
                    f"{path}: was in use by another process for {LONGEST_WAIT:g} seconds; "
                    "end that one, or name another file"
                ) from error
            time.sleep(_PAUSE)
        except OSError as error:
            raise JournalError(
                f"{path}: cannot be locked ({error.strerror}); name a file on a local disk"
            ) from error
        else:
            return


def _warn_if_left(folder: Path, file: LockFile) -> None:
    """A warning for an entry that is still there: whoever lets the folder go empties the file."""
    file.seek(0)
    if entry := file.read().strip():
        warn_visibly(
            f"{folder}: was left locked by a process that is gone ({entry}); it is taken over",
            stacklevel=3,
        )


def _entry() -> str:
    """What the lock file says of this process."""
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since})


def release(file: LockFile) -> None:
    """Empty the lock file, so that nobody takes it for one left behind, and let go of the folder.

    A forked child shares the file, and with it the lock: closing it here is not enough.
    """
    file.truncate(0)
    fcntl.flock(file, fcntl.LOCK_UN)
    file.close()


def held_by(folder: Path) -> str:
    """Who works in the folder, in words; empty if nobody does, as far as the lock file tells.

    No lock is touched. A process of this host that is gone holds nothing; of one on another host
    only its entry is known.
    """
    path = folder / FILE
    try:
        entry = json.loads(own_bytes(path))
        pid, host = int(entry["pid"]), str(entry["host"])
        if host == socket.gethostname():
            # Signal 0 is delivered to nobody; it only asks whether the process is there.
            os.kill(pid, 0)
    except PermissionError:
        pass  # it is there, and somebody else's
    except _UNREADABLE:
        return ""
    return _holder(path)


def _holder(path: Path) -> str:
    try:
        return _in_words(json.loads(own_bytes(path)))
    except _UNREADABLE:
        return "another process"


def _in_words(entry: Any) -> str:
    return f"process {entry['pid']} on {entry['host']} since {entry['since']}"
