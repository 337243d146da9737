r"""Text files of people and of other programs, read in one way whatever they hold.

They are UTF-8. A byte order mark is skipped and the line ends of every system are `\n`; anything
else that is no text is refused in words. Every loader of the package reads through here.

Not covered: other encodings. Nothing in a file says for sure which one it has.
"""

import codecs
import errno
from pathlib import Path

from usersim_opt.basics.errors import InputError

_OTHER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(path: Path, *, expected: str, error: type[InputError] = InputError) -> str:
    """The text of a file; `error` names the file, what was wrong and what was `expected`."""
    return text_of(read_bytes(path, expected=expected, error=error), where=path, error=error)


def read_bytes(path: Path, *, expected: str, error: type[InputError] = InputError) -> bytes:
    """The bytes of a file; `error` where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as problem:
        raise error(
            f"{path}: cannot be read ({problem.strerror}); expected {expected}"
        ) from problem


def own_bytes(path: Path) -> bytes:
    """The bytes of a file that a program of ours wrote; OSError where there is none.

    A pipe or a device in its place is none: reading it may never end.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    return path.read_bytes()


def text_of(content: bytes, *, where: Path, error: type[InputError] = InputError) -> str:
    """The bytes of a file as text; `error` where they are no UTF-8."""
    if content.startswith(_OTHER_MARKS):
        raise error(f"{where}: is UTF-16, as some programs on Windows write it; save it as UTF-8")
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise error(f"{where}: byte {problem.start} is not UTF-8; save it as UTF-8") from problem
    return text.replace("\r\n", "\n").replace("\r", "\n")
