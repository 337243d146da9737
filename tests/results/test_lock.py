import json
import os
import socket
import sys

import pytest
from processes import run

from usersim_opt.basics.errors import JournalError
from usersim_opt.results import lock


def entry(pid, host):
    return json.dumps({"pid": pid, "host": host, "since": "2026-11-20T09:00:00+00:00"})


def test_a_held_folder_names_its_holder_without_touching_the_lock(tmp_path):
    assert lock.held_by(tmp_path) == ""
    held = lock.acquire(tmp_path)
    assert lock.held_by(tmp_path).startswith(
        f"process {os.getpid()} on {socket.gethostname()} since "
    )
    lock.release(held)
    assert lock.held_by(tmp_path) == ""


def test_a_process_that_is_gone_holds_nothing_and_one_elsewhere_is_believed(tmp_path):
    gone = run([sys.executable, "-c", "import os; print(os.getpid())"], check=True).stdout
    (tmp_path / lock.FILE).write_text(entry(int(gone), socket.gethostname()))
    assert lock.held_by(tmp_path) == ""
    (tmp_path / lock.FILE).write_text(entry(7, "elsewhere"))
    assert lock.held_by(tmp_path) == "process 7 on elsewhere since 2026-11-20T09:00:00+00:00"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "[]",
        "{}",
        "[" * 100_000,
        '{"pid": "a", "host": 1}',
        entry(10**30, socket.gethostname()),
    ],
)
def test_a_lock_file_that_says_nothing_is_held_by_nobody(tmp_path, text):
    (tmp_path / lock.FILE).write_text(text)
    assert lock.held_by(tmp_path) == ""


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_a_lock_that_is_no_file_of_its_own_is_refused(tmp_path, kind):
    victim, place = tmp_path / "victim", tmp_path / "run" / lock.FILE
    victim.write_text("precious")
    place.parent.mkdir()
    if kind == "link":
        place.symlink_to(victim)
    else:
        os.mkfifo(place)
    with pytest.raises(JournalError, match=f"is a {kind}"):
        lock.acquire(place.parent)
    with pytest.raises(JournalError, match=f"is a {kind}"), lock.alone_with(place):
        pass
    assert not lock.held_by(place.parent)
    assert victim.read_text() == "precious"
