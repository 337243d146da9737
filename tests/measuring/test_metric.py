"""Any object that says what it costs is a metric, any callable that does is a judge."""

import json
from collections import Counter

import dspy
import pytest
from helpers import CRITERION, ScriptedEngine, scenario, scripted

import usersim_opt as uso
from usersim_opt.basics.errors import InputError, TooManyErrors
from usersim_opt.measuring.judge import verdicts_by
from usersim_opt.measuring.metric import check_metric, models_of, price
from usersim_opt.measuring.outcome import Grade, Verdict
from usersim_opt.measuring.runner import ignore
from usersim_opt.scenarios.records import Task

OPEN = {"id": "calm", "dimension": "clarification.pushback", "text": "It is calm."}
EXAMPLES = {"pass": ["a"], "fail": {"reply": "b", "fails": ["calm"]}}


def examples(n=3):
    """Scenarios of a data set, each of another task, with one criterion that needs a judge."""
    tasks = [Task(id=f"{i:03}", domain="d", source="s", story="You.") for i in range(1, n + 1)]
    rubrics = [scenario(f"{t.id}.3", criteria=[OPEN], examples=EXAMPLES) for t in tasks]
    return [dspy.Example(record=r, task=t) for r, t in zip(rubrics, tasks, strict=True)]


def speaker(model, text):
    """A model by a name of its own that always says the same."""
    return dspy.LM(model, engine=ScriptedEngine(text), cache=False, num_retries=0)


def verdict(name="calm", outcome="pass"):
    return Verdict(criterion=name, outcome=outcome, evidence="so it is", source="judge")


def answer(outcome):
    """A judge's answer."""
    return json.dumps({"verdicts": [{"id": "calm", "evidence": "x", "verdict": outcome}]})


class Length:
    """A metric that knows no rubric: short replies are good. It asks no model."""

    def grade(self, scenario, reply):
        outcome = "pass" if len(reply) < 10 else "fail"
        return Grade(scenario=scenario.id, verdicts=(verdict("brief", outcome),))

    def price(self, scenario):
        return 0


class Asking:
    """A metric that asks a model of its own, which it may name."""

    def __init__(self, lm, **named):
        self.lm = lm
        self.__dict__ |= named

    def grade(self, scenario, reply):
        return uso.RubricMetric(uso.RubricJudge(self.lm)).grade(scenario, reply)

    def price(self, scenario):
        return 1


class Panel:
    """Three judges that vote."""

    price = 3

    def __init__(self, *models):
        self.models = models

    def __call__(self, *, history, reply, criteria):
        votes = [
            uso.RubricJudge(lm)(history=history, reply=reply, criteria=criteria).verdicts
            for lm in self.models
        ]
        return dspy.Prediction(
            verdicts=[self._majority(given) for given in zip(*votes, strict=True)]
        )

    def _majority(self, verdicts):
        ((outcome, _),) = Counter(v.outcome for v in verdicts).most_common(1)
        return verdict(verdicts[0].criterion, outcome)


@pytest.fixture
def short():
    return uso.UserSimulator("p {scenario}", scripted("no")[0])


@pytest.fixture
def long():
    return uso.UserSimulator("p {scenario}", scripted("no, that is not what I asked for")[0])


def measured(simulator, metric, n=3):
    return uso.evaluate(simulator, examples(n), metric, progress=ignore)


def test_any_object_that_grades_and_has_a_price_is_a_metric(short, long):
    assert measured(short, Length()).pass_rate.mean == 1.0
    gain = uso.compare(long, short, examples(7), Length(), progress=ignore)
    assert gain.difference.gain.mean == 1.0
    assert gain.difference.proven


def test_a_metric_s_own_criteria_are_shown_and_counted_though_no_scenario_has_them(long):
    evaluation = measured(long, Length())
    assert evaluation.by_dimension == {}
    assert "fails brief (so it is)" in evaluation.failures(1)
    (row, *_) = evaluation.to_pandas().to_dict("records")
    assert (row["criterion"], row["dimension"], row["family"]) == ("brief", None, None)
    assert "brief" in evaluation._repr_html_()
    both = str(uso.compare(long, long, examples(), Length(), progress=ignore))
    (everything,) = (line.split() for line in both.splitlines() if line.startswith("all "))
    assert everything == "all 3 0.0 % 0.0 % +0.0 3 of 3 scenarios".split()


def test_a_metric_s_models_are_named_by_role_and_may_be_left_out(short):
    judge = speaker("scripted/judge", answer("pass"))
    assert models_of(Length()) == {}
    assert models_of(Asking(judge, models={"judge": judge})) == {"judge": judge}
    with dspy.context(lm=judge):
        assert models_of(Asking(judge, models={"judge": None})) == {"judge": judge}
    assert models_of(Asking(judge, models={"judge": None})) == {}


@pytest.mark.parametrize("named", [True, False])
def test_models_that_grade_and_are_not_named_stand_in_the_outcome(short, named):
    judge = speaker("scripted/judge", answer("pass"))
    metric = Asking(judge, models={"judge": judge}) if named else Asking(judge)
    evaluation = measured(short, metric)
    assert {o.unnamed for o in evaluation.outcomes} == {() if named else ("scripted/judge",)}
    assert {o.calls["judge"] for o in evaluation.outcomes} == {1}


def test_a_stand_in_among_a_metric_s_models_is_told(short):
    judge = speaker("scripted/judge", answer("pass"))
    stand_in = uso.connect("offline/judge")
    assert not measured(short, Asking(judge, models={"judge": judge})).offline
    assert measured(short, Asking(judge, models={"judge": judge, "other": stand_in})).offline


