"""Run folders of earlier formats open, as the last versions that wrote such a format left them.

Their models are stand-ins: 4 training and 8 smoke scenarios by hand; `runs/format_1` with 176 calls
and seed 1, `runs/format_2` with 110 calls and seed 4.
"""

import shutil
from pathlib import Path

import pytest

import usersim_opt as uso
from usersim_opt.basics.errors import JournalError, ResumeMismatch
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.results import journal
from usersim_opt.results.format_1 import TOGETHER
from usersim_opt.results.reading import Reading
from usersim_opt.results.report.page import write_report
from usersim_opt.scenarios.dataset import example

RUNS = Path(__file__).parent / "runs"
FORMAT_1, FORMAT_2 = RUNS / "format_1", RUNS / "format_2"
CALLS = {"user": 82, "judge": 82, "proposer": 11}


@pytest.fixture
def folder(tmp_path):
    """A copy of the finished run of format 1 that a test may spoil."""
    return shutil.copytree(FORMAT_1, tmp_path / "run")


@pytest.fixture
def unfinished(folder):
    """The same run, killed before the smoke stage."""
    return broken_off(folder)


def broken_off(folder):
    """A run as if it had been killed before the smoke stage."""
    path = folder / journal.FILE
    lines = path.read_text().splitlines(keepends=True)
    search = [line for line in lines if '"smoke"' not in line or '"event": "start"' in line]
    path.write_text("".join(line for line in search if '"confirming"' not in line))
    return folder


def compiled(run_dir, **changes):
    """What compile returns for the inputs of the run."""
    record = uso.read_record(run_dir)
    held_out = {scenario for scenario in record.scenarios if scenario > "005"}
    examples = {
        name: example(record.tasks[scenario.task_id], scenario)
        for name, scenario in record.scenarios.items()
    }
    options = {"max_calls": 176, "minibatch_size": 4, "seed": 1} | changes
    optimizer = uso.RubricOptimizer(
        metric=uso.RubricMetric(uso.RubricJudge(uso.connect("offline/judge"))),
        proposer_lm=uso.connect("offline/proposer"),
        run_dir=run_dir,
        **options,
    )
    student = uso.UserSimulator(record.seed.text, uso.connect("offline/user", temperature=0.9))
    return optimizer.compile(
        student,
        trainset=[made for name, made in examples.items() if name not in held_out],
        valset=[examples[name] for name in sorted(held_out)],
    )


def test_a_record_of_format_1_is_read_whole():
    record = uso.read_record(FORMAT_1)
    assert record.finished
    assert not record.problems
    assert record.calls == CALLS
    assert record.tokens == {TOGETHER: 50_113}
    assert (len(record.versions), len(record.scenarios), len(record.tasks)) == (21, 12, 12)
    assert {tuple(outcome.calls) for outcome in record.outcomes} == {("user", "judge")}


def test_its_result_says_what_it_said():
    result = uso.load_result(FORMAT_1)
    assert (result.shipped.id, result.finalist.id) == ("v000", "v020")
    assert [version.id for version in result.accepted] == ["v000", "v002", "v013", "v020"]
    assert result.verdict.splitlines()[:3] == [
        "Shipped: the seed prompt, not v020: the 95 % interval of the gain reaches zero.",
        "Smoke split, never seen by the search: 18.5 % [0.0 %, 40.9 %] -> 40.7 % [24.0 %, 57.5 %]",
        "Gain +22.2 points [+0.0, +44.4] on 8 scenarios of 8 tasks, 1 or 2 replies each.",
    ]
    assert "Calls: 82 user, 82 judge, 11 proposer; 50,113 tokens" in str(result)


def test_nothing_is_said_of_guards_that_it_did_not_know(folder):
    result = uso.load_result(folder)
    assert not result.best_smoke.guards.in_force
    assert str(result.guards) == result.guards.html == result.guards.line == ""
    assert "<h3>Guards</h3>" not in write_report(result.record).read_text()


def test_its_page_is_rendered(folder):
    page = write_report(uso.read_record(folder)).read_text()
    assert "v020" in page
    assert TOGETHER in page


def test_its_result_is_returned_without_a_call(folder):
    before = (folder / journal.FILE).read_bytes()
    best = compiled(folder)
    assert best.prompt.text == best.result.seed.text
    assert best.result.calls == CALLS
    assert (folder / journal.FILE).read_bytes() == before


def test_other_inputs_are_refused_as_for_any_run(folder):
    with pytest.raises(ResumeMismatch, match="seed was 1, is 2"):
        compiled(folder, seed=2)


def test_an_unfinished_run_of_format_1_is_refused_but_can_be_looked_at(unfinished):
    before = (unfinished / journal.FILE).read_bytes()
    with pytest.raises(JournalError, match=r"is of format 1, which .* does not go on with"):
        compiled(unfinished)
    assert (unfinished / journal.FILE).read_bytes() == before
    record = uso.read_record(unfinished)
    assert not record.finished
    assert not record.problems
    assert not record.of_stage(SMOKE)
    assert Reading(record).finalist.id == "v020"
    assert Reading(record).shipped is None


def test_a_record_of_format_2_is_read_whole():
    result = uso.load_result(FORMAT_2)
    record = result.record
    assert record.finished
    assert not record.problems
    assert record.calls == {"user": 50, "judge": 50, "proposer": 9}
    assert record.tokens == {"user": 8_344, "judge": 20_763, "proposer": 14_684}
    assert (len(record.versions), len(record.scenarios), len(record.tasks)) == (9, 12, 12)
    assert (result.shipped.id, result.finalist.id) == ("v000", "v008")
    assert result.verdict.splitlines()[1:4:2] == [
        "Smoke split, never seen by the search: 40.7 % [30.4 %, 51.0 %] -> 59.3 % [49.0 %, 69.6 %]",
        "Gain +18.5 points [+0.0, +33.3] on 8 scenarios of 8 tasks, 1 or 2 replies each.",
    ]


def test_an_unfinished_run_of_format_2_is_refused_but_can_be_looked_at(tmp_path):
    unfinished = broken_off(shutil.copytree(FORMAT_2, tmp_path / "run"))
    before = (unfinished / journal.FILE).read_bytes()
    inputs = journal.read(unfinished)[0]["inputs"]
    with (
        journal.Journal.open(unfinished, inputs) as log,
        pytest.raises(JournalError, match=r"is of format 2, which .* does not go on with"),
    ):
        log.check_format()
    assert (unfinished / journal.FILE).read_bytes() == before
    record = uso.read_record(unfinished)
    assert not record.finished
    assert not record.problems
    assert Reading(record).finalist.id == "v008"
