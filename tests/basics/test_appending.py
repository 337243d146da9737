import os
import threading

import pytest
from full_disk import full_after_half_a_line

from usersim_opt.basics.appending import LineFile
from usersim_opt.basics.errors import JournalError


def test_lines_are_appended_and_a_torn_one_is_cut_off_when_the_file_is_opened(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"one\n" + b"x" * 200_000)
    with LineFile(path) as file:
        file.append(b"two\n")
    assert path.read_bytes() == b"one\ntwo\n"


def test_a_file_without_a_whole_line_is_begun_anew(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"half")
    LineFile(path).close()
    assert path.read_bytes() == b""


def test_nothing_is_appended_behind_half_a_line_that_cannot_be_taken_back(tmp_path, monkeypatch):
    path = tmp_path / "a"

    def refuse(handle, size):
        raise OSError(5, "Input/output error")

    with LineFile(path) as file:
        file.append(b"one\n")
        with monkeypatch.context() as broken:
            full_after_half_a_line(broken)
            broken.setattr(os, "ftruncate", refuse)
            with pytest.raises(JournalError, match="No space left"):
                file.append(b"two two\n")
        with pytest.raises(JournalError, match="is closed"):
            file.append(b"three\n")
    with LineFile(path) as file:
        file.append(b"two\n")
    assert path.read_bytes() == b"one\ntwo\n"


def test_an_interrupt_leaves_no_half_line(tmp_path, monkeypatch):
    path = tmp_path / "a"

    def interrupted(handle):
        raise KeyboardInterrupt

    with LineFile(path) as file:
        file.append(b"one\n")
        monkeypatch.setattr(os, "fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            file.append(b"two\n")
    assert path.read_bytes() == b"one\n"


def test_lines_of_a_disk_that_is_full_for_a_moment_are_whole_with_calls_under_way(
    tmp_path, monkeypatch
):
    """Eight threads, lines over 8 kB, every third write met by a full disk."""
    path, lock, lost = tmp_path / "a", threading.Lock(), []
    write, number = os.write, iter(range(10**6))

    def sometimes(handle, data):
        if next(number) % 3 == 2:
            write(handle, data[: len(data) // 2])
            raise OSError(28, "No space left on device")
        return write(handle, data)

    monkeypatch.setattr(os, "write", sometimes)
    with LineFile(path) as file:

        def append(letter):
            for _ in range(9):
                try:
                    with lock:
                        file.append(letter * 20_000 + b"\n")
                except JournalError:
                    lost.append(letter)

        threads = [threading.Thread(target=append, args=[b"%c" % n]) for n in range(97, 105)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    lines = path.read_bytes().splitlines()
    assert len(lost) == 24
    assert len(lines) == 8 * 9 - len(lost)
    assert {len(line) for line in lines} == {20_000}
    assert all(len(set(line)) == 1 for line in lines)


@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "device"])
def test_what_is_no_file_of_its_own_is_refused_and_never_waited_for(tmp_path, kind):
    path, victim = tmp_path / "a", tmp_path / "victim"
    victim.write_text("precious")
    make = {
        "link": lambda: path.symlink_to(victim),
        "pipe": lambda: os.mkfifo(path),
        "folder": path.mkdir,
        "device": lambda: None,
    }
    make[kind]()
    place = path if kind != "device" else type(path)("/dev/null")
    with pytest.raises(JournalError, match=f"is a {kind}"):
        LineFile(place)
    assert victim.read_text() == "precious"
