import pytest
from journals import read_events, write_events

from usersim_opt.basics.errors import JournalError
from usersim_opt.basics.sealing import sealed
from usersim_opt.results.loading import load_result
from usersim_opt.results.record import read_record


@pytest.fixture
def folder(small_run, tmp_path):
    """A copy of a finished run's folder."""
    for name in ("journal.jsonl", "data.json", "prices.json"):
        (tmp_path / name).write_bytes((small_run.run_dir / name).read_bytes())
    return tmp_path


def lines(folder):
    return (folder / "journal.jsonl").read_bytes().split(b"\n")[:-1]


def test_a_finished_run_is_read_back_whole(folder, small_run):
    record = read_record(folder)
    assert record.finished
    assert not record.problems
    assert record.versions == small_run.versions
    assert record.calls == small_run.calls
    assert record.seed == small_run.seed
    assert record.models == small_run.models
    assert (record.offline, record.rounds > 5, record.minutes > 0) == (True, True, True)
    assert str(load_result(folder)) == str(small_run).replace(str(small_run.run_dir), str(folder))


@pytest.mark.parametrize("share", [0.01, 0.3, 0.7, 0.99])
def test_a_run_under_way_is_read_as_far_as_it_is(folder, share):
    raw = (folder / "journal.jsonl").read_bytes()
    (folder / "journal.jsonl").write_bytes(raw[: max(int(len(raw) * share), raw.index(b"\n") + 1)])
    record = read_record(folder)
    assert not record.finished
    assert len(record.outcomes) == sum(b'"event": "outcome"' in line for line in lines(folder))
    with pytest.raises(JournalError, match="holds no finished run .*has not been measured yet"):
        load_result(folder)


def test_a_text_that_was_changed_by_hand_is_named(folder):
    events = read_events(folder)
    version = next(event for event in events if event["event"] == "version")
    version["text"] += " Yes."
    write_events(folder, events)
    with pytest.raises(
        JournalError, match="the text of v000 was changed: it is not the one of sha"
    ):
        load_result(folder)
    assert any("was changed" in problem for problem in read_record(folder).problems)


def test_what_cannot_be_read_is_left_out_and_named(folder):
    whole = lines(folder)
    broken = whole.copy()
    broken[5] = b"{torn"
    broken[7] = sealed('{"event": "outcome", "scenario": "x"}').strip()
    broken[9] = b'["no event"]'
    broken.insert(3, sealed('{"event": "invented later", "x": 1}').strip())
    (folder / "journal.jsonl").write_bytes(b"\n".join(broken) + b"\n" + b'{"event": "out')
    record = read_record(folder)
    told = " ".join(record.problems)
    for part in (
        "the last line was cut off",
        "line 7 is no event",
        "line 11 is no event",
        "a line of the kind 'outcome' is left out",
    ):
        assert part in told
    assert len(record.outcomes) >= sum(b'"event": "outcome"' in line for line in whole) - 3


def test_a_newer_format_is_named_and_shown_all_the_same(folder):
    header, *rest = read_events(folder)
    write_events(folder, [header | {"schema_version": 99}, *rest])
    record = read_record(folder)
    assert record.problems[0].startswith("format 99, this version knows formats 1, 2 and 3")
    assert record.outcomes


def test_a_folder_without_its_data_tells_what_it_lacks(folder):
    (folder / "data.json").unlink()
    record = read_record(folder)
    assert record.scenarios == {}
    assert "data.json" in record.problems[0]
    with pytest.raises(JournalError, match="data.json"):
        load_result(folder)
    (folder / "data.json").write_text('{"tasks": 1}')
    assert "not readable" in read_record(folder).problems[0]


def test_a_folder_that_is_no_run_is_refused_in_one_line(tmp_path):
    with pytest.raises(JournalError, match="holds no run"):
        read_record(tmp_path / "nowhere")
    (tmp_path / "journal.jsonl").write_text("")
    with pytest.raises(JournalError, match="does not begin with the header"):
        read_record(tmp_path)
    (tmp_path / "journal.jsonl").write_text('{"event": "version"}\n')
    with pytest.raises(JournalError, match="does not begin with the header"):
        read_record(tmp_path)
