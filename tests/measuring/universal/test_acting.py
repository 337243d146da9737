"""Universal guards hold with any metric, and change no score."""

import dspy
import pytest
from helpers import scenario, scripted

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.job import Job
from usersim_opt.measuring.outcome import Grade, Verdict
from usersim_opt.measuring.playing import play
from usersim_opt.measuring.universal.acting import guards_name, guards_of, with_broken
from usersim_opt.scenarios.checks import ALONE
from usersim_opt.scenarios.records import Task
from usersim_opt.tuning.inputs import metric_name

TASK = Task(id="001", domain="d", source="s", story="You are Ana Ng, code AB12CD.")
SHOUT = uso.UniversalGuard("shout", "it shouts", lambda reply, moment: "!" if "!" in reply else "")


def verdict(name, outcome="fail"):
    return Verdict(criterion=name, outcome=outcome, evidence="so it is", source="check")


class Own:
    """A metric that knows no rubric and no guards, but for those that it is given."""

    def __init__(self, *held, **attributes):
        self._held = held
        self.__dict__ |= attributes

    def grade(self, scenario, reply):
        return Grade(scenario=scenario.id, verdicts=(verdict("own", "pass"),), guards=self._held)

    def price(self, scenario):
        return 0


def played(reply, metric):
    simulator = uso.UserSimulator("p {scenario}", scripted(reply)[0])
    job = Job(simulator, TASK, scenario(), version="v", stage="s", repeat=0, seed=1)
    return play(job, metric)


def broken(outcome):
    return [verdict.criterion for verdict in outcome.broken]


@pytest.mark.parametrize("metric", [Own(), uso.RubricMetric()])
def test_what_a_reply_breaks_stands_in_the_grade_of_any_metric(metric):
    outcome = played("**no**", metric)
    assert broken(outcome) == ["universal.markup"]
    assert outcome.broken[0].evidence == "it holds markup or code: '**no**'"
    assert outcome.pass_rate == 1.0
    assert broken(played("no", metric)) == []


def test_guards_see_the_story_of_the_job_s_task_and_the_stop_tokens():
    assert broken(played("AB12CD", Own())) == []
    assert broken(played("AB12CE", Own())) == ["universal.unknown_fact"]
    assert broken(played("no ###STOP###", Own())) == ["universal.stop_with_text"]
    assert "universal.early_stop" in broken(played("###STOP###", uso.RubricMetric()))


def test_a_metric_s_own_guards_take_the_place_of_the_standard_ones():
    assert broken(played("**no**!", Own(guards=[SHOUT]))) == ["universal.shout"]
    without = uso.RubricMetric(guards=uso.universal_guards(without=["markup"]))
    assert broken(played("**no**", without)) == []
    assert broken(played("**no**", uso.RubricMetric(guards=[]))) == []


def test_a_verdict_that_the_grade_holds_is_not_doubled():
    held = verdict("universal.markup")
    assert played("**no**", Own(held)).guards == (held,)
    assert broken(played("**no** [date]", Own(held))) == [
        "universal.markup",
        "universal.placeholder",
    ]


def test_a_grade_without_objection_stays_the_same():
    grade = Own().grade(scenario(), "no")
    assert with_broken(grade, uso.universal_guards(), reply="no", moment=ALONE) is grade


def test_what_is_no_guard_is_refused_before_anything_is_spent():
    with pytest.raises(InputError, match="guards.0. is 'markup'"):
        uso.RubricMetric(guards=["markup"])
    lm, engine = scripted("no")
    examples = [dspy.Example(record=scenario(), task=TASK)]
    with pytest.raises(InputError, match="the guards are a str"):
        uso.evaluate(uso.UserSimulator("p {scenario}", lm), examples, Own(guards="markup"))
    assert engine.requests == []


def test_other_guards_than_the_standard_ones_stand_in_the_fingerprint():
    assert metric_name(uso.RubricMetric()) == "RubricMetric"
    assert metric_name(Own(guards=list(uso.universal_guards()))) == "Own"
    assert metric_name(Own(guards=[SHOUT])) == "Own[guards: shout]"
    assert metric_name(Own(guards=[], name="mine 3")) == "mine 3[guards: none]"
    # Of the same name, but another one.
    renamed = [
        uso.UniversalGuard(guard.name, guard.line, SHOUT.objection) for guard in guards_of(Own())
    ]
    assert guards_name(Own(guards=renamed)).startswith("[guards: both_sides, ")


def test_in_evaluate_and_gepa_broken_guards_stand_in_the_feedback_and_not_in_the_score():
    example = dspy.Example(record=scenario().of_task(TASK), task=TASK)
    clean, faulty = (
        uso.RubricMetric()(example, dspy.Prediction(reply=reply)) for reply in ("no", "**no**")
    )
    assert clean.score == faulty.score == 1.0
    line = "NEVER universal.markup (it holds markup or code: '**no**')"
    assert line in faulty.feedback.splitlines()
    assert "NEVER" not in clean.feedback
    assert [v.criterion for v in faulty.grade.broken] == ["universal.markup"]
