"""Runs with a judge whose answers cannot always be read: what they cost, and when they stop."""

import pytest
from helpers import scripted, stumbling

import usersim_opt as uso
from usersim_opt.basics.errors import TooManyErrors
from usersim_opt.basics.text import has_stop_token
from usersim_opt.measuring.stages import SMOKE, round_of
from usersim_opt.results.journal import read

OFFLINE_USER = uso.connect("offline/user")._engine_spec


def tune(judge, base_prompt, data, run_dir, *, user=None, max_calls=400):
    optimizer = uso.RubricOptimizer(
        metric=uso.RubricMetric(uso.RubricJudge(judge)),
        proposer_lm=uso.connect("offline/proposer"),
        run_dir=run_dir,
        max_calls=max_calls,
        seed=6,
    )
    student = uso.UserSimulator(base_prompt, user or uso.connect("offline/user", temperature=0.9))
    return optimizer.compile(student, trainset=data.train, valset=data.smoke).result


def test_repeats_are_counted_and_pass_the_budget_by_no_more_than_they_can(
    base_prompt, airline, tmp_path
):
    user, users = scripted(lambda request: OFFLINE_USER.complete(request).text)
    judge, judges = stumbling(3, mends=True)
    result = tune(judge, base_prompt, airline, tmp_path / "run", user=user)
    assert result.calls["user"] == len(users.requests)
    # A customer who only hangs up is graded without the judge, and is counted as if it was asked.
    mute = sum(has_stop_token(outcome.reply) for outcome in result.record.outcomes)
    assert len(judges.requests) <= result.calls["judge"] <= len(judges.requests) + mute
    assert len(judges.requests) > len(users.requests)
    assert not result.base_smoke.judged.missing
    # One repeat for each reply of the last round and of the smoke split.
    last_round = result.reading.last_round
    late = [
        outcome
        for outcome in result.record.outcomes
        if outcome.stage == SMOKE or round_of(outcome.stage) == last_round
    ]
    assert sum(result.calls.values()) <= 400 + len(late)


def test_a_run_that_stopped_for_an_unreadable_judge_goes_on_once_it_can_be_read(
    base_prompt, airline, tmp_path
):
    with pytest.raises(TooManyErrors, match="verdicts are missing, the last because .*Hm, no"):
        tune(stumbling(1)[0], base_prompt, airline, tmp_path / "run")
    _, events = read(tmp_path / "run")
    assert not [event for event in events if event["event"] in ("measured", "decision")]
    result = tune(stumbling(10**9)[0], base_prompt, airline, tmp_path / "run")
    assert result.base_smoke.judged.share < 0.05
    assert sum(result.calls.values()) > sum(
        sum(outcome.calls.values()) for outcome in result.record.outcomes
    )
