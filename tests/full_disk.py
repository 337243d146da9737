"""A disk that is full after half a line."""

import errno
import os


def full_after_half_a_line(monkeypatch):
    """From now on half of what is written by `os.write` arrives, and then nothing."""
    write, begun = os.write, []

    def half(handle, data):
        if begun:
            raise OSError(errno.ENOSPC, "No space left on device")
        begun.append(handle)
        return write(handle, data[: len(data) // 2])

    monkeypatch.setattr(os, "write", half)
