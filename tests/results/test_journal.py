import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from conftest import ROOT
from full_disk import full_after_half_a_line
from hypothesis import given
from hypothesis import strategies as st
from journals import bits_turned_over
from processes import started

from usersim_opt.basics.errors import JournalError, ResumeMismatch
from usersim_opt.basics.sealing import sealed, unsealed
from usersim_opt.results import journal
from usersim_opt.results.format_1 import TOGETHER
from usersim_opt.results.journal import FILE, Journal
from usersim_opt.tuning.run import Run

INPUTS = {"prompt": "9f", "seed": 6}
OUTCOME = {
    "event": "outcome",
    "stage": "001.look",
    "version": "v000",
    "scenario": "001.1",
    "repeat": 0,
    "status": "scored",
    "calls": {"user": 1, "judge": 0},
}
EVENTS = [
    OUTCOME,
    {
        "event": "decision",
        "stage": "001",
        "candidate": "v001",
        "rule": "guard",
        "reason": "\u2028\ud800\n",
    },
]


HOLDER = """
import json, sys
from pathlib import Path
from usersim_opt.results.journal import Journal
held = Journal.open(Path(sys.argv[1]), json.loads(sys.argv[2]))
print("held", flush=True)
sys.stdin.read()
"""


def written(folder, events=EVENTS):
    with Journal.open(folder, INPUTS) as log:
        for event in events:
            log.append(event)
    return folder / FILE


def plain(events):
    return [{key: value for key, value in event.items() if key != "at"} for event in events]


def test_what_was_appended_is_read_back(tmp_path):
    path = written(tmp_path)
    header, events = journal.read(tmp_path)
    assert header["inputs"] == INPUTS
    assert plain(events) == EVENTS
    assert len(path.read_bytes().splitlines()) == 3


def test_a_run_is_gone_on_with(tmp_path):
    path = written(tmp_path)
    with Journal.open(tmp_path, INPUTS) as log:
        assert plain(log.events) == EVENTS
        log.append({"event": "measured", "stage": "x"})
    assert len(path.read_bytes().splitlines()) == 4


