import json

import pytest
from helpers import CRITERION, scenario, scripted

import usersim_opt as uso
from usersim_opt.basics.errors import ModelError
from usersim_opt.measuring.calibration.agreement import calibrate

OPEN = {"id": "calm", "dimension": "error_reaction.emotional_pattern", "text": "The reply is calm."}


def judge(verdict):
    """A judge that gives every criterion the same verdict."""

    def answer(request):
        asked = json.loads(
            request.messages[0].text.partition("<material>")[2].partition("</material>")[0]
        )["criteria"]
        return json.dumps(
            {"verdicts": [{"id": c["id"], "evidence": "", "verdict": verdict} for c in asked]}
        )

    return uso.RubricJudge(scripted(answer)[0])


@pytest.mark.parametrize(
    ("verdict", "passing", "failing"),
    [("pass", 1.0, 0.0), ("fail", 0.0, 1.0), ("maybe", None, None)],
)
def test_a_judge_is_measured_on_both_kinds_of_examples_with_and_without_checks(
    verdict, passing, failing
):
    scenarios = [
        scenario(
            criteria=[CRITERION, OPEN],
            examples={
                "pass": ["no", "not that"],
                "fail": {"reply": "Yes please, thank you so much!", "fails": ["short", "calm"]},
            },
        )
    ]
    found = calibrate(judge(verdict), scenarios)
    for agreement in (found.checked, found.unchecked):
        assert (agreement.on_passing, agreement.on_failing) == (passing, failing)
        assert sum(agreement.counts.values()) == 3
    assert "with a check" in str(found)


def test_the_stand_in_judge_is_better_than_chance(airline):
    """It knows the replies that pass, and passes most of those that fail one thing only."""
    found = calibrate(uso.RubricJudge(uso.connect("offline/judge")), airline.of("train"))
    assert found.unchecked.on_passing > 0.95
    assert found.unchecked.on_passing + found.unchecked.on_failing > 1.1


def test_a_judge_that_fails_is_named_with_the_scenario():
    broken = uso.RubricJudge(scripted(RuntimeError("boom"))[0])
    with pytest.raises(ModelError, match=r"the judge failed on scenario 001\.3 \(.*boom"):
        calibrate(broken, [scenario(criteria=[CRITERION, OPEN])])


class Backwards(uso.RubricJudge):
    """Gives its verdicts in another order than the criteria's."""

    def forward(self, history, reply, criteria):
        return super().forward(history=history, reply=reply, criteria=criteria[::-1])


def test_verdicts_are_paired_with_criteria_by_id():
    def answer(request):
        listed = [
            {"id": "calm", "evidence": "", "verdict": "fail"},
            {"id": "short", "evidence": "", "verdict": "pass"},
        ]
        return json.dumps({"verdicts": listed})

    labelled = scenario(criteria=[CRITERION | {"id": "short"}, OPEN])
    found = calibrate(Backwards(scripted(answer)[0]), [labelled])
    assert {given for _, given in found.unchecked.counts} == {"fail"}
    assert {given for _, given in found.checked.counts} == {"pass"}


def test_agreement_is_told_by_the_kind_of_example():
    examples = {
        "natural": ["no", "not that"],
        "near": [{"reply": "no, thanks", "fails": ["short"], "fault": "thanks"}],
        "contrary": [{"reply": "never", "fails": ["calm"]}],
    }
    found = calibrate(judge("pass"), [scenario(criteria=[CRITERION, OPEN], examples=examples)])
    assert list(found.by_kind) == ["natural", "near", "contrary"]
    assert found.by_kind["natural"].on_passing == 1.0
    assert found.by_kind["near"].on_failing == 0.0
    assert "contrary" in str(found)
    assert "rules that read no criterion" in str(found)
