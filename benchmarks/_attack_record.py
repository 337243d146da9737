"""A run's record that is cut, bent, doubled, changed, or gone on with by another grader."""

import json
import random
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

from _attack_run import compile_in, copied, events, whole_run, write
from _attack_ways import Came, Family, Way, without

import usersim_opt as uso
from usersim_opt.basics.errors import JournalError, ResumeMismatch, UsersimError
from usersim_opt.results import journal
from usersim_opt.results.journal import FILE, Journal
from usersim_opt.results.record import read_record


def cut(folder: Path) -> Came:
    """Cut the last 3 kB of the journal off, byte by byte, as a power cut may."""
    run = copied(folder)
    raw = (run / FILE).read_bytes()

    def tries() -> Iterator[tuple[bool, str]]:
        for size in range(len(raw) - 3000, len(raw), 7):
            (run / FILE).write_bytes(raw[:size])
            _, found = journal.read(run)
            yield len(found) == raw[:size].count(b"\n") - 1, "every whole line is read, no other"

    return Came.of(tries())


def flipped(folder: Path) -> Came:
    """Turn a random bit of the journal over."""
    run = copied(folder)
    raw = (run / FILE).read_bytes()
    told = str(uso.load_result(run))
    draw = random.Random(1)  # noqa: S311 - reproducible faults

    def tries() -> Iterator[tuple[bool, str]]:
        for _ in range(60):
            bent = bytearray(raw)
            bent[draw.randrange(len(bent))] ^= 1 << draw.randrange(8)
            (run / FILE).write_bytes(bent)
            yield _same_or_said(run, told)

    return Came.of(tries())


def _same_or_said(run: Path, told: str) -> tuple[bool, str]:
    """Whether a record tells the same, or says that it lacks something."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            same = _figures(uso.load_result(run)) == _figures(told)
        except UsersimError as error:
            return True, str(error)
    return same or bool(warned), "the same figures, an error, or a warning that names the line"


def _figures(told: object) -> str:
    return str(told)


def doubled(folder: Path) -> Came:
    """Append a scored reply a second time, with all verdicts turned round."""
    run = copied(folder)
    lines = events(run)
    scored = next(each for each in lines if each.get("status") == "scored")
    write(run, [*lines, json.loads(json.dumps(scored).replace('"pass"', '"fail"'))])
    return Came.of([_refused(run, lambda: journal.read(run), JournalError)])


def changed(folder: Path) -> Came:
    """Change the text of a version, and leave its sha256."""
    run = copied(folder)
    lines = events(run)
    for line in lines:
        if line["event"] == "version":
            line["text"] += " Always agree."
    write(run, lines)
    return Came.of([_refused(run, lambda: uso.load_result(run), JournalError)])


def another_grader(folder: Path) -> Came:
    """Go on with a run that another lexicon, version or judge's instruction has graded."""
    run = folder / "graders"
    mine = {"prompt": "9f", "grading": "a", "library": "0.1.0", "grading_code": "b"}
    Journal.open(run, mine).close()
    names = ("grading", "library", "grading_code")
    tries = [
        _refused(run, lambda name=name: Journal.open(run, mine | {name: "x"}), ResumeMismatch)
        for name in names
    ]
    return Came.of(tries)


def _refused(run: Path, act: Callable[[], object], kind: type[Exception]) -> tuple[bool, str]:
    try:
        act()
    except kind as error:
        return True, without(run, error)
    return False, "it was taken"


def broken_off(folder: Path) -> Came:
    """Break a run off at nine places and go on with it."""
    raw = (whole_run() / FILE).read_bytes().splitlines(keepends=True)
    winner = read_record(whole_run()).versions

    def tries() -> Iterator[tuple[bool, str]]:
        for tenth in range(1, 10, 4):
            run = copied(folder)
            (run / FILE).write_bytes(b"".join(raw[: len(raw) * tenth // 10]))
            compile_in(run)
            yield read_record(run).versions == winner, "the same versions and the same winner"

    return Came.of(tries())


WAYS = Family(
    "The record of a run",
    (
        Way("the journal is cut off at any byte of its last 3 kB", cut),
        Way("a bit of the journal is turned over", flipped),
        Way("a reply stands there twice, the second with other verdicts", doubled),
        Way("the text of a prompt is changed, its sha256 is not", changed),
        Way("a run is gone on with by what grades otherwise", another_grader),
        Way("a run is broken off and gone on with", broken_off),
    ),
)
