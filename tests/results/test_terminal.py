import io
import os
import pty
import re
import shutil
import signal
import sys
from dataclasses import replace

import pytest
from conftest import ROOT
from hostile import HOSTILE
from journals import read_events, replace_in_lines, write_events
from processes import run, started

from usersim_opt.basics.errors import JournalError
from usersim_opt.results import journal, lock
from usersim_opt.results import terminal as watch
from usersim_opt.results.reading import Reading
from usersim_opt.results.record import read_record
from usersim_opt.results.terminal import fit, follow, once, screen
from usersim_opt.results.versions import Decision, Version

NOW = 2_000_000_000.0


def draw(record, *, held="", width=100, height=60, attribution=None):
    return screen(record, attribution, held=held, width=width, height=height, now=NOW)


def copied(small_run, folder, share=1.0):
    """A copy of the run's folder with the first part of its record."""
    shutil.copytree(small_run.run_dir, folder)
    raw = (folder / journal.FILE).read_bytes()
    (folder / journal.FILE).write_bytes(raw[: int(share * len(raw))])
    return folder


def test_a_finished_run_is_shown_with_costs_decisions_pieces_and_verdict(small_run):
    record = small_run.record
    shown = draw(record, attribution=Reading(record).worths)
    calls = sum(record.calls.values())
    tokens = sum(record.tokens.values())
    for part in (
        "finished after", f"calls {calls:,} of 1,200", f"user {record.calls['user']:,}",
        f"tokens {tokens:,}", f"round {Reading(record).last_round}", "errors 0",
        "pass rate by round", f"incumbent {small_run.finalist.id}", "worth in points", "smoke",
        "offline stand-in",
    ):  # fmt: skip
        assert part in shown, part
    assert " ".join(small_run.verdict.split()) in " ".join(shown.split())


def test_the_state_is_running_while_the_folder_is_held_and_broken_off_else(small_run):
    record = replace(small_run.record, finished=False, ended_by="")
    assert "running" in draw(record, held="process 1 on here")
    assert "process 1 on here" in draw(record, held="process 1 on here")
    assert "broken off" in draw(record)
    assert "--resume" in draw(record)
    ending = replace(record, ended_by="the budget of 1,000 calls")
    assert "ended by the budget of 1,000 calls; the smoke split is being measured" in draw(
        ending, held="x"
    )


def test_the_last_decisions_come_first_with_their_reasons(small_run):
    record = small_run.record
    lines = draw(record, width=300).splitlines()
    shown = [
        line.split()[0]
        for line in lines[
            lines.index(f"decisions, the last of {len(record.decisions)} first") + 1 :
        ]
        if line.startswith("  ")
    ]
    assert shown == [decision.stage for decision in reversed(record.decisions)][: len(shown)]
    assert record.decisions[-1].reason in "\n".join(lines)


@pytest.mark.parametrize("width", [1, 2, 7, 20, 46, 47, 79, 80, 140])
@pytest.mark.parametrize("height", [1, 5, 24, 80])
def test_it_fits_any_terminal(small_run, weighed, width, height):
    shown = draw(small_run.record, width=width, height=height, attribution=weighed).split("\n")
    assert len(shown) <= height
    assert all(sum(map(watch._columns, line)) <= width for line in shown)


@pytest.fixture(scope="module")
def weighed(small_run):
    return small_run.reading.worths


@pytest.mark.parametrize(
    "said",
    [pytest.param(said, id=name) for name, said in HOSTILE.items() if name != "lone surrogate"],
)
def test_no_text_from_outside_reaches_the_terminal_as_more_than_text(small_run, said):
    record = small_run.record
    version = Version(
        id="v000", text=f"You are.\n- piece {said}\n", sha256="0" * 64, parent=None, origin="seed"
    )
    decision = Decision(
        stage=said, candidate=said, incumbent=said, rule="guard", accepted=False, reason=said
    )
    odd = replace(
        record,
        versions={"v000": version},
        decisions=[decision] * 3,
        problems=[said],
        inputs={"model.user": said, "max_calls": 9},
        last=said,
    )
    odd = replace(
        odd, finished=False, ended_by=said, folder=record.folder / said.replace("\x00", "\x1b")[:50]
    )
    shown = draw(odd, held=said, width=80, attribution=Reading(odd).worths)
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", shown) is None
    assert all(sum(map(watch._columns, line)) <= 80 for line in shown.split("\n"))


def test_wide_characters_count_twice():
    assert fit("\u4e2d" * 10, 7) == "\u4e2d" * 3 + "\u2026"
    assert fit("e\u0301" * 5, 5) == "e\u0301" * 5
    assert fit("abc", 0) == ""


def test_an_empty_record_is_shown(small_run):
    shown = draw(
        replace(
            small_run.record,
            versions={},
            decisions=[],
            outcomes=[],
            finished=False,
            inputs={},
            started="",
            last="x",
            calls={},
            tokens={},
        )
    )
    assert "nothing has been scored yet" in shown
    assert "no version has been made yet" in shown


@pytest.mark.parametrize(
    "changes", [{"scenarios": {}}, {"outcomes": []}, {"versions": {}}, {"decisions": []}]
)
def test_a_finished_run_whose_parts_cannot_be_read_is_shown_as_far_as_it_can_be(small_run, changes):
    shown = draw(replace(small_run.record, **changes))
    assert "finished after" in shown


