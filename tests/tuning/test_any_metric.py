"""A metric of anybody's: what grades and says its price tunes, and its models are recorded."""

from collections import Counter

import dspy
import pytest
from helpers import scripted

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.outcome import Grade, Verdict
from usersim_opt.results.record import read_record

OFFLINE_JUDGE = uso.connect("offline/judge")._engine_spec
OFFLINE_USER = uso.connect("offline/user")._engine_spec


class Brevity:
    """Passes every criterion of a reply of few words; asks no model."""

    def price(self, scenario):
        return 0

    def grade(self, scenario, reply):
        return graded(scenario.id, [criterion.id for criterion in scenario.criteria], reply)


class OwnCriterion(Brevity):
    """Holds replies to a criterion that stands in no rubric."""

    def grade(self, scenario, reply):
        return graded(scenario.id, ["brevity"], reply)


class Asking:
    """Grades by a judge that it tells nobody of."""

    def __init__(self, judge):
        self._metric = uso.RubricMetric(judge)

    def price(self, scenario):
        return 1

    def grade(self, scenario, reply):
        return self._metric.grade(scenario, reply)


class Panel:
    """Three judges; the majority decides on each criterion."""

    price = 3

    def __init__(self, *models):
        self.models = models
        self._judges = [uso.RubricJudge(lm) for lm in models]

    def __call__(self, *, history, reply, criteria):
        opinions = [
            judge(history=history, reply=reply, criteria=criteria).verdicts
            for judge in self._judges
        ]
        return dspy.Prediction(verdicts=[majority(three) for three in zip(*opinions, strict=True)])


def graded(scenario, criteria, reply):
    outcome = "pass" if len(reply.split()) < 25 else "fail"
    verdicts = [
        Verdict(criterion=name, outcome=outcome, evidence=reply, source="check")
        for name in criteria
    ]
    return Grade(scenario=scenario, verdicts=tuple(verdicts))


def majority(verdicts):
    most, _ = Counter(verdict.outcome for verdict in verdicts).most_common(1)[0]
    return next(verdict for verdict in verdicts if verdict.outcome == most)


def counted(engine):
    """A model that answers as an offline engine does, and the requests that it was sent."""
    lm, counting = scripted(lambda request: engine.complete(request).text)
    return lm, counting.requests


def tune(metric, simulator, data, run_dir, **options):
    settings = {"max_calls": 300, "seed": 6, "proposer_lm": uso.connect("offline/proposer")}
    optimizer = uso.RubricOptimizer(metric=metric, run_dir=run_dir, **(settings | options))
    return optimizer.compile(simulator, trainset=data.train, valset=data.smoke).result


def test_a_metric_without_a_model_tunes(simulator, airline, tmp_path):
    result = tune(Brevity(), simulator, airline, tmp_path / "run")
    assert result.record.calls["judge"] == 0
    assert set(result.record.models) == {"user", "proposer"}
    assert 0 < result.base_smoke.pass_rate.mean < 1
    assert "dimension" in str(result)


def test_a_metric_without_a_model_ablates(simulator, airline):
    ablation = uso.ablate(simulator, airline.train, Brevity(), max_calls=300)
    assert ablation.pieces
    assert 0 < ablation.calls <= 300


def test_a_metric_with_criteria_of_its_own_tunes(simulator, airline, tmp_path):
    result = tune(OwnCriterion(), simulator, airline, tmp_path / "run")
    assert 0 < result.base_smoke.pass_rate.mean < 1
    assert result.to_html().read_text()


class Priceless:
    def grade(self, scenario, reply):
        raise AssertionError


class Gradeless:
    def price(self, scenario):
        raise AssertionError


class Halves(Brevity):
    def price(self, scenario):
        return 0.5


class Impostor(Brevity):
    """Names its model by the role of another one."""

    @property
    def models(self):
        return {"user": uso.connect("offline/judge")}


UNUSABLE = [
    (Priceless(), "without 'price'"),
    (Gradeless(), "without 'grade'"),
    (Halves(), "expected a whole number of calls"),
    (Impostor(), "names a model 'user'"),
]


@pytest.mark.parametrize(("metric", "complaint"), UNUSABLE)
def test_an_unusable_metric_is_named_before_anything_is_spent(
    metric, complaint, base_prompt, airline, tmp_path
):
    user, requests = counted(OFFLINE_USER)
    simulator = uso.UserSimulator(base_prompt, user)
    with pytest.raises(InputError, match=complaint):
        tune(metric, simulator, airline, tmp_path / "run")
    with pytest.raises(InputError, match=complaint):
        uso.ablate(simulator, airline.train, metric, run_dir=tmp_path / "run")
    assert not requests
    assert not (tmp_path / "run").exists()


@pytest.fixture
def panel():
    """A metric with a panel of three judges, and all requests to them."""
    models, requests = zip(*(counted(OFFLINE_JUDGE) for _ in range(3)), strict=True)
    return uso.RubricMetric(Panel(*models)), requests


def test_a_panel_of_three_judges_keeps_the_budget_of_calls(panel, base_prompt, airline, tmp_path):
    metric, judged = panel
    user, replies = counted(OFFLINE_USER)
    proposer, proposals = counted(uso.connect("offline/proposer")._engine_spec)
    record = tune(
        metric,
        uso.UserSimulator(base_prompt, user),
        airline,
        tmp_path / "run",
        max_calls=900,
        proposer_lm=proposer,
    ).record
    requests = len(replies) + len(proposals) + sum(map(len, judged))
    assert len(replies) > 100
    assert requests <= sum(record.calls.values()) <= 900


def test_every_judge_of_a_panel_stands_in_the_record(panel, simulator, airline, tmp_path):
    metric, _ = panel
    models = tune(metric, simulator, airline, tmp_path / "run", max_calls=900).record.models
    assert {"user", "proposer", "judge.1", "judge.2", "judge.3"} == set(models)


def test_a_panel_ablates_within_its_calls(panel, base_prompt, airline):
    metric, judged = panel
    user, replies = counted(OFFLINE_USER)
    simulator = uso.UserSimulator(base_prompt, user)
    ablation = uso.ablate(simulator, airline.train, metric, max_calls=900)
    assert len(replies) + sum(map(len, judged)) <= ablation.calls <= 900


def test_models_that_a_metric_does_not_name_stand_in_the_record_as_they_are_seen(
    simulator, airline, tmp_path
):
    metric = Asking(uso.RubricJudge(uso.connect("offline/judge")))
    models = tune(metric, simulator, airline, tmp_path / "run", max_calls=400).record.models
    assert models["grading.1"] == "offline/judge"
    assert "judge" not in models


def test_an_ablation_records_the_models_that_its_metric_does_not_name(simulator, airline, tmp_path):
    metric = Asking(uso.RubricJudge(uso.connect("offline/judge")))
    uso.ablate(simulator, airline.train, metric, max_calls=900, run_dir=tmp_path / "run")
    assert read_record(tmp_path / "run").models["grading.1"] == "offline/judge"
