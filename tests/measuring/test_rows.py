import sys

import pytest
from guarded import MARKUP, breaking, with_guards, without_guards
from helpers import outcome, scenario

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.rows import OUTCOME_COLUMNS, PAIR_COLUMNS, VERDICT_COLUMNS
from usersim_opt.results.result import OptimizationResult
from usersim_opt.results.version_rows import VERSION_COLUMNS


def test_an_evaluation_has_a_row_per_verdict(small_run):
    found = small_run.best_smoke
    frame = found.to_pandas()
    assert tuple(frame.columns) == VERDICT_COLUMNS
    assert len(frame) == sum(len(o.grade.verdicts) + len(o.grade.guards) for o in found.outcomes)
    scores = frame[frame.role == "score"]
    assert len(scores) == sum(len(o.grade.verdicts) for o in found.outcomes)
    rates = scores.assign(passed=scores.outcome == "pass").groupby("dimension").passed.mean()
    assert {name: tally.pass_rate for name, tally in found.by_dimension.items()} == pytest.approx(
        dict(rates)
    )
    row = frame.iloc[0]
    assert row.family == row.dimension.partition(".")[0]
    assert row.task == row.scenario.partition(".")[0]
    assert row.reply == next(
        o.reply for o in found.outcomes if o.scenario == row.scenario and o.repeat == row["repeat"]
    )


def test_verdicts_on_guards_are_rows_of_another_role(small_run):
    record = with_guards(small_run.record, breaking(small_run.finalist.id))
    frame = OptimizationResult(record).best_smoke.to_pandas()
    guards = frame[frame.role == "guard"]
    assert len(guards) == len(small_run.best_smoke.outcomes)
    assert set(guards.criterion) == {MARKUP}
    assert set(guards.outcome) == {"fail"}
    assert guards.dimension.isna().all()
    scores = frame[frame.role == "score"]
    plain = OptimizationResult(without_guards(small_run.record)).best_smoke.to_pandas()
    assert scores.to_csv(index=False) == plain.to_csv(index=False)
    replies = record.to_pandas()
    broke = replies[replies.guards_broken == 1].version
    assert set(broke) == {small_run.finalist.id}


def test_a_reply_without_verdicts_is_a_row_with_the_reason():
    record = scenario()
    failed = outcome("001.3", 0, 0, status="error").model_copy(update={"why": "Unreachable: down"})
    (row,) = Evaluation({record.id: record}, [failed]).to_pandas().to_dict("records")
    assert (row["outcome"], row["evidence"], row["type"]) == (
        "error",
        "Unreachable: down",
        "wrong_assumption",
    )
    assert list(Evaluation({}, []).to_pandas().columns) == list(VERDICT_COLUMNS)


def test_a_comparison_has_a_row_per_scenario_and_the_rows_make_the_gain(simulator, airline, metric):
    better = simulator.with_prompt(
        simulator.prompt.text.replace("Rules:", "Rules:\n- Be brief.\n- Do not thank.")
    )
    found = uso.compare(simulator, better, airline.smoke, metric, seeds=2)
    frame = found.to_pandas()
    assert tuple(frame.columns) == PAIR_COLUMNS
    assert len(frame) == len(airline.smoke)
    assert (frame.gain * frame.criteria).sum() / frame.criteria.sum() == pytest.approx(
        found.difference.gain.mean
    )
    assert (frame.new - frame.old).tolist() == pytest.approx(frame.gain.tolist())


def test_a_result_has_a_row_per_version_with_the_last_ruling(small_run):
    frame = small_run.to_pandas()
    assert tuple(frame.columns) == VERSION_COLUMNS
    assert frame.version.tolist() == list(small_run.versions)
    assert set(frame[frame.incumbent].version) == {version.id for version in small_run.accepted}
    last = {d.candidate: d for d in small_run.decisions if d.rule != "smoke"}
    ruled = frame[frame.rule.notna()]
    assert set(ruled.version) == last.keys() & small_run.versions.keys()
    for row in ruled.to_dict("records"):
        decision = last[row["version"]]
        assert (row["rule"], row["accepted"], row["reason"]) == (
            decision.rule,
            decision.accepted,
            decision.reason,
        )
        assert (
            row["gain"] == pytest.approx(decision.evidence.gain)
            if decision.evidence
            else row["gain"] != row["gain"]
        )
    smoke = frame.set_index("version").smoke_pass_rate
    assert smoke[small_run.seed.id] == pytest.approx(small_run.base_smoke.pass_rate.mean)
    assert smoke[small_run.finalist.id] == pytest.approx(small_run.best_smoke.pass_rate.mean)
    assert smoke.notna().sum() == 2


def test_a_record_has_a_row_per_reply(small_run):
    frame = small_run.record.to_pandas()
    assert tuple(frame.columns) == OUTCOME_COLUMNS
    assert len(frame) == len(small_run.record.outcomes)
    assert frame.calls.sum() == small_run.calls["user"] + small_run.calls["judge"]
    assert frame[frame.stage == "smoke"]["round"].isna().all()
    assert frame["round"].max() >= small_run.record.rounds


def test_without_pandas_the_extra_is_named(small_run, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(
        InputError,
        match="to_pandas needs pandas, which is not installed; pip install pandas",
    ):
        small_run.to_pandas()
