"""A run is graded by one grader, or says that it was not; damage never gives other figures."""

import json

import pytest
from journals import read_events, write_events

import usersim_opt as uso
from usersim_opt.basics.errors import JournalError, ResumeMismatch
from usersim_opt.results import journal
from usersim_opt.results.card import card_of
from usersim_opt.results.card_page import markdown
from usersim_opt.results.fingerprint import GRADER, smoke_seed
from usersim_opt.results.journal import FILE, Journal
from usersim_opt.results.loading import load_result
from usersim_opt.results.record import read_record
from usersim_opt.results.report.page import render
from usersim_opt.tuning import inputs

ONE = {"prompt": "9f", "grading": "a", "library": "0.1.0", "grading_code": "b"}


@pytest.fixture
def folder(small_run, tmp_path):
    """A copy of a finished run's folder."""
    for name in (FILE, "data.json"):
        (tmp_path / name).write_bytes((small_run.run_dir / name).read_bytes())
    return tmp_path


def test_a_run_names_all_that_grades(small_run):
    named = read_record(small_run.run_dir).inputs
    assert {name: named[name] for name in GRADER} == inputs.grader()


def test_every_file_that_grades_has_a_part_in_the_digest(monkeypatch):
    before = inputs.grading_code_sha256()
    monkeypatch.setattr(inputs, "_GRADES", inputs._GRADES[1:])
    inputs.grading_code_sha256.cache_clear()
    assert inputs.grading_code_sha256() != before
    monkeypatch.undo()
    inputs.grading_code_sha256.cache_clear()
    assert all(list(inputs._PACKAGE.glob(pattern)) for pattern in inputs._GRADES)


@pytest.mark.parametrize("name", GRADER)
def test_a_run_is_not_gone_on_with_by_another_grader_unless_that_is_said(tmp_path, name):
    Journal.open(tmp_path, ONE).close()
    other = ONE | {name: "other"}
    with pytest.raises(ResumeMismatch, match=f"{name} was .*'other' .*--another-grader"):
        Journal.open(tmp_path, other)
    with (
        pytest.warns(UserWarning, match="another version of usersim-opt grades from here on"),
        Journal.open(tmp_path, other, another_grader=True) as log,
    ):
        log.take_over()
    Journal.open(tmp_path, other).close()
    with pytest.raises(ResumeMismatch):
        Journal.open(tmp_path, ONE)
    (event,) = journal.read(tmp_path)[1]
    assert (event["was"][name], event["now"][name]) == (ONE[name], "other")


def test_another_grader_excuses_no_other_difference(tmp_path):
    Journal.open(tmp_path, ONE).close()
    with pytest.raises(ResumeMismatch, match="prompt was '9f', is '8f'"):
        Journal.open(tmp_path, ONE | {"prompt": "8f", "library": "2"}, another_grader=True)


def test_a_run_from_before_any_of_it_was_noted_is_gone_on_with(tmp_path):
    Journal.open(tmp_path, {"prompt": "9f"}).close()
    Journal.open(tmp_path, ONE).close()


def test_the_edition_has_no_part_in_what_the_customer_of_the_smoke_split_says():
    assert smoke_seed(ONE) == smoke_seed(ONE | {"library": "2", "grading_code": "c"})
    assert smoke_seed(ONE) != smoke_seed(ONE | {"grading": "c"})


def test_result_page_and_card_say_that_another_grader_took_over(folder, tuned):
    header, *rest = read_events(folder)
    now = {**inputs.grader(), "library": "9.9.9"}
    event = {"event": "grader", "was": inputs.grader(), "now": now, "at": rest[9]["at"]}
    write_events(folder, [header, *rest[:10], event, *rest[10:]])
    result = load_result(folder)
    simulator = tuned.with_prompt(result.shipped.text)
    simulator.result = result
    card = card_of(simulator)
    said = "another version of usersim-opt graded"
    for shown in (str(result), result._repr_html_(), render(result.record), str(card)):
        assert said in shown
        assert "9.9.9" in shown
    assert said in markdown(card, "p.txt", use="")
    assert said not in str(card_of(tuned))


def test_a_second_line_of_what_stands_there_is_refused_and_never_counts(folder, small_run):
    header, *rest = read_events(folder)
    scored = next(e for e in rest if e["event"] == "outcome" and e["status"] == "scored")
    worse = json.loads(json.dumps(scored).replace('"pass"', '"fail"'))
    write_events(folder, [header, *rest, worse])
    number = len(rest) + 2
    with pytest.warns(
        UserWarning, match=f"line {number} is no event, was changed, or stands there twice"
    ):
        result = load_result(folder)
    assert result.record.outcomes == small_run.record.outcomes
    with pytest.raises(JournalError, match=rf"{FILE}:{number}: .*stands there twice"):
        journal.read(folder)


def test_what_failed_may_stand_there_again(folder):
    header, *rest = read_events(folder)
    place = next(n for n, e in enumerate(rest) if e["event"] == "outcome")
    failed = rest[place] | {"status": "error", "grade": None}
    write_events(folder, [header, *rest[:place], failed, *rest[place:]])
    assert not read_record(folder).problems
    assert journal.read(folder)


def test_whatever_is_damaged_all_views_say_so_and_agree(folder, tuned):
    header, *rest = read_events(folder)
    place = next(n for n, e in enumerate(rest) if e["event"] == "outcome")
    rest[place] = rest[place] | {"grade": {"verdicts": "none"}}
    write_events(folder, [header, *rest])
    with pytest.warns(UserWarning, match="a line of the kind 'outcome' is left out"):
        result = load_result(folder)
    simulator = tuned.with_prompt(result.shipped.text)
    simulator.result = result
    said = "a line of the kind 'outcome' is left out"
    assert said in markdown(card_of(simulator), "p.txt", use="")
    assert said in render(read_record(folder)).replace("&#39;", "'")
    file = uso.export(simulator, folder / "out" / "p.txt", form="text")
    assert said in file.with_suffix(".md").read_text().replace("&#x27;", "'")
