"""A run whose metric has the judge's card tells of it: result, terminal, page, prompt card."""

import shutil

import pytest

import usersim_opt as uso
from usersim_opt.measuring.calibration.card import FILE
from usersim_opt.results.card import card_of
from usersim_opt.results.card_page import markdown


@pytest.fixture(scope="module")
def known(airline):
    judge = uso.RubricJudge(uso.connect("offline/judge"))
    return uso.calibrate_judge(judge, airline.train[:40], repeats=0)


@pytest.fixture
def run(known, tuned, tuned_dir, tmp_path):
    """A copy of the run, with the card in its folder."""
    folder = tmp_path / "run"
    shutil.copytree(tuned_dir, folder)
    known.save(folder / FILE)
    return folder


def test_result_page_and_prompt_card_name_the_judge_and_what_its_errors_do(run, known, tuned):
    result = uso.load_result(run)
    assert result.record.judge_card == known
    assert known.sentence in result.verdict
    assert "judge's errors" in result.verdict
    page = result.to_html().read_text()
    assert "right on" in page
    sim = tuned.with_prompt(result.shipped.text)
    sim.result = result
    data = card_of(sim)
    assert data["judge"]["calibrated"] == known.sentence
    assert "the judge aside" in markdown(data, "p.txt", use="-")
    assert "the judge aside" not in markdown({**data, "judge": 7}, "p.txt", use="-").split("##")[0]


def test_a_run_without_a_card_says_nothing_of_it(small_run):
    assert small_run.record.judge_card is None
    assert "Judge:" not in small_run.verdict


def test_a_card_that_cannot_be_read_is_a_problem_and_no_end(run):
    (run / FILE).write_text("{}")
    record = uso.read_record(run)
    assert record.judge_card is None
    assert any(FILE in problem for problem in record.problems)


def test_compile_keeps_the_card_of_its_metric(known, airline, simulator, tmp_path):
    judge = uso.RubricJudge(uso.connect("offline/judge"))
    optimizer = uso.RubricOptimizer(
        metric=uso.RubricMetric(judge, judge_card=known),
        proposer_lm=uso.connect("offline/proposer"),
        run_dir=tmp_path / "run",
        max_calls=400,
        seed=6,
    )
    best = optimizer.compile(simulator, trainset=airline.train, valset=airline.smoke)
    assert best.result.record.judge_card == known
