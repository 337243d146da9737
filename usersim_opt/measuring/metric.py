"""The worth of one reply: anything that grades it, and the rubric as such a metric."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import dspy

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.asking import in_thread
from usersim_opt.basics.errors import BadReply, InputError, NotScored, one_line
from usersim_opt.basics.text import has_stop_token, is_blank, spoken
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.measuring.calibration.card import JudgeCard, as_judge_card
from usersim_opt.measuring.judge import Judge, Model
from usersim_opt.measuring.outcome import Grade, Verdict, undecided_verdict
from usersim_opt.measuring.showing import (
    Asked,
    batch_of,
    questions,
    verdicts_on,
    verdicts_on_many,
)
from usersim_opt.measuring.universal.acting import STANDARD, guards_of, with_broken
from usersim_opt.measuring.universal.guard import Guards
from usersim_opt.models.naming import model_name
from usersim_opt.scenarios import checks
from usersim_opt.scenarios.records import Criterion, Scenario

NO_JUDGE = "no judge was given for criteria without a check"


class Metric(Protocol):
    """Anything that grades a reply to a scenario.

    A metric may have an attribute `models` as well, a mapping of role to language model, and a
    `name` that holds its settings; both stand in the fingerprint of a run. Models that it asks and
    does not name are added to the record where their tokens are counted. Its price is believed.
    Universal guards hold with every metric: those of its attribute `guards` if it has one, else the
    standard ones.
    """

    def grade(self, scenario: Scenario, reply: str) -> Grade:
        """All verdicts of the reply, in the order of the rubric."""
        ...

    def price(self, scenario: Scenario) -> int:
        """Model calls that grading one reply to this scenario costs at the most."""
        ...


def check_metric(metric: Any) -> None:
    """InputError unless the metric has what every metric needs."""
    if isinstance(metric, type):
        name = metric.__name__
        raise InputError(f"the metric is the class {name}; expected an object of it, {name}(...)")
    missing = [name for name in ("grade", "price") if not callable(getattr(metric, name, None))]
    if missing:
        raise InputError(
            f"the metric is a {type(metric).__name__} without {missing[0]!r}; expected an object "
            "with grade(scenario, reply) and price(scenario), such as a RubricMetric"
        )
    guards_of(metric)
    models = getattr(metric, "models", {})
    if not isinstance(models, Mapping):
        raise InputError(
            f"the metric's models are a {type(models).__name__}; "
            'expected a mapping of role to language model, such as {"judge": lm}, or no `models`'
        )
    for role, lm in models.items():
        _check_model(role, lm)


def _check_model(role: Any, lm: Any) -> None:
    if lm is not None and not isinstance(lm, dspy.BaseLM):
        raise InputError(
            f"the metric's model {role!r} is {lm!r:.60}; "
            'expected a language model, such as uso.connect("openai/NAME"), or None'
        )


def models_of(metric: Metric) -> dict[str, dspy.BaseLM]:
    """The models that a metric names, by role; DSPy's configured one where it names None."""
    named: Mapping[str, Model] = getattr(metric, "models", {})
    models = {role: lm or dspy.settings.lm for role, lm in named.items()}
    return {role: lm for role, lm in models.items() if lm is not None}


def models_with(simulator: UserSimulator, metric: Metric) -> list[Any]:
    """The model that plays the customer, then those of the metric."""
    return [simulator.lm or dspy.settings.lm, *models_of(metric).values()]


def judge_card_of(metric: Metric) -> JudgeCard | None:
    """The card of the metric's judge, where it has one."""
    card = getattr(metric, "judge_card", None)
    return card if isinstance(card, JudgeCard) else None


def price(metric: Metric, scenarios: Iterable[Scenario]) -> int:
    """Calls that one reply to each of the scenarios costs, its grading included.

    Raises InputError where the metric says no whole number of 0 or more.
    """
    return sum(1 + grading_price(metric, scenario) for scenario in scenarios)


def grading_price(metric: Metric, scenario: Scenario) -> int:
    """Calls that grading one reply to the scenario costs; InputError for what is no number."""
    calls = metric.price(scenario)
    if not _is_count(calls):
        raise InputError(
            f"the metric's price for scenario {scenario.id} is {calls!r}; "
            "expected a whole number of calls, 0 or more"
        )
    return calls


def _is_count(value: Any) -> bool:
    # To Python, True is a number as well.
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


