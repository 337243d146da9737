"""Files that are written whole or not at all."""

import os
import tempfile
from pathlib import Path
from typing import Any

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import InputError


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all: a temporary file beside it, synced, then renamed; `newline` is never touched."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8", "surrogatepass"))
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_yaml(path: Path, data: Any) -> None:
    """Write plain data as YAML, whole or not at all."""
    write_text(path, strict_yaml.dumps(data))


def check_writable(file: Path) -> None:
    """InputError unless a file can be written there."""
    if file.is_dir():
        raise InputError(f"{file}: is a folder; expected the name of a file")
    existing = next(folder for folder in (file.parent, *file.parent.parents) if folder.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        raise InputError(
            f"{file}: cannot be written, {existing} is no folder that can be written to"
        )
