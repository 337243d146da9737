"""A run's record that is cut, bent, doubled, changed, or gone on with by another grader."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import _attack_bits
from _attack_run import compile_in, copied, whole_run
from _attack_ways import Came, Family, Way, without
from _journals import read_events, write_events

import usersim_opt as uso
from usersim_opt.basics.errors import JournalError, ResumeMismatch
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


def doubled(folder: Path) -> Came:
    """Append a scored reply a second time, with all verdicts turned round."""
    run = copied(folder)
    lines = read_events(run)
    scored = next(each for each in lines if each.get("status") == "scored")
    write_events(run, [*lines, json.loads(json.dumps(scored).replace('"pass"', '"fail"'))])
    return Came.of([_refused(run, lambda: journal.read(run), JournalError)])


def changed(folder: Path) -> Came:
    """Change the text of a version, and leave its sha256."""
    run = copied(folder)
    lines = read_events(run)
    for line in lines:
        if line["event"] == "version":
            line["text"] += " Always agree."
    write_events(run, lines)
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
        Way("a bit of the journal is turned over", _attack_bits.of_journal),
        Way("a bit of a rollout's conversations is turned over", _attack_bits.of_conversations),
        Way("a bit of a saved evaluation is turned over", _attack_bits.of_evaluation),
        Way("a reply stands there twice, the second with other verdicts", doubled),
        Way("the text of a prompt is changed, its sha256 is not", changed),
        Way("a run is gone on with by what grades otherwise", another_grader),
        Way("a run is broken off and gone on with", broken_off),
    ),
)
