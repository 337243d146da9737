"""What verdicts of a judge cost, in calls for each."""

from reviews import graded

from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.judge_cost import JudgeCost


def test_calls_are_counted_for_each_verdict_of_the_judge_and_those_of_code_apart():
    outcomes = [graded("001.3", "v", f"no {n}", calm=True, repeat=n) for n in range(4)]
    free = [each.model_copy(update={"calls": {"user": 1, "judge": 0}}) for each in outcomes[1:]]
    cost = JudgeCost.of([outcomes[0], *free])
    assert (cost.calls, cost.verdicts, cost.by_code, cost.each) == (1, 4, 4, 0.25)
    assert cost.sentence == "Judge: 1 call for 4 verdicts, 0.25 for each; code gave 4 more."
    assert Evaluation({}, outcomes).judge_cost.each == 1.0


def test_where_no_judge_was_asked_nothing_is_said():
    assert JudgeCost.of([]).sentence == ""
    assert JudgeCost.of([]).each is None