def test_a_torn_log_is_shown_and_named_unless_it_is_being_written(small_run, tmp_path):
    folder = copied(small_run, tmp_path / "run", share=0.5)
    shown = once(folder, size=lambda: (120, 60))
    assert "not readable: the last line was cut off" in shown
    assert "broken off" in shown
    held = lock.acquire(folder)
    assert "not readable" not in once(folder, size=lambda: (120, 60))
    lock.release(held)


def test_a_run_of_a_newer_format_is_named_and_shown(small_run, tmp_path):
    folder = copied(small_run, tmp_path / "run")
    replace_in_lines(folder, ('"schema_version": 3', '"schema_version": 9'))
    shown = once(folder, size=lambda: (200, 60))
    assert "not readable: format 9, this version knows formats 1, 2 and 3" in shown
    assert f"round {small_run.reading.last_round}" in shown


@pytest.mark.parametrize(
    "line",
    [
        {"event": "proposal", "stage": {"a": 1}, "answer": 3},
        {"event": "proposal", "stage": ["x"]},
        {"event": "searched", "rounds": "many", "why": ["\x1b[2J"]},
        {"event": "decision", "stage": 3},
        {"event": "version", "id": None},
        {"event": "outcome", "grade": "good", "tokens": 10**40},
        {"event": "measured", "stage": "smoke"},
        {"event": "\x1b[2J"},
        ["no event"],
    ],
)
def test_a_line_that_makes_no_sense_does_not_keep_the_rest_from_being_shown(
    small_run, tmp_path, line
):
    folder = copied(small_run, tmp_path / "run")
    events = read_events(folder)
    write_events(folder, [*events[:40], line, *events[40:]])
    shown = once(folder, size=lambda: (120, 60))
    assert f"round {small_run.reading.last_round}" in shown
    assert "\x1b" not in shown


def test_following_draws_in_place_reads_only_what_has_grown_and_ends_with_the_run(
    small_run, tmp_path, monkeypatch
):
    folder = copied(small_run, tmp_path / "run", share=0.4)
    whole = (small_run.run_dir / journal.FILE).read_bytes()
    reads, sleeps = [], []
    monkeypatch.setattr(watch, "read_record", lambda path: reads.append(1) or read_record(path))

    def sleep(seconds):
        sleeps.append(seconds)
        if len(sleeps) == 3:
            (folder / journal.FILE).write_bytes(whole)

    out = io.StringIO()
    follow(folder, every=0.5, out=out, size=lambda: (80, 24), sleep=sleep)
    assert (sleeps, len(reads)) == ([0.5] * 3, 2)
    frames = out.getvalue().split("\x1b[H")[1:]
    assert len(frames) == 4
    assert all(frame.count("\n") <= 24 and "\x1b[J" in frame for frame in frames)
    assert "finished after" in frames[-1]
    assert out.getvalue().endswith("\x1b[?25h\n")


def test_ctrl_c_gives_the_cursor_back(small_run, tmp_path):
    folder, out = copied(small_run, tmp_path / "run", share=0.4), io.StringIO()

    def sleep(seconds):
        raise KeyboardInterrupt

    follow(folder, every=1, out=out, size=lambda: (80, 24), sleep=sleep)
    assert out.getvalue().endswith("\x1b[?25h\n")


@pytest.mark.parametrize("name", ["nowhere", "empty", "other/journal.jsonl"])
def test_what_is_no_run_is_an_error_before_anything_is_drawn(tmp_path, name):
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "journal.jsonl").write_text("x\n")
    out = io.StringIO()
    with pytest.raises(JournalError, match="holds no run"):
        follow(tmp_path / name, every=1, out=out, size=lambda: (80, 24))
    assert out.getvalue() == ""


def program(*arguments):
    return [sys.executable, str(ROOT / "programs" / "watch.py"), *map(str, arguments)]


def test_the_program_prints_once_where_there_is_no_terminal(small_run, tmp_path):
    done = run(program(small_run.run_dir), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "finished after" in done.stdout
    assert "\x1b" not in done.stdout
    gone = run(program(tmp_path / "gone"), cwd=tmp_path)
    assert gone.returncode == 2
    assert gone.stderr == (
        f"error: {tmp_path / 'gone'}: holds no run (journal.jsonl: No such file or directory); "
        "expected the --run-dir of a run\n"
    )


def test_the_program_follows_in_a_terminal_until_ctrl_c(small_run, tmp_path):
    folder = copied(small_run, tmp_path / "run", share=0.4)
    master, slave = pty.openpty()
    with started(
        program(folder, "--every", "0.2"), stdin=slave, stdout=slave, stderr=slave, cwd=tmp_path
    ) as process:
        os.close(slave)
        shown = b""
        while shown.count(b"\x1b[H") < 3 and (more := _read(master)):
            shown += more
        process.send_signal(signal.SIGINT)
        while more := _read(master):
            shown += more
    os.close(master)
    assert process.returncode == 0, shown
    assert b"broken off" in shown
    assert b"Traceback" not in shown
    assert shown.endswith(b"\x1b[?25h\r\n")


def _read(master):
    """What the terminal was sent; nothing once the program has ended."""
    try:
        return os.read(master, 65536)
    except OSError:
        return b""