class RubricMetric:
    """The rubric as a metric: here by `grade`, for dspy.Evaluate and GEPA by calling it.

    Called with an example of `load_dataset` and a prediction with `reply`, it returns a Prediction
    with `score` (the pass rate), `feedback` (each failed criterion with its evidence, and what
    passed) and `grade`. Any `Judge` will do; InputError for an object that is none.

    `guards` are the universal guards that hold beside the rubric, and not in the score: the
    standard ones, or what `uso.universal_guards(without=[...])` gives. With `judge_card`, what
    `uso.calibrate_judge` gave or its file, what is measured says how far the judge can be trusted
    and takes its errors out; a UserWarning names other models than the card is of.

    Without a judge the criteria without a check are unscored. Nothing is tuned or ablated so where
    there are some, unless `checks_only` says that they are meant to be left out.
    """

    @checks_arguments
    def __init__(
        self,
        judge: Judge | None = None,
        *,
        guards: Guards = STANDARD,
        judge_card: JudgeCard | str | Path | None = None,
        checks_only: bool = False,
    ) -> None:
        if judge is not None:
            check_judge(judge)
        if judge is not None and checks_only:
            raise InputError("checks_only leaves criteria to nobody; expected it without a judge")
        self.judge = judge
        self.checks_only = checks_only
        self.guards = guards
        guards_of(self)
        self.judge_card = as_judge_card(judge_card)
        if self.judge_card is not None:
            named = models_of(self).items()
            models = {role: model_name(lm) for role, lm in named}
            self.judge_card.warn_if_other(models, batch=self.batch)

    @property
    def models(self) -> dict[str, Model]:
        """The judge's models by role: `judge`, or `judge.1`, `judge.2`, ... of several."""
        judges = list(self.judge.models) if self.judge is not None else []
        if len(judges) == 1:
            return {"judge": judges[0]}
        return {f"judge.{number}": lm for number, lm in enumerate(judges, start=1)}

    def price(self, scenario: Scenario) -> int:
        """The judge's price for each time that it is asked: not at all where code decides all.

        Twice where some criteria need the private story and others do not.
        """
        if self.judge is None:
            return 0
        return self.judge.price * questions(self.judge, _unchecked(scenario))

    def grade(self, scenario: Scenario, reply: str) -> Grade:
        """Checks decide where there are some, else the judge; without a judge those are unscored.

        A reply that says nothing fails every criterion, and so does a bare stop token: leaving is
        no way to satisfy a rubric. Where the rubric lets the customer leave
        (`scenario.may_stop`), a bare stop token is graded as any reply.
        """
        return _grade_of(scenario, self._verdicts(scenario, reply))

    @property
    def batch(self) -> int:
        """How many replies are graded together: the judge's own number."""
        return batch_of(self.judge)

    def grade_many(self, replies: Sequence[tuple[Scenario, str]]) -> "Grades":
        """The same as `grade` for several replies, what a judge decides in one call if it can.

        Of a reply whose call failed there is the exception in the place of its grade.
        """
        if self.batch == 1:
            price = sum(self.price(scenario) for scenario, _ in replies)
            return Grades([self.grade(scenario, reply) for scenario, reply in replies], price)
        by_code = [_by_code(scenario, reply) for scenario, reply in replies]
        open_ones = {
            number: Asked(scenario, reply, left)
            for number, (scenario, reply) in enumerate(replies)
            if (left := [c for c in scenario.criteria if c.id not in by_code[number]])
        }
        if self.judge is None or not open_ones:
            return Grades([self.grade(scenario, reply) for scenario, reply in replies], 0)
        found = verdicts_on_many(self.judge, list(open_ones.values()))
        answers = dict(zip(open_ones, found.answers, strict=True))
        graded = [
            _grade_or_error(scenario, by_code[number], answers.get(number, {}))
            for number, (scenario, _) in enumerate(replies)
        ]
        return Grades(graded, found.calls * self.judge.price)

    def _verdicts(self, scenario: Scenario, reply: str) -> dict[str, Verdict]:
        """The verdict on each criterion, by criterion."""
        checked = _by_code(scenario, reply)
        if len(checked) == len(scenario.criteria):
            return checked
        return checked | self._judged(scenario, reply)

    def _judged(self, scenario: Scenario, reply: str) -> dict[str, Verdict]:
        """The verdicts on the criteria without a check, by criterion; one for each of them."""
        criteria = _unchecked(scenario)
        if not criteria:
            return {}
        if self.judge is None:
            return {c.id: undecided_verdict(c.id, NO_JUDGE) for c in criteria}
        return verdicts_on(self.judge, scenario, reply, criteria)

    def __call__(
        self,
        gold: dspy.Example,
        pred: dspy.Prediction,
        trace: Any = None,
        pred_name: str | None = None,
        pred_trace: Any = None,
    ) -> dspy.Prediction:
        """Score and feedback for one prediction.

        NotScored where nothing could be scored, whatever the reason: that is no score of 0, and
        DSPy makes one of every Exception.
        """
        try:
            return self._scored(gold, pred)
        except Exception as error:
            raise NotScored(
                f"the reply has no score: {one_line(error)}; DSPy would count that as 0. "
                "Mend it and go on, or measure with uso.evaluate, which leaves such replies out "
                "and counts them apart"
            ) from error

    async def acall(self, *args: Any, **inputs: Any) -> dspy.Prediction:
        """The same as a call, for asynchronous programs."""
        return await in_thread(self, *args, **inputs)

    async def agrade(self, scenario: Scenario, reply: str) -> Grade:
        """The same as `grade`, for asynchronous programs."""
        return await in_thread(self.grade, scenario, reply)

    def _scored(self, gold: dspy.Example, pred: dspy.Prediction) -> dspy.Prediction:
        """Score, feedback and grade."""
        scenario = gold.get("record")
        if not isinstance(scenario, Scenario):
            raise InputError("the example has no `record`; expected an example of load_dataset")
        grade = self.grade(scenario, pred.reply)
        if grade.pass_rate is None:
            why = grade.verdicts[0].evidence
            raise BadReply(f"scenario {scenario.id}: no criterion could be scored; {why}")
        moment = scenario.moment
        grade = with_broken(grade, guards_of(self), reply=pred.reply, moment=moment)
        advice = feedback(scenario, pred.reply, grade)
        return dspy.Prediction(score=grade.pass_rate, feedback=advice, grade=grade)


