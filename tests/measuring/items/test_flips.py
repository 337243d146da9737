"""A judge that is asked twice."""

import dspy
import pytest
from helpers import CRITERION
from item_worlds import DIMENSIONS, evaluation, graded, rubric

import usersim_opt as uso
from usersim_opt.basics.errors import BadReply, InputError
from usersim_opt.measuring.items.flips import JudgedTwice, Rejudged, stayed
from usersim_opt.measuring.items.responses import responses_of
from usersim_opt.measuring.outcome import Verdict

RUBRIC = rubric("001.3", {"a": DIMENSIONS[0], "b": DIMENSIONS[1]})


class Judge:
    """Fails the criterion that it is asked first; keeps what it was asked."""

    price, models = 1, ()

    def __init__(self, broken=()):
        self.asked, self.broken = [], broken

    def __call__(self, *, history, reply, criteria):
        if reply in self.broken:
            raise BadReply("nothing to read")
        names = [criterion.id for criterion in criteria]
        self.asked.append(names)
        verdicts = [
            Verdict(
                criterion=name,
                outcome="pass" if number else "fail",
                evidence="",
                source="judge",
            )
            for number, name in enumerate(names)
        ]
        return dspy.Prediction(verdicts=tuple(verdicts))


def judged(replies=40):
    verdicts = {"a": "fail", "b": "pass"}
    return evaluation([RUBRIC], [graded("001.3", verdicts, repeat=n) for n in range(replies)])


def test_the_criteria_come_in_the_other_order_and_changed_verdicts_are_flips():
    judge = Judge()
    found = uso.judge_twice(judged(), judge, share=0.1)
    assert judge.asked == [["b", "a"]] * 4
    assert (found.replies, found.flips, found.share) == (4, 8, 1.0)
    assert str(found) == "8 of 8 verdicts (100.0 %) changed when 4 replies were judged again"


def test_which_replies_are_judged_again_depends_on_the_seed_alone():
    one, same, other = (
        {each.reply for each in uso.judge_twice(judged(), Judge(), share=0.2, seed=seed).verdicts}
        for seed in (1, 1, 2)
    )
    assert one == same != other
    assert len(uso.judge_twice(judged(3), Judge()).verdicts) == 2, "one reply at least"


def test_a_metric_stands_for_its_judge_and_a_failed_call_loses_only_itself():
    broken = Judge(broken={"v 1"})
    found = uso.judge_twice(judged(3), uso.RubricMetric(broken), share=1)
    assert (found.replies, len(found.verdicts)) == (2, 4)
    assert "BadReply: nothing to read" in found.errors[0]
    assert str(found).endswith("; 1 call failed")


@pytest.mark.parametrize(
    ("evaluated", "judge", "share", "message"),
    [
        (judged(), Judge(), 0, "share is 0; expected a part"),
        (judged(), Judge(), 1.5, "share is 1.5"),
        (judged(), uso.RubricMetric(), 0.5, "the metric has no judge"),
        (
            evaluation([RUBRIC], [graded("001.3", {"a": "pass"}, source="check")]),
            Judge(),
            0.5,
            "no reply of the evaluation has a verdict of a judge",
        ),
    ],
)
def test_what_cannot_be_judged_twice_is_said(evaluated, judge, share, message):
    with pytest.raises(InputError, match=message):
        uso.judge_twice(evaluated, judge, share=share)


def test_the_same_reply_in_an_evaluation_counts_as_judged_twice():
    outcomes = [
        graded("001.3", {"a": True, "b": True}, reply="no"),
        graded("001.3", {"a": False, "b": True}, reply="no", repeat=1),
        graded("001.3", {"a": True, "b": "unscored"}, reply="no", repeat=2),
        graded("001.3", {"a": False, "b": False}, reply="yes", repeat=3),
    ]
    found = stayed(responses_of(evaluation([RUBRIC], outcomes)), None)
    assert found == {("001.3", "a"): (1, 2), ("001.3", "b"): (1, 1)}


def test_what_code_decided_twice_says_nothing_of_a_judge():
    checked = rubric(
        "001.3",
        {},
        criteria=[CRITERION],
        examples={"natural": ["no"], "near": [{"reply": "x", "fails": ["short"], "fault": "x"}]},
    )
    outcomes = [
        graded("001.3", {"short": True}, reply="no", repeat=n, source="check") for n in (0, 1)
    ]
    assert stayed(responses_of(evaluation([checked], outcomes)), None) == {}


def test_verdicts_that_were_looked_at_again_join_those_of_the_evaluation():
    def verdict(word):
        return Verdict(criterion="a", outcome=word, evidence="", source="judge")

    twice = JudgedTwice(
        (
            Rejudged("001.3", "a", "x", verdict("pass"), verdict("fail")),
            Rejudged("001.3", "a", "y", verdict("pass"), verdict("pass")),
        ),
        replies=2,
    )
    assert stayed(responses_of(judged(1)), twice) == {("001.3", "a"): (1, 2)}
    assert twice.share == 0.5
    assert JudgedTwice((), 0).share is None