def test_a_torn_last_line_is_dropped_at_whatever_byte_it_was_cut(tmp_path):
    path = written(tmp_path)
    whole = path.read_bytes()
    last = whole.rstrip(b"\n").rfind(b"\n") + 1
    for cut in range(last, len(whole)):
        path.write_bytes(whole[:cut])
        with Journal.open(tmp_path, INPUTS) as log:
            assert plain(log.events) == EVENTS[:1]
            log.append(EVENTS[1])
        assert plain(journal.read(tmp_path)[1]) == EVENTS


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b"{}",
        b'{"event": 3}',
        b"\xff",
        b'{"event": "measured"}',
        b'{"event": "outcome", "stage": 3}',
        json.dumps(OUTCOME | {"calls": {"user": "x"}}).encode(),
        json.dumps(OUTCOME | {"tokens": {"user": None}}).encode(),
        json.dumps(OUTCOME | {"user_calls": 1}).encode(),
        b'{"event": "invented later"}',
        b"[" * 100_000,
    ],
)
def test_a_bad_line_in_the_middle_is_an_error_with_its_number(tmp_path, line):
    path = written(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[1] = sealed(line.decode("latin-1"))
    path.write_bytes(b"".join(lines))
    with pytest.raises(JournalError, match=rf"{FILE}:2: is no"):
        journal.read(tmp_path)


def test_other_inputs_are_refused_with_the_difference(tmp_path):
    written(tmp_path)
    with pytest.raises(ResumeMismatch, match="seed was 6, is 7"):
        Journal.open(tmp_path, INPUTS | {"seed": 7})
    with pytest.raises(ResumeMismatch, match="search was None, is 'x'"):
        Journal.open(tmp_path, INPUTS | {"search": "x"})


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_line_without_its_checksum_is_an_error_with_its_number(tmp_path, place):
    path = written(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[place] = unsealed(lines[place].strip()) + b"\n"
    path.write_bytes(b"".join(lines))
    with pytest.raises(JournalError, match=rf"{FILE}:{place + 1}: "):
        journal.read(tmp_path)
    if place:
        _, events, (problem,) = journal.read_lenient(tmp_path)
        assert plain(events) == [event for event in EVENTS if event is not EVENTS[place - 1]]
        assert problem.startswith(f"line {place + 1} is no event, was changed,")


def test_every_bit_of_an_event_that_is_turned_over_is_named(tmp_path):
    path = written(tmp_path)
    whole = path.read_bytes()
    header = whole.index(b"\n") + 1
    # Without its end the last line is one that was cut off.
    for bent in bits_turned_over(whole[:-1], first=header):
        path.write_bytes(bent + b"\n")
        with pytest.raises(JournalError, match=rf"{FILE}:[23]: "):
            journal.read(tmp_path)
        _, events, problems = journal.read_lenient(tmp_path)
        assert problems
        assert all(event in EVENTS for event in plain(events))


@pytest.mark.parametrize("events", [[], EVENTS])
def test_every_bit_of_a_header_that_is_turned_over_is_an_error(tmp_path, events):
    path = written(tmp_path, events)
    header, end, rest = path.read_bytes().partition(b"\n")
    for bent in bits_turned_over(header):
        path.write_bytes(bent + end + rest)
        for reader in (journal.read, journal.read_lenient):
            with pytest.raises(JournalError, match=rf"{FILE}:1: .*before it was changed"):
                reader(tmp_path)


def test_what_another_system_adds_at_line_ends_is_no_change(tmp_path):
    path = written(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert plain(journal.read(tmp_path)[1]) == EVENTS


FORMAT_1 = [
    {"event": "start", "schema_version": 1, "inputs": INPUTS},
    {key: value for key, value in OUTCOME.items() if key != "calls"}
    | {"user_calls": 2, "judge_calls": 1, "tokens": 30},
]


@pytest.fixture
def of_format_1(tmp_path):
    """The folder of a run of format 1, which named neither roles nor a smoke gate."""
    (tmp_path / FILE).write_text("".join(json.dumps(line) + "\n" for line in FORMAT_1))
    return tmp_path


def test_an_outcome_of_format_1_is_given_by_role(of_format_1):
    _, (event,) = journal.read(of_format_1)
    assert event == OUTCOME | {
        "calls": {"user": 2, "judge": 1},
        "tokens": {TOGETHER: 30},
    }
    assert journal.read_lenient(of_format_1)[1:] == ([event], [])


def test_a_run_of_format_1_is_opened_with_its_inputs_and_not_gone_on_with(of_format_1):
    before = (of_format_1 / FILE).read_bytes()
    refused = pytest.raises(JournalError, match=r"is of format 1, which .* does not go on with")
    with Journal.open(of_format_1, INPUTS | {"smoke_gate": "ProvenGain()"}) as log, refused:
        log.check_format()
    assert (of_format_1 / FILE).read_bytes() == before


def test_a_run_of_format_1_was_decided_by_the_gate_of_its_time(of_format_1):
    with pytest.raises(ResumeMismatch, match="smoke_gate was None, is 'Longer"):
        Journal.open(of_format_1, INPUTS | {"smoke_gate": "Longer()"})
    with pytest.raises(ResumeMismatch, match="seed was 6, is 7"):
        Journal.open(of_format_1, INPUTS | {"seed": 7, "smoke_gate": "ProvenGain()"})


def test_a_run_of_format_2_is_read_without_checksums_and_not_gone_on_with(tmp_path):
    lines = [{"event": "start", "schema_version": 2, "inputs": INPUTS}, *EVENTS]
    (tmp_path / FILE).write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert journal.read(tmp_path)[1] == EVENTS
    assert journal.read_lenient(tmp_path)[1:] == (EVENTS, [])
    refused = pytest.raises(JournalError, match=r"is of format 2, which .* does not go on with")
    with Journal.open(tmp_path, INPUTS) as log, refused:
        log.check_format()


def test_a_run_of_this_format_is_gone_on_with(tmp_path):
    written(tmp_path)
    with Journal.open(tmp_path, INPUTS) as log:
        log.check_format()


def test_another_proposer_is_recorded_where_the_run_goes_on(tmp_path):
    first, second = ({"seed": 6, "model.proposer": name} for name in ("a/one", "b/two"))
    Journal.open(tmp_path, first).close()
    with pytest.warns(UserWarning, match="the proposer was 'a/one', is 'b/two'"):
        log = Journal.open(tmp_path, second)
    log.take_over()
    log.take_over()
    log.close()
    Journal.open(tmp_path, second).close()
    assert [event["model"] for event in journal.read(tmp_path)[1]] == ["b/two"]
    with pytest.warns(UserWarning, match="the proposer was 'b/two', is 'a/one'"):
        Journal.open(tmp_path, first).close()


def test_another_proposer_excuses_no_other_difference(tmp_path):
    Journal.open(tmp_path, {"seed": 6, "model.proposer": "a/one"}).close()
    with pytest.raises(ResumeMismatch, match="inputs; seed was 6, is 7"):
        Journal.open(tmp_path, {"seed": 7, "model.proposer": "b/two"})
    with pytest.raises(ResumeMismatch, match="model.proposer was 'a/one', is None"):
        Journal.open(tmp_path, {"seed": 6})


def test_a_newer_format_and_a_folder_without_run_are_named(tmp_path):
    with pytest.raises(JournalError, match="holds no run"):
        journal.read(tmp_path)
    (tmp_path / FILE).write_text(
        json.dumps({"event": "start", "schema_version": 999, "inputs": {}}) + "\n"
    )
    with pytest.raises(JournalError, match="format 999, this version reads formats 1, 2 and 3"):
        journal.read(tmp_path)
    (tmp_path / FILE).write_bytes(sealed(json.dumps(OUTCOME)))
    with pytest.raises(JournalError, match="does not begin with the header"):
        journal.read(tmp_path)


def test_errors_of_a_measurement_that_was_broken_off_are_owed_again(tmp_path):
    failed = OUTCOME | {"status": "error"}
    done = {"event": "measured", "stage": "001.look"}
    later = failed | {"stage": "002.look"}
    written(tmp_path, [failed, done, later])
    with Journal.open(tmp_path, INPUTS) as log:
        assert plain(log.events) == [failed, done]
        assert plain(log.owed_again) == [later]


def test_a_reply_that_lacks_verdicts_of_the_judge_is_owed_again_as_well(tmp_path):
    def reply(stage, source):
        verdict = {"criterion": "a", "outcome": "unscored", "evidence": "", "source": source}
        grade = {"scenario": "001.1", "verdicts": [verdict]}
        return OUTCOME | {"stage": stage, "status": "scored", "grade": grade}

    decided, later = reply("001.look", "judge"), reply("002.look", "judge")
    by_nobody = reply("003.look", "nobody")
    done = {"event": "measured", "stage": "001.look"}
    written(tmp_path, [decided, done, later, by_nobody])
    with Journal.open(tmp_path, INPUTS) as log:
        assert plain(log.events) == [decided, done, by_nobody]
        assert plain(log.owed_again) == [later]


@pytest.mark.parametrize("start", [b"", b'{"event": "sta'])
def test_a_folder_without_a_whole_header_holds_no_run(tmp_path, start):
    (tmp_path / FILE).write_bytes(start)
    assert not journal.holds_run(tmp_path)
    assert plain(journal.read(written(tmp_path).parent)[1]) == EVENTS


def test_a_number_that_json_cannot_hold_is_refused(tmp_path):
    with Journal.open(tmp_path, INPUTS) as log, pytest.raises(ValueError, match="JSON"):
        log.append({"event": "x", "gain": float("nan")})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_any_text_survives_the_journal(tmp_path_factory, value):
    folder = tmp_path_factory.mktemp("run")
    written(folder, [{"event": "measured", "stage": "x", "value": value}])
    assert journal.read(folder)[1][0]["value"] == value


def test_a_folder_in_use_is_refused_and_a_dead_holder_s_is_taken_over(tmp_path):
    command = [sys.executable, "-c", HOLDER, str(tmp_path), json.dumps(INPUTS)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    with started(command, stdin=pipe, stdout=pipe, env=environment) as process:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(JournalError, match=rf"is in use by process {process.pid} on .* since"):
            Journal.open(tmp_path, INPUTS)
        process.kill()
    with pytest.warns(UserWarning, match="by a process that is gone"):
        Journal.open(tmp_path, INPUTS).close()
    Journal.open(tmp_path, INPUTS).close()


def test_a_folder_that_was_refused_is_not_left_locked(tmp_path):
    written(tmp_path)
    for _ in range(2):
        with pytest.raises(ResumeMismatch):
            Journal.open(tmp_path, INPUTS | {"seed": 7})
    Journal.open(tmp_path, INPUTS).close()


def test_the_lock_is_let_go_even_where_a_child_still_holds_the_file(tmp_path):
    log = Journal.open(tmp_path, INPUTS)
    inherited = os.dup(log._held.fileno())
    log.close()
    Journal.open(tmp_path, INPUTS).close()
    os.close(inherited)


def test_what_failed_and_was_made_again_counts_as_paid(tmp_path):
    failed = OUTCOME | {"status": "error", "tokens": {"user": 7}}
    written(
        tmp_path,
        [
            failed,
            OUTCOME,
            {"event": "measured", "stage": "001.look"},
            failed | {"stage": "002.look"},
        ],
    )
    with Journal.open(tmp_path, INPUTS) as log:
        run = Run(
            student=None,
            data=None,
            runner=SimpleNamespace(run=lambda jobs, on_done: []),
            proposer=None,
            journal=log,
            seed=0,
        )
        assert run.spent.fresh == 0
        for stage, spent in (("001.look", (1, 7)), ("002.look", (2, 14))):
            run.measure([], [], stage=stage)
            assert (run.spent.calls, run.spent.tokens) == spent


def test_a_line_that_a_full_disk_cut_is_taken_back_and_the_message_says_what_to_do(
    tmp_path, monkeypatch
):
    with Journal.open(tmp_path, {"a": 1}) as record:
        with monkeypatch.context() as full:
            full_after_half_a_line(full)
            with pytest.raises(JournalError, match=r"journal\.jsonl: .*No space.*make room, then"):
                record.append({"event": "measured", "stage": "x" * 20_000})
        record.append({"event": "measured", "stage": "later"})
    assert [event["stage"] for event in journal.read(tmp_path)[1]] == ["later"]


def test_a_run_is_not_gone_on_with_where_replies_are_graded_otherwise(tmp_path):
    with Journal.open(tmp_path, {"grading": "a"}):
        pass
    with pytest.raises(ResumeMismatch, match="grades otherwise"):
        Journal.open(tmp_path, {"grading": "b"})


def test_a_run_from_before_grading_was_noted_is_gone_on_with(tmp_path):
    with Journal.open(tmp_path, {"prompt": "a"}):
        pass
    Journal.open(tmp_path, {"prompt": "a", "grading": "b"}).close()


@pytest.mark.parametrize("kind", ["link", "pipe", "device"])
def test_a_journal_that_is_no_file_of_its_own_is_refused(tmp_path, kind):
    folder, victim = tmp_path / "run", tmp_path / "victim"
    folder.mkdir()
    victim.write_text("precious, without a line end")
    path = folder / FILE
    {
        "link": lambda: path.symlink_to(victim),
        "pipe": lambda: os.mkfifo(path),
        "device": lambda: path.symlink_to(os.devnull),
    }[kind]()
    with pytest.raises(JournalError, match="is a (link|pipe)"):
        Journal.open(folder, INPUTS)
    with pytest.raises(JournalError, match="holds no run"):
        journal.read(folder)
    assert not journal.holds_run(folder)
    assert victim.read_text() == "precious, without a line end"
