"""Full disks, links, pipes, permissions, and files of somebody else."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from _attack_links import in_place_of
from _attack_ways import Came, Family, Way

from usersim_opt.basics.appending import LineFile
from usersim_opt.basics.errors import JournalError
from usersim_opt.basics.files import write_text
from usersim_opt.results import lock
from usersim_opt.results.journal import FILE, Journal
from usersim_opt.results.versions import VERSION_ID
from usersim_opt.scenarios.records import valid_id

ODD_IDS = ("../x", "/etc/passwd", "..", "a/b", "a\\b", "a\x00b", "", ".", "v001/../../x", "~root")
"""Names from a record that would lead out of a folder."""


def begin_run(folder: Path) -> None:
    """Begin a run in a folder."""
    Journal.open(folder, {}).close()


def write_file(folder: Path) -> None:
    """Write a file in a folder."""
    write_text(folder / "a", "x")


def full_disk(folder: Path) -> Came:
    """Every third write meets a full disk after half a line of 20 kB."""
    write, number = os.write, iter(range(10**6))

    def sometimes(handle: int, data: bytes) -> int:
        if next(number) % 3 == 2:
            write(handle, data[: len(data) // 2])
            raise OSError(28, "No space left on device")
        return write(handle, data)

    said, lines = "", 0
    os.write = sometimes
    try:
        with LineFile(folder / "journal.jsonl") as file:
            for _ in range(60):
                try:
                    file.append(b"x" * 20_000 + b"\n")
                    lines += 1
                except JournalError as error:
                    said = str(error)
    finally:
        os.write = write
    whole = (folder / "journal.jsonl").read_bytes().splitlines()
    sound = len(whole) == lines and {len(line) for line in whole} == {20_000}
    return Came(60, 60 * (not sound), said)


def permissions(folder: Path) -> Came:
    """Write a story under three umasks."""

    def tries() -> Iterator[tuple[bool, str]]:
        for mask in (0o077, 0o027, 0o022):
            before = os.umask(mask)
            try:
                write_text(folder / f"{mask}", "story")
            finally:
                os.umask(before)
            mode = stat.S_IMODE((folder / f"{mask}").stat().st_mode)
            yield mode == 0o666 & ~mask, "new files have what the umask leaves"

    return Came.of(tries())


def odd_names(folder: Path) -> Came:
    """Names from a record that are paths."""
    tries = [(not valid_id(name, VERSION_ID), "none becomes a path") for name in ODD_IDS]
    return Came.of(tries)


WAYS = Family(
    "Files",
    (
        Way("the disk is full at every third line of 20 kB", full_disk),
        Way(
            "a link, a pipe, a device as journal",
            in_place_of(lambda run: Journal.open(run, {}), FILE),
        ),
        Way("the same as the lock of a run", in_place_of(lock.acquire, lock.FILE)),
        Way(
            "the same as a file to write", in_place_of(lambda run: write_text(run / "a", "x"), "a")
        ),
        Way("a umask that keeps files private", permissions),
        Way("names of versions that are paths", odd_names),
    ),
)
