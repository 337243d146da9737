"""A file to which whole lines are appended: each is on the disk when it counts, or not there.

A disk that is full for a moment leaves no half line behind which another one would be written, and
neither does Ctrl-C.
"""

import os
from pathlib import Path
from typing import Self

from usersim_opt.basics.errors import InputError, JournalError
from usersim_opt.basics.files import open_own

_STEP = 65_536
"""Bytes that are looked through at a time for the last line end."""


class LineFile:
    """Lines by `append`; not safe for threads by itself.

    Opening it cuts off a last line without its line end, as a kill leaves one. `error` for what is
    no regular file, such as a link or a pipe.
    """

    def __init__(self, path: Path, *, error: type[InputError] = JournalError) -> None:
        self.path = path
        self._handle = open_own(path, os.O_RDWR | os.O_APPEND, error=error)
        self._is_open = True
        cut_back(self._handle, _whole_bytes(self._handle))

    def append(self, line: bytes) -> None:
        """Write a line with its end, flushed and synced.

        JournalError names the file and what to do; then the file holds what it held before.
        """
        if not self._is_open:
            raise JournalError(f"{self.path}: is closed; open it again to go on")
        try:
            append_whole(self._handle, line)
        except TornLineError as torn:
            # A line behind half a line would make both unreadable.
            self.close()
            raise self._refused(torn) from torn
        except OSError as problem:
            raise self._refused(problem) from problem

    def _refused(self, problem: OSError) -> JournalError:
        return JournalError(
            f"{self.path}: a line could not be written ({problem.strerror}); all lines before it "
            "are there: make room, then go on with the same folder or file"
        )

    def close(self) -> None:
        """Close the file; nothing can be appended any more."""
        if self._is_open:
            self._is_open = False
            os.close(self._handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class TornLineError(OSError):
    """Half a line was written and could not be taken back."""


def append_whole(handle: int, line: bytes) -> None:
    """Write a line at the end of an open file, and sync it; else the file is as it was.

    OSError where the line could not be written, TornLineError where half of it stays there.
    """
    whole = os.fstat(handle).st_size
    try:
        _write(handle, line)
    except OSError as problem:
        _take_back(handle, whole, problem)
        raise
    except BaseException:
        cut_back(handle, whole)
        raise


def _write(handle: int, line: bytes) -> None:
    rest = memoryview(line)
    while rest:
        rest = rest[os.write(handle, rest) :]
    os.fsync(handle)


def _take_back(handle: int, whole: int, problem: OSError) -> None:
    try:
        cut_back(handle, whole)
    except OSError as error:
        raise TornLineError(problem.errno, problem.strerror) from error


def cut_back(handle: int, size: int) -> None:
    """Shorten an open file to so many bytes."""
    if size < os.fstat(handle).st_size:
        os.ftruncate(handle, size)


def _whole_bytes(handle: int) -> int:
    """The bytes up to the last line end."""
    end = os.fstat(handle).st_size
    while end:
        begin = max(0, end - _STEP)
        place = os.pread(handle, end - begin, begin).rfind(b"\n")
        if place >= 0:
            return begin + place + 1
        end = begin
    return 0
