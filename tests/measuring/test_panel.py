"""A panel is one judge: its verdicts, its price, and what it does when a judge of it fails."""

import json
import pickle

import dspy
import pytest
from conftest import AIRLINE
from helpers import CRITERION, awaited, scenario, scripted

import usersim_opt as uso
from usersim_opt.basics.errors import InputError, UsersimError
from usersim_opt.measuring.panel import PanelReport

OPEN = [
    {"id": name, "dimension": "error_reaction.emotional_pattern", "text": f"It is {name}."}
    for name in ("calm", "plain")
]
EXAMPLES = {"pass": ["a"], "fail": {"reply": "b", "fails": ["calm"]}}
RUBRIC = scenario(criteria=OPEN, examples=EXAMPLES)


def judge(**outcomes):
    """A judge that gives these outcomes, and what it was sent."""

    def answer(request):
        text = request.messages[0].text
        block = text.partition("<material>")[2].partition("</material>")[0]
        asked = [each["id"] for each in json.loads(block)["criteria"]]
        listed = [
            {"id": name, "evidence": f"{name} it is", "verdict": outcomes[name]} for name in asked
        ]
        return json.dumps({"verdicts": listed})

    lm, engine = scripted(answer)
    return uso.RubricJudge(lm), engine.requests


def broken():
    return uso.RubricJudge(scripted(RuntimeError("the server is down"))[0])


def judged(panel):
    found = panel(history=RUBRIC.history, reply="no", criteria=RUBRIC.criteria)
    return [verdict.outcome for verdict in found.verdicts]


PASS, FAIL = {"calm": "pass", "plain": "pass"}, {"calm": "fail", "plain": "pass"}


def test_the_majority_decides_and_its_votes_stand_before_the_evidence():
    panel = uso.JudgePanel([judge(**each)[0] for each in (PASS, FAIL, FAIL)])
    assert judged(panel) == ["fail", "pass"]
    found = panel(history=RUBRIC.history, reply="no", criteria=RUBRIC.criteria)
    assert [each.evidence for each in found.verdicts] == [
        "2 of 3 judges: calm it is",
        "3 of 3 judges: plain it is",
    ]
    assert panel.price == 3
    assert panel.report.agreement == 0.5
    assert panel.report.price == 3.0


def test_models_may_stand_for_their_judges():
    lm, _ = scripted(json.dumps({"verdicts": []}))
    panel = uso.JudgePanel([lm, uso.RubricJudge(lm)])
    assert panel.models == (lm, lm)
    assert uso.RubricMetric(panel).models == {"judge.1": lm, "judge.2": lm}


def test_two_judges_that_differ_give_no_verdict():
    assert judged(uso.JudgePanel([judge(**PASS)[0], judge(**FAIL)[0]])) == ["unscored", "pass"]


def test_with_one_judge_down_both_others_must_agree_and_that_is_told():
    panel = uso.JudgePanel([judge(**PASS)[0], broken(), judge(**FAIL)[0]])
    found = panel(history=RUBRIC.history, reply="no", criteria=RUBRIC.criteria).verdicts
    assert [each.outcome for each in found] == ["unscored", "pass"]
    assert found[0].missing
    assert "1 pass, 1 fail" in found[0].evidence
    assert "judge 2 failed 1 time" in str(panel.report)
    assert panel.report.missing == 1


def test_one_judge_of_three_alone_decides_nothing():
    assert judged(uso.JudgePanel([judge(**PASS)[0], broken(), broken()])) == ["unscored"] * 2


@pytest.mark.parametrize("rule", ["majority", "escalate"])
def test_where_all_judges_fail_the_panel_fails_as_one_judge_would(rule):
    with pytest.raises(Exception, match="the server is down"):
        judged(uso.JudgePanel([broken(), broken(), broken()], rule=rule))


def test_only_what_is_split_goes_to_the_stronger_judge():
    strong, asked = judge(calm="fail", plain="fail")
    panel = uso.JudgePanel([judge(**PASS)[0], judge(**FAIL)[0], strong], rule="escalate")
    assert judged(panel) == ["fail", "pass"]
    assert len(asked) == 1
    assert "plain" not in asked[0].messages[0].text
    assert panel.price == 3, "at the most"
    judged(uso.JudgePanel([judge(**PASS)[0], judge(**PASS)[0], strong], rule="escalate"))
    assert len(asked) == 1
    assert panel.report.escalated == 1
    assert "1 verdict escalated" in str(panel.report)


def test_with_one_of_two_down_everything_goes_to_the_stronger_judge():
    strong, asked = judge(calm="fail", plain="fail")
    panel = uso.JudgePanel([judge(**PASS)[0], broken(), strong], rule="escalate")
    assert judged(panel) == ["fail", "fail"]
    assert len(asked) == 1


