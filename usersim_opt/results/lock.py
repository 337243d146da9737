"""One process per run folder: a lock that the system releases when its holder dies."""

import fcntl
import json
import os
import socket
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from usersim_opt.basics.errors import JournalError

FILE = "run.lock"


def acquire(folder: Path) -> IO[str]:
    """Lock the folder until the file that is returned is closed; JournalError names the process that holds it.

    A lock file that a dead process left behind is taken over, with a warning. On file systems without locks across hosts the
    lock holds for this host only.
    """
    path = folder / FILE
    file = path.open("a+")
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
    file.seek(0)
    if left := file.read().strip():
        warnings.warn(
            f"{folder}: was left locked by a process that is gone ({left}); it is taken over",
            stacklevel=2,
        )
    file.truncate(0)
    file.write(
        json.dumps(
            {
                "pid": os.getpid(),
                "host": socket.gethostname(),
                "since": datetime.now(UTC).isoformat(timespec="seconds"),
            }
        )
    )
    file.flush()
    return file


def release(file: IO[str]) -> None:
    """Empty the lock file, so that nobody takes it for one left behind, and let go; also for forked children, which share it."""
    file.truncate(0)
    fcntl.flock(file, fcntl.LOCK_UN)
    file.close()


def held_by(folder: Path) -> str:
    """Who works in the folder, in words; empty if nobody does, as far as the lock file tells. Touches no lock.

    A process of this host that is gone holds nothing; of one on another host only its entry is known.
    """
    try:
        told = json.loads((folder / FILE).read_text())
        pid, host = int(told["pid"]), str(told["host"])
        if host == socket.gethostname():
            os.kill(pid, 0)
    except PermissionError:
        pass  # it is there, and somebody else's
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return ""
    return _holder(folder / FILE)


def _holder(path: Path) -> str:
    try:
        told = json.loads(path.read_text())
        return f"process {told['pid']} on {told['host']} since {told['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