@dataclass(frozen=True)
class Grades:
    """What several replies are worth, and the calls that it cost to find out, repeats aside."""

    grades: Sequence[Grade | Exception]
    calls: int


def _grade_of(scenario: Scenario, verdicts: Mapping[str, Verdict]) -> Grade:
    return Grade(
        scenario=scenario.id,
        verdicts=tuple(verdicts[criterion.id] for criterion in scenario.scored_criteria),
        guards=tuple(verdicts[criterion.id] for criterion in scenario.guard_criteria),
    )


def _grade_or_error(
    scenario: Scenario, by_code: Mapping[str, Verdict], judged: Mapping[str, Verdict] | Exception
) -> Grade | Exception:
    if isinstance(judged, Exception):
        return judged
    return _grade_of(scenario, {**by_code, **judged})


def _by_code(scenario: Scenario, reply: str) -> dict[str, Verdict]:
    """The verdicts that need no judge: all of them for a reply that says nothing."""
    if why := _why_mute(scenario, reply):
        return {c.id: _by_check(c, why, holds=False) for c in scenario.criteria}
    return {
        criterion.id: _checked(criterion, reply, scenario.moment)
        for criterion in scenario.criteria
        if criterion.check is not None
    }


def check_judge(judge: Any) -> None:
    """InputError unless the judge has what every judge needs."""
    if isinstance(judge, type):
        raise InputError(
            f"the judge is the class {judge.__name__}; expected one of its objects, "
            f"such as {judge.__name__}(lm)"
        )
    missing = next(_missing(judge), None)
    if missing:
        raise InputError(
            f"the judge is a {type(judge).__name__} without {missing}; "
            "expected a RubricJudge, or a callable with `price` (calls for one reply) and `models`"
        )


def _missing(judge: Any) -> Iterator[str]:
    """What every judge needs and this object does not have."""
    for name in ("price", "models"):
        if not hasattr(judge, name):
            yield repr(name)
    if not callable(judge):
        yield "a call"
    if callable(getattr(judge, "grade", None)):
        yield "verdicts: it is a metric itself"


def _unchecked(scenario: Scenario) -> list[Criterion]:
    """The criteria that no check decides."""
    return [criterion for criterion in scenario.criteria if criterion.check is None]


def _why_mute(scenario: Scenario, reply: str) -> str:
    """Why a reply satisfies nothing whatever the criteria are; empty if it is to be graded."""
    if not is_blank(spoken(reply)):
        return ""
    if not has_stop_token(reply):
        return "the reply says nothing"
    return "" if scenario.may_stop else "the customer leaves without a word, and may not do so here"


def _checked(criterion: Criterion, reply: str, moment: checks.Moment) -> Verdict:
    holds, evidence = checks.run(criterion.check or {}, reply, moment)
    return _by_check(criterion, evidence, holds=holds)


def _by_check(criterion: Criterion, evidence: str, *, holds: bool) -> Verdict:
    """The verdict of code, which always decides."""
    outcome: Literal["pass", "fail"] = "pass" if holds else "fail"
    return Verdict(criterion=criterion.id, outcome=outcome, evidence=evidence, source="check")


def feedback(scenario: Scenario, reply: str, grade: Grade) -> str:
    """What a reflecting model should read.

    The reply, each failed criterion with its evidence, each broken guard, and what passed and is
    to be kept.
    """
    rules, dimensions = rules_of(scenario), scenario.dimension_by_criterion
    agent = scenario.history[-1].text
    lines = [f"After the agent's turn {agent!r} the customer {_said(reply)}."]
    lines += [f"FAILED {rules[v.criterion]} (evidence: {v.evidence})" for v in grade.failed]
    lines += [f"NEVER {rules.get(v.criterion, v.criterion)} ({v.evidence})" for v in grade.broken]
    passed = [dimensions[verdict.criterion] for verdict in grade.verdicts if verdict.passed]
    if passed:
        lines.append(f"Passed, to be kept: {', '.join(passed)}.")
    return "\n".join(lines)


def _said(reply: str) -> str:
    """What the customer did, in words."""
    said = f"replied {spoken(reply)!r}"
    if not has_stop_token(reply):
        return said
    return "left without a word" if is_blank(spoken(reply)) else f"{said} and left"


def rules_of(scenario: Scenario) -> dict[str, str]:
    """What a reply is held to, by criterion: its dimension and its sentence."""
    return {c.id: f"{c.dimension}: {c.text}" for c in scenario.criteria}
