import pytest
from conftest import BASE_PROMPT
from helpers import CRITERION, outcome, scenario, scripted, stumbling_at
from ollama_server import OllamaServer

import usersim_opt as uso
from usersim_opt.basics.errors import InputError, TooManyErrors
from usersim_opt.basics.figures import OFFLINE_NOTE, Interval, percent
from usersim_opt.basics.layout import grid
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.outcome import Verdict
from usersim_opt.measuring.runner import ignore
from usersim_opt.models.loopback import counted_answer

ASKS = {
    "id": "asks",
    "dimension": "clarification.clarifying_questions",
    "text": "It asks.",
    "check": {"asks": True},
}


def evaluation():
    scenarios = {
        name: scenario(name, criteria=[CRITERION, ASKS]) for name in ("001.3", "001.4", "002.3")
    }
    metric = uso.RubricMetric()
    replies = {"001.3": "what?", "001.4": "no", "002.3": "this is a reply that is rather long"}
    outcomes = [
        uso.Outcome(
            scenario=name,
            version="v",
            stage="s",
            repeat=repeat,
            status="scored",
            reply=replies[name],
            grade=metric.grade(record, replies[name]),
        )
        for name, record in scenarios.items()
        for repeat in range(2)
    ]
    return Evaluation(scenarios, [*outcomes, outcome("001.3", 0, 0, repeat=9, status="error")])


def test_pass_rates_are_passed_over_scored_criteria_by_dimension():
    side = evaluation()
    assert side.pass_rate.mean == pytest.approx(6 / 12)
    assert {name: (t.passed, t.scored, t.failing) for name, t in side.by_dimension.items()} == {
        "communication_style.shortness": (4, 6, ("002.3 x2",)),
        "clarification.clarifying_questions": (2, 6, ("001.4 x2", "002.3 x2")),
    }
    assert (side.failing, side.errors, side.unscored) == (["001.4", "002.3"], 1, 0)
    assert "50.0 %" in str(side)


def test_unscored_verdicts_are_counted_apart():
    grade = uso.Grade(
        scenario="001.3",
        verdicts=(Verdict(criterion="short", outcome="unscored", evidence="", source="judge"),),
    )
    outcomes = [
        uso.Outcome(
            scenario="001.3", version="v", stage="s", repeat=0, status="unscored", grade=grade
        )
    ]
    evaluation = Evaluation({"001.3": scenario()}, outcomes)
    assert (evaluation.unscored, evaluation.by_dimension, evaluation.pass_rate) == (1, {}, None)
    assert "pass rate - over 1 reply; 0 errors, 1 unscored verdict" in str(evaluation)


def test_evaluate_and_compare_pair_the_same_jobs(airline, simulator, metric):
    alone = uso.evaluate(simulator, airline.smoke, metric, seeds=2)
    assert len(alone.outcomes) == 2 * len(airline.smoke)
    same = uso.compare(simulator, simulator, airline.smoke, metric, seeds=2)
    assert same.difference.gain.mean == 0
    assert [o.reply for o in same.old.outcomes] == [o.reply for o in alone.outcomes]
    better = simulator.with_prompt(uso.read_prompt(BASE_PROMPT.with_name("calibrated.txt")))
    comparison = uso.compare(simulator, better, airline.smoke, metric, seeds=4)
    assert comparison.difference.proven
    assert "Better: the 95 % interval lies above zero, over scenarios and over tasks" in str(
        comparison
    )
    worse = uso.compare(better, simulator, airline.smoke, metric, seeds=4)
    assert "Worse: the 95 % interval lies below zero" in str(worse)


def test_failed_calls_are_no_zeros_and_too_many_give_no_figure(airline, base_prompt, metric):
    lm, _ = scripted(RuntimeError("down"))
    with pytest.raises(TooManyErrors, match="4 of 4 calls failed, the last with .*down"):
        uso.evaluate(uso.UserSimulator(base_prompt, lm), airline.smoke[:4], metric)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"simulator": "x"}, "simulator is 'x'; expected a UserSimulator"),
        ({"examples": []}, "no scenario to evaluate on"),
        ({"examples": 3}, "examples is 3; expected a list"),
        ({"examples": ["x"]}, r"examples\[0\] has no scenario record"),
        ({"seeds": 0}, "seeds is 0"),
    ],
)
def test_useless_arguments_are_named(airline, simulator, metric, arguments, complaint):
    given = {"simulator": simulator, "examples": airline.smoke, "metric": metric} | arguments
    with pytest.raises(InputError, match=complaint):
        uso.evaluate(**given)


def test_failing_replies_can_be_read(airline, simulator, metric):
    text = uso.evaluate(simulator, airline.smoke, metric).failures(2)
    assert text.count("customer: ") == 2
    assert "fails " in text


def test_what_is_shown_is_short_where_it_must_be(airline, simulator, metric):
    comparison = uso.compare(simulator, simulator, airline.smoke[:5], metric)
    assert len(repr(airline)) < 100
    assert len(repr(comparison.new)) < 120
    assert len(repr(comparison)) < 300
    assert max(len(line) for line in str(comparison).splitlines()) <= 110


def test_shown_intervals_stay_between_0_and_100():
    assert percent(Interval(0.9, 0.7, 1.2)) == "90.0 % [70.0 %, 100.0 %]"
    assert percent(Interval(0.9, None, None)) == "90.0 %"


def test_tables_line_up():
    assert grid(["a", "n"], [["x", "1"], ["yy", "10"]]) == "a    n\n--  --\nx    1\nyy  10"
    assert OFFLINE_NOTE.endswith("real models.")


def test_the_share_of_missing_verdicts_stands_beside_every_pass_rate(airline, simulator):
    metric = uso.RubricMetric(uso.RubricJudge(stumbling_at(airline.smoke)[0]))
    compared = uso.compare(simulator, simulator, airline.smoke, metric, seeds=3, progress=ignore)
    judged = compared.new.judged
    assert 0 < judged.share < 0.05
    assert judged.missing == compared.new.unscored
    said = f"{judged.missing} of {judged.judged} ({100 * judged.share:.1f} %)"
    assert f"; {said} of the judge's verdicts are missing" in compared.new.head
    assert f"{said} of the judge" in compared.new._repr_html_()
    assert f"Missing verdicts of the judge: old {compared.old.judged}, new {said}." in str(compared)
    assert said in compared._repr_html_()


def test_where_no_verdict_is_missing_nothing_is_said_of_it(airline, simulator, metric):
    same = uso.compare(simulator, simulator, airline.smoke, metric, progress=ignore)
    assert "issing" not in str(same) + str(same.new)


def test_a_judge_that_is_never_readable_stops_an_evaluation_and_is_quoted(airline, simulator):
    def think(body):
        return 200, counted_answer(body, '{"thought": "The customer has written a reply."}')

    with OllamaServer(think) as server:
        judge = uso.RubricJudge(uso.connect("ollama/m", api_base=server.url))
        with pytest.raises(TooManyErrors, match="The customer has written a reply"):
            uso.evaluate(simulator, airline.smoke, uso.RubricMetric(judge), progress=ignore)