def test_a_panel_of_three_costs_three_calls_for_each_reply_and_is_named(short):
    judges = [
        speaker(f"scripted/{name}", answer(outcome))
        for name, outcome in (("a", "pass"), ("b", "fail"), ("c", "pass"))
    ]
    metric = uso.RubricMetric(Panel(*judges))
    evaluation = measured(short, metric)
    assert evaluation.pass_rate.mean == 1.0
    assert [o.calls for o in evaluation.outcomes] == [{"user": 1, "judge": 3}] * 3
    assert {o.unnamed for o in evaluation.outcomes} == {()}
    assert {o.tokens["judge"] for o in evaluation.outcomes} == {6}
    assert [lm.model for lm in models_of(metric).values()] == [lm.model for lm in judges]
    assert list(models_of(metric)) == ["judge.1", "judge.2", "judge.3"]
    assert price(metric, [e.record for e in examples()]) == 3 * (1 + 3)


def test_a_panel_costs_nothing_where_checks_decide():
    metric = uso.RubricMetric(Panel(*[speaker("scripted/a", "{}")] * 3))
    assert metric.price(scenario()) == 0
    assert price(metric, [scenario()]) == 1


def test_criteria_that_a_judge_leaves_out_are_unscored():
    class Lazy(Panel):
        price = 0

        def __call__(self, *, history, reply, criteria):
            return dspy.Prediction(verdicts=[])

    rubric = scenario(criteria=[CRITERION, OPEN])
    grade = uso.RubricMetric(Lazy()).grade(rubric, "no")
    assert [v.outcome for v in grade.verdicts] == ["pass", "unscored"]
    assert grade.verdicts[1].evidence == "the judge gave no verdict"


@pytest.mark.parametrize(
    ("attributes", "complaint"),
    [
        ({"grade": lambda *a: None}, "the metric is a Odd without 'price'; expected an object"),
        ({"price": lambda *a: 0}, "the metric is a Odd without 'grade'"),
        ({"grade": lambda *a: None, "price": 3}, "without 'price'"),
        (
            {"grade": lambda *a: None, "price": lambda *a: 0, "models": ["lm"]},
            "the metric's models are a list; expected a mapping of role to language model",
        ),
        (
            {"grade": lambda *a: None, "price": lambda *a: 1.5},
            r"price for scenario 001\.3 is 1\.5; expected a whole number of calls, 0 or more",
        ),
        ({"grade": lambda *a: None, "price": lambda *a: -1}, "is -1; expected a whole number"),
        ({"grade": lambda *a: None, "price": lambda *a: True}, "is True; expected a whole number"),
    ],
)
def test_a_metric_that_lacks_something_is_refused_before_anything_is_spent(attributes, complaint):
    lm, engine = scripted("no")
    metric = type("Odd", (), attributes)()
    simulator = uso.UserSimulator("p {scenario}", lm)
    with pytest.raises(InputError, match=complaint):
        uso.evaluate(simulator, examples(), metric)
    with pytest.raises(InputError, match=complaint):
        uso.compare(simulator, simulator, examples(), metric)
    assert engine.requests == []


def test_a_grade_that_is_none_ends_the_run_with_its_type(short):
    metric = type("Number", (), {"grade": lambda *a: 0.5, "price": lambda *a: 0})()
    check_metric(metric)
    with pytest.raises(InputError, match=r"grade for scenario 00\d\.3 is a float; expected a Grad"):
        measured(short, metric)


def test_a_grade_without_a_verdict_is_unscored(short):
    nothing = Grade(scenario="001.3", verdicts=())
    metric = type("Silent", (), {"grade": lambda *a: nothing, "price": lambda *a: 0})()
    with pytest.raises(TooManyErrors, match="the metric gave no verdict"):
        measured(short, metric)


@pytest.mark.parametrize(
    ("judge", "complaint"),
    [
        ("gpt", "the judge is a str without 'price'"),
        (type("Mute", (), {"price": 1, "models": ()})(), "is a Mute without a call"),
        (lambda **material: None, "is a function without 'price'"),
        (uso.RubricJudge, r"is the class RubricJudge; expected one of its objects"),
    ],
)
def test_a_judge_that_lacks_something_is_refused(judge, complaint):
    with pytest.raises(InputError, match=complaint):
        uso.RubricMetric(judge)


@pytest.mark.parametrize("model", ["openai/NAME", uso.RubricJudge, 3])
def test_a_metric_s_model_that_is_none_is_refused(model):
    attributes = {"grade": print, "price": print, "models": {"judge": model}}
    with pytest.raises(InputError, match="the metric's model 'judge' is .*expected a language mod"):
        check_metric(type("Odd", (), attributes)())


def judge_that_answers(answer):
    """A judge with any answer at all."""
    return type("Given", (), {"price": 1, "models": (), "__call__": lambda self, **_: answer})()


@pytest.mark.parametrize(
    "answer", [None, "pass", dspy.Prediction(verdicts=None), dspy.Prediction(verdicts=["pass"])]
)
def test_a_judge_that_answers_without_verdicts_is_named(short, answer):
    metric = uso.RubricMetric(judge_that_answers(answer))
    with pytest.raises(InputError, match=r"the judge, a Given, answered with .*expected a dspy\.P"):
        measured(short, metric)


def test_two_verdicts_on_one_criterion_count_only_where_they_are_alike():
    given = [verdict("tone", "pass"), verdict("tone", "fail"), verdict("calm", "fail")]
    judge = judge_that_answers(dspy.Prediction(verdicts=[*given, verdict("calm", "fail")]))
    rubric = [OPEN | {"id": name} for name in ("calm", "tone", "left")]
    criteria = scenario(criteria=rubric).criteria
    found = verdicts_by(judge, [], "no", criteria=criteria)
    assert {name: one.outcome for name, one in found.items()} == {
        "calm": "fail",
        "tone": "unscored",
        "left": "unscored",
    }
