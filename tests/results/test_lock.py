import json
import os
import socket
import sys

import pytest
from processes import run

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