def test_without_the_stronger_judge_what_is_split_is_missing():
    panel = uso.JudgePanel([judge(**PASS)[0], judge(**FAIL)[0], broken()], rule="escalate")
    assert judged(panel) == ["unscored", "pass"]


def test_a_panel_that_abstains_loses_nothing():
    class Abstains:
        price, models = 0, ()

        def __call__(self, *, history, reply, criteria):
            verdicts = [
                uso.Verdict(criterion=c.id, outcome="unscored", evidence="", source="nobody")
                for c in criteria
            ]
            return dspy.Prediction(verdicts=verdicts)

    panel = uso.JudgePanel([Abstains(), Abstains()])
    found = panel(history=RUBRIC.history, reply="no", criteria=RUBRIC.criteria).verdicts
    assert [each.source for each in found] == ["nobody", "nobody"]
    assert panel.report.missing == 0


@pytest.mark.parametrize(
    ("judges", "rule", "complaint"),
    [
        (1, "majority", "the panel has 1 judge; expected 2 or more"),
        (2, "escalate", "the panel has 2 judges; expected 3 or more for the rule 'escalate'"),
        (3, "vote", "rule is 'vote'; expected 'majority' or 'escalate'"),
    ],
)
def test_a_panel_that_can_decide_nothing_is_refused(judges, rule, complaint):
    with pytest.raises(InputError, match=complaint):
        uso.JudgePanel([judge(**PASS)[0]] * judges, rule=rule)


def test_what_is_no_judge_is_refused():
    with pytest.raises(InputError, match="without 'price'"):
        uso.JudgePanel([len, len])


def test_a_panel_passes_through_compare_like_one_judge():
    data = uso.load_dataset(AIRLINE)
    examples = [_with_judge(example) for example in data.smoke[:4]]
    lm = uso.connect("offline/judge")
    panel = uso.JudgePanel([lm, lm, lm])
    sim = uso.UserSimulator("{scenario}", uso.connect("offline/user"))
    found = uso.evaluate(sim, examples, uso.RubricMetric(panel))
    assert {outcome.calls["judge"] for outcome in found.outcomes} == {3}
    assert found.judged.judged
    assert list(found.origin.models) == ["user", "judge.1", "judge.2", "judge.3"]
    assert panel.report.replies == 4


def _with_judge(example):
    *checked, last = example.record.criteria
    criteria = (*checked, last.model_copy(update={"check": None}))
    record = example.record.model_copy(update={"criteria": criteria})
    return example.copy(record=record)


def test_a_panel_has_a_name_for_the_fingerprint_of_a_run():
    panel = uso.JudgePanel([judge(**PASS)[0]] * 3, rule="escalate")
    assert panel.name == "panel of 3, escalate"


def test_the_panel_can_be_awaited():
    panel = uso.JudgePanel([judge(**PASS)[0]] * 2)
    asked = {"history": RUBRIC.history, "reply": "no", "criteria": RUBRIC.criteria}
    assert awaited(panel.acall(**asked)).verdicts[0].outcome == "pass"


def test_counts_stay_behind_where_a_panel_goes_to_another_process():
    panel = uso.JudgePanel([judge(**PASS)[0]] * 2)
    judged(panel)
    copy = pickle.loads(pickle.dumps(panel._tally))
    assert not copy.counts
    assert panel.report.replies == 1


def test_a_panel_that_judged_nothing_says_so():
    assert str(PanelReport(3)) == "Panel of 3 judges: nothing was judged."


def test_a_criterion_with_a_check_costs_a_panel_nothing():
    panel = uso.JudgePanel([broken(), broken()])
    assert uso.RubricMetric(panel).grade(scenario(criteria=[CRITERION]), "no").passed == 1


def test_a_panel_that_cannot_agree_stops_an_evaluation():
    panel = uso.JudgePanel([judge(**PASS)[0], judge(calm="fail", plain="fail")[0]])
    data = uso.load_dataset(AIRLINE)
    task = data.tasks["001"]
    rubrics = [scenario(f"001.{n}", criteria=OPEN, examples=EXAMPLES) for n in range(1, 5)]
    examples = [_example(task, rubric) for rubric in rubrics]
    sim = uso.UserSimulator("{scenario}", scripted("no")[0])
    with pytest.raises(UsersimError, match="the 2 judges gave no verdict together"):
        uso.evaluate(sim, examples, uso.RubricMetric(panel))


def _example(task, record):
    return dspy.Example(task=task, record=record)
