"""Files that are written whole or not at all."""

import os
import tempfile
from pathlib import Path
from typing import Any

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import InputError


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all, its folders included; line ends stay as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # The temporary file stands in the same folder, because only there a rename is one step: whoever
    # opens `path` sees the old file or the new one, never half of it.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        _write_synced(handle, text)
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _write_synced(handle: int, text: str) -> None:
    with os.fdopen(handle, "wb") as file:
        file.write(text.encode("utf-8", "surrogatepass"))
        file.flush()
        # Without this a power cut after the rename can leave an empty file under the new name.
        os.fsync(file.fileno())


def write_yaml(path: Path, data: Any) -> None:
    """Write plain data as YAML, whole or not at all."""
    write_text(path, strict_yaml.dumps(data))


def check_writable(file: Path) -> None:
    """InputError unless a file can be written there."""
    if file.is_dir():
        raise InputError(f"{file}: is a folder; expected the name of a file")
    # Missing folders are made when the file is written, so the nearest one that exists decides.
    existing = next(folder for folder in file.parents if folder.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        raise InputError(
            f"{file}: cannot be written, {existing} is no folder that can be written to"
        )
