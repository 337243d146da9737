"""A run whose judge left some verdicts out: every view of it says how many."""

import pytest
from conftest import BASE_PROMPT
from helpers import stumbling_at

import usersim_opt as uso
from usersim_opt.results.card import card_of
from usersim_opt.results.card_page import markdown
from usersim_opt.results.report.page import render
from usersim_opt.results.terminal import screen


@pytest.fixture(scope="module")
def tuned_by_a_stumbling_judge(airline, tmp_path_factory):
    optimizer = uso.RubricOptimizer(
        metric=uso.RubricMetric(uso.RubricJudge(stumbling_at(airline.smoke)[0])),
        proposer_lm=uso.connect("offline/proposer"),
        run_dir=tmp_path_factory.mktemp("missing") / "run",
        max_calls=600,
        seed=6,
    )
    student = uso.UserSimulator(
        uso.read_prompt(BASE_PROMPT), uso.connect("offline/user", temperature=0.9)
    )
    return optimizer.compile(student, trainset=airline.train, valset=airline.smoke)


def test_verdict_card_watch_and_page_say_what_share_of_the_judge_s_verdicts_is_missing(
    tuned_by_a_stumbling_judge,
):
    simulator = tuned_by_a_stumbling_judge
    result = simulator.result
    judged = result.base_smoke.judged
    assert 0 < judged.share < 0.05
    assert f"Missing verdicts of the judge: seed {judged}" in result.verdict
    whole = screen(result.record, None, held="", width=200, height=60, now=2e9)
    assert "of the judge's verdicts are missing, in the whole run" in whole
    page = render(result.record)
    assert f"Seed: {judged} of the judge&#39;s verdicts are missing." in page
    assert page.count("of the judge&#39;s verdicts are missing.") >= 2


def test_the_card_of_either_prompt_names_the_missing_verdicts(tuned_by_a_stumbling_judge):
    simulator = tuned_by_a_stumbling_judge
    result = simulator.result
    seed = simulator.with_prompt(uso.Prompt(result.seed.text))
    seed.result = result
    card = card_of(seed)
    judged = result.base_smoke.judged
    assert (card["judged_verdicts"], card["missing_verdicts"]) == (judged.judged, judged.missing)
    assert f"| missing verdicts of the judge | {judged} |" in markdown(card, "p.txt", use="")


def test_of_a_judge_that_gave_all_nothing_is_said(tuned):
    record, result = tuned.result.record, tuned.result
    views = [
        result.verdict,
        screen(record, None, held="", width=200, height=60, now=2e9),
        markdown(card_of(tuned), "p.txt", use=""),
    ]
    assert not [view for view in views if "issing verdicts" in view or "are missing" in view]
    assert "verdicts are missing" not in render(record)
