"""The worth of one reply: anything that grades it, and the rubric as such a metric."""

from typing import Any, Protocol

import dspy

from usersim_opt.basics.errors import BadReply, InputError
from usersim_opt.basics.text import spoken
from usersim_opt.measuring.judge import RubricJudge, _unscored
from usersim_opt.measuring.outcome import Grade, Verdict
from usersim_opt.scenarios import checks
from usersim_opt.scenarios.records import Criterion, Scenario


class Metric(Protocol):
    """Anything that grades a reply to a scenario."""

    def grade(self, record: Scenario, reply: str) -> Grade:
        """All verdicts of the reply, in the order of the rubric."""
        ...

    def calls_judge(self, record: Scenario) -> bool:
        """Whether grading a reply to this scenario costs a call."""
        ...


class RubricMetric:
    """The rubric as a metric: for this library by `grade`, for `dspy.Evaluate` and `dspy.GEPA` by calling it.

    Called with an example of `load_dataset` and a prediction with `reply`, it returns a Prediction with `score` (the
    pass rate), `feedback` (each failed criterion with its evidence, and what passed) and `grade`.
    """

    def __init__(self, judge: RubricJudge | None = None) -> None:
        self.judge = judge

    def grade(self, record: Scenario, reply: str) -> Grade:
        """Checks first, then one judge call for the criteria without a check; without a judge those are unscored.

        A reply that says nothing (a bare stop token) fails every criterion: leaving is no way to satisfy a rubric.
        """
        if not spoken(reply):
            return Grade(scenario=record.id, verdicts=tuple(_silent(c) for c in record.criteria))
        verdicts = {c.id: _checked(c, reply) for c in record.criteria if c.check is not None}
        open_criteria = [c for c in record.criteria if c.check is None]
        if open_criteria and self.judge is not None:
            prediction = self.judge(history=record.history, reply=reply, criteria=open_criteria)
            verdicts |= {verdict.criterion: verdict for verdict in prediction.verdicts}
        elif open_criteria:
            verdicts |= {c.id: _unscored(c.id, "no judge was given for criteria without a check") for c in open_criteria}
        return Grade(scenario=record.id, verdicts=tuple(verdicts[c.id] for c in record.criteria))

    def calls_judge(self, record: Scenario) -> bool:
        """Whether grading a reply to this scenario costs a judge call."""
        return self.judge is not None and any(c.check is None for c in record.criteria)

    def __call__(
        self, gold: dspy.Example, pred: dspy.Prediction, trace: Any = None, pred_name: str | None = None, pred_trace: Any = None
    ) -> dspy.Prediction:
        """Score and feedback for one prediction; BadReply where nothing could be scored, since that is no score of 0."""
        record = gold.get("record")
        if not isinstance(record, Scenario):
            raise InputError("the example has no `record`; expected an example of load_dataset")
        grade = self.grade(record, pred.reply)
        if grade.pass_rate is None:
            raise BadReply(f"scenario {record.id}: no criterion could be scored; {grade.verdicts[0].evidence}")
        return dspy.Prediction(score=grade.pass_rate, feedback=feedback(record, pred.reply, grade), grade=grade)


def _silent(criterion: Criterion) -> Verdict:
    return Verdict(criterion=criterion.id, outcome="fail", evidence="the reply says nothing", source="check")


def _checked(criterion: Criterion, reply: str) -> Verdict:
    holds, evidence = checks.run(criterion.check or {}, reply)
    return Verdict(criterion=criterion.id, outcome="pass" if holds else "fail", evidence=evidence, source="check")


def feedback(record: Scenario, reply: str, grade: Grade) -> str:
    """What a reflecting model should read: the reply, each failed criterion with its evidence, and what to keep."""
    texts = {c.id: c for c in record.criteria}
    lines = [f"After the agent's turn {record.history[-1].text!r} the customer replied {spoken(reply)!r}."]
    for verdict in grade.verdicts:
        criterion = texts[verdict.criterion]
        if verdict.outcome == "fail":
            lines.append(f"FAILED {criterion.dimension}: {criterion.text} (evidence: {verdict.evidence})")
    kept = [texts[v.criterion].dimension for v in grade.verdicts if v.outcome == "pass"]
    if kept:
        lines.append(f"Passed, to be kept: {', '.join(kept)}.")
    return "\n".join(lines)
