"""The ledger of a held-out split: what is counted, and that nothing in its file is lost."""

import json
import sys

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from processes import started

from usersim_opt.basics.errors import InputError, JournalError
from usersim_opt.results import smoke_ledger
from usersim_opt.results.lock import alone_with
from usersim_opt.results.smoke_ledger import SmokeLedger, SmokeUse, note_look, point_to

PROMPTS = {"seed": "a1", "finalist": "b2"}
TAKE = """
import sys
from pathlib import Path
from usersim_opt.results.smoke_ledger import SmokeLedger
file, name = Path(sys.argv[1]), sys.argv[2]
for n in range(20):
    print(SmokeLedger(file, "s").take(f"{name}{n}", seed="a1", finalist="b2").number)
"""


@pytest.fixture
def ledger(tmp_path):
    return SmokeLedger(tmp_path / "data" / smoke_ledger.FILE, "s")


def lines(ledger):
    return [json.loads(line) for line in ledger.file.read_text().splitlines()]


def test_each_use_gets_the_next_number_and_a_smaller_level(ledger):
    uses = [ledger.take(run, **PROMPTS) for run in "abc"]
    assert [use.number for use in uses] == [1, 2, 3]
    assert [round(use.level, 4) for use in uses] == [0.05, 0.0167, 0.0083]
    assert ledger.next_use().number == 4
    (first, *_) = lines(ledger)
    assert {key: first[key] for key in ("kind", "smoke", "run", "number", "level")} == {
        "kind": "use",
        "smoke": "s",
        "run": "a",
        "number": 1,
        "level": 0.05,
    }
    assert first["date"].endswith("+00:00")
    assert (first["seed"], first["finalist"]) == ("a1", "b2")


def test_a_run_that_comes_back_finds_its_own_line_as_it_was(ledger):
    first = ledger.take("a", **PROMPTS)
    ledger.take("b", **PROMPTS)
    ledger.note_look("b")
    assert ledger.take("a", **PROMPTS) == first
    assert len(lines(ledger)) == 3


def test_other_scenarios_are_another_split(ledger):
    ledger.take("a", **PROMPTS)
    other = SmokeLedger(ledger.file, "t")
    other.note_look("a")
    assert other.take("b", **PROMPTS) == SmokeUse(number=1, level=0.05, looks=1)
    assert ledger.next_use() == SmokeUse(number=2, level=0.1 / 6, looks=0)


def test_looks_are_counted_from_the_next_use_on_and_told(ledger):
    assert ledger.take("a", **PROMPTS).sentence == "First use of this split: decided at .05."
    ledger.note_look("a")
    ledger.note_look("a")
    assert ledger.take("b", **PROMPTS).sentence == (
        "Second use of this split: decided at .017. Its failures were looked at twice, "
        "so it is no longer held out for prompts written since."
    )


@pytest.mark.parametrize("torn", [b"{", b'{"kind": "use", "numb', b"\xff\xfe", b'"'])
def test_a_torn_last_line_is_written_anew(ledger, torn):
    ledger.take("a", **PROMPTS)
    with ledger.file.open("ab") as file:
        file.write(torn)
    assert ledger.take("b", **PROMPTS).number == 2
    assert [line["run"] for line in lines(ledger)] == ["a", "b"]


@given(st.data())
def test_wherever_a_kill_tears_the_last_line_the_uses_before_it_stay(tmp_path_factory, data):
    ledger = SmokeLedger(tmp_path_factory.mktemp("torn") / "uses.jsonl", "s")
    ledger.take("a", **PROMPTS)
    whole = ledger.file.stat().st_size
    ledger.take("b", **PROMPTS)
    written = ledger.file.read_bytes()
    ledger.file.write_bytes(written[: data.draw(st.integers(whole, len(written)))])
    assert ledger.take("b", **PROMPTS).number == 2
    assert [line["run"] for line in lines(ledger)] == ["a", "b"]


def test_a_last_line_that_lacks_nothing_but_its_end_counts(ledger):
    ledger.take("a", **PROMPTS)
    ledger.file.write_bytes(ledger.file.read_bytes().rstrip(b"\n"))
    assert ledger.take("b", **PROMPTS).number == 2
    assert len(lines(ledger)) == 2


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("x", "is no JSON record"),
        ('{"kind": "visit"}', "is no line of a ledger"),
        ('{"kind": "use", "smoke": "s"}', "is no line of a ledger"),
    ],
)
def test_a_whole_line_that_is_none_is_an_error_with_its_place(ledger, line, complaint):
    ledger.take("a", **PROMPTS)
    ledger.file.write_text(f"{line}\n{ledger.file.read_text()}")
    for look in (ledger.check, lambda: ledger.take("b", **PROMPTS)):
        with pytest.raises(JournalError, match=rf"smoke_uses\.jsonl:1: {complaint}"):
            look()


def test_a_place_that_cannot_be_written_is_seen_beforehand_and_named(tmp_path):
    (tmp_path / "file").write_text("")
    ledger = SmokeLedger(tmp_path / "file" / "uses.jsonl", "s")
    with pytest.raises(InputError, match="is no folder that can be written to"):
        ledger.check()
    with pytest.raises(JournalError, match=r"name a file that can be written with --ledger FILE"):
        ledger.take("a", **PROMPTS)


def test_looking_ahead_writes_nothing(ledger):
    ledger.check()
    assert ledger.next_use().number == 1
    assert not ledger.file.parent.exists()


def test_two_processes_at_once_get_different_numbers(ledger):
    command = [sys.executable, "-c", TAKE, str(ledger.file)]
    options = {"stdout": -1, "cwd": ROOT}
    with started([*command, "a"], **options) as one, started([*command, "b"], **options) as other:
        printed = one.communicate()[0] + other.communicate()[0]
    assert sorted(map(int, printed.split())) == list(range(1, 41))
    assert [line["number"] for line in lines(ledger)] == list(range(1, 41))


def test_a_file_that_another_one_has_is_waited_for_but_not_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr("usersim_opt.results.lock.LONGEST_WAIT", 0.1)
    file = tmp_path / "uses.jsonl"
    with (
        alone_with(file),
        pytest.raises(JournalError, match="was in use by another process"),
        alone_with(file),
    ):
        pass
    with alone_with(file):
        pass


def test_a_run_folder_says_where_its_looks_are_noted(ledger, tmp_path):
    ledger.take("a", **PROMPTS)
    point_to(tmp_path, ledger, "a")
    note_look(tmp_path)
    assert lines(ledger)[-1] == {
        "kind": "looked at",
        "date": lines(ledger)[-1]["date"],
        "smoke": "s",
        "run": "a",
    }


def test_of_a_run_that_is_not_counted_no_look_is_noted(tmp_path):
    note_look(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_look_that_cannot_be_noted_is_an_error(ledger, tmp_path):
    point_to(tmp_path, ledger, "a")
    with pytest.raises(JournalError, match="which is not there; put it back"):
        note_look(tmp_path)
