"""Files that are written whole or not at all, and never through a link.

A new file gets the permissions that the umask leaves; one that is written anew keeps its own. What
stands in the place of a file and is none, such as a link, a pipe or a device, is refused: what is
written there would go to another place than the one that was named.
"""

import os
import stat
from pathlib import Path
from secrets import token_hex
from typing import Any

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import InputError

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
# A pipe that nobody reads would otherwise be waited for.
_OWN = os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_MODE = 0o666
"""Permissions of a new file before the umask takes some away."""


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all, its folders included; line ends stay as they are.

    InputError where something other than a file stands in its place.
    """
    check_place(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The temporary file stands in the same folder, because only there a rename is one step: whoever
    # opens `path` sees the old file or the new one, never half of it.
    temporary = path.with_name(f".{path.name}.{token_hex(4)}")
    handle = os.open(temporary, _NEW, _MODE)
    try:
        _write_synced(handle, text, mode=_mode_of(path))
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _write_synced(handle: int, text: str, *, mode: int | None) -> None:
    with os.fdopen(handle, "wb") as file:
        if mode is not None:
            os.fchmod(handle, mode)
        file.write(text.encode("utf-8", "surrogatepass"))
        file.flush()
        # Without this a power cut after the rename can leave an empty file under the new name.
        os.fsync(file.fileno())


def _mode_of(path: Path) -> int | None:
    """The permissions of a file that is there already, None for a new one."""
    try:
        return stat.S_IMODE(path.stat().st_mode) & 0o777
    except FileNotFoundError:
        return None


def file_name(name: str) -> str:
    """The name with `_` for what does not belong into the name of a file, such as `/`."""
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in name)


def write_yaml(path: Path, data: Any) -> None:
    """Write plain data as YAML, whole or not at all."""
    write_text(path, strict_yaml.dumps(data))


def open_own(path: Path, flags: int, *, error: type[InputError] = InputError) -> int:
    """A descriptor of a file that is written in its place, made if it is not there.

    `flags` are those of `os.open`. `error` for a link, a pipe, a device, and what cannot be opened.
    """
    check_place(path, error=error)
    try:
        handle = os.open(path, flags | _OWN, _MODE)
    except OSError as problem:
        raise error(
            f"{path}: cannot be opened to be written ({problem.strerror}); "
            "expected a file in a folder that can be written to"
        ) from problem
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise error(_odd(path, "no regular file"))
    return handle


def check_place(path: Path, *, error: type[InputError] = InputError) -> None:
    """`error` where a link, a pipe, a device or a folder stands in the place of a file."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return  # nothing is there, or nothing that can be seen: writing will tell
    if not stat.S_ISREG(mode):
        raise error(_odd(path, _KINDS.get(stat.S_IFMT(mode), "a device")))


_KINDS = {
    stat.S_IFLNK: "a link",
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
}


def _odd(path: Path, kind: str) -> str:
    return f"{path}: is {kind}; expected the name of a file, in whose place nothing else stands"


def check_writable(file: Path) -> None:
    """InputError unless a file can be written there."""
    if file.is_dir():
        raise InputError(f"{file}: is a folder; expected the name of a file")
    check_place(file)
    # Missing folders are made when the file is written, so the nearest one that exists decides.
    existing = next(folder for folder in file.parents if folder.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        raise InputError(
            f"{file}: cannot be written, {existing} is no folder that can be written to"
        )
