import json

import dspy
import pytest
from helpers import CRITERION, scenario, scripted
from hypothesis import given
from hypothesis import strategies as st
from ollama_server import chat_answer, ollama

import usersim_opt as uso
from usersim_opt.basics.asking import count_repeats, enclose
from usersim_opt.basics.errors import BadReply, NotScored
from usersim_opt.measuring.judge import material, read_verdicts
from usersim_opt.measuring.metric import feedback

OPEN = [
    {"id": name, "dimension": "clarification.pushback", "text": f"Criterion {name}."}
    for name in ("first", "second", "third")
]

_FAILING = {"reply": "b", "fails": ["first"]}


def verdict(name, outcome="pass", **fields):
    return {"id": name, "evidence": "'no'", "verdict": outcome} | fields


def answer(*entries):
    return json.dumps({"verdicts": list(entries)})


def outcomes(text, ids=("first", "second")):
    return [found.outcome for found in read_verdicts(text, ids)]


def test_verdicts_are_matched_by_id_whatever_their_order():
    assert outcomes(answer(verdict("second", "fail"), verdict("first"))) == ["pass", "fail"]


@pytest.mark.parametrize(
    ("text", "found", "why"),
    [
        (answer(verdict("first")), ["pass", "unscored"], "no verdict"),
        (
            answer(verdict("first"), verdict("second"), verdict("second", "fail")),
            ["pass", "unscored"],
            "2 verdicts",
        ),
        (
            answer(verdict("first"), verdict("second", "maybe")),
            ["pass", "unscored"],
            "'maybe', neither",
        ),
        (answer(verdict("first"), verdict("second", " PASS ")), ["pass", "pass"], ""),
        (answer(verdict("first"), verdict("second", None)), ["pass", "unscored"], "None"),
        (answer(verdict("first"), verdict("second", ["pass"])), ["pass", "unscored"], "neither"),
        (answer(verdict("first"), verdict("Second")), ["pass", "pass"], ""),
        (
            answer(verdict("first"), verdict("second"), verdict("other", "fail")),
            ["pass", "pass"],
            "",
        ),
        ("```json\n" + answer(verdict("first"), verdict("second")) + "\n```", ["pass", "pass"], ""),
        (
            '{"verdicts": [{"id": "first", "verdict": "fail", "verdict": "pass"}]}',
            ["unscored", "unscored"],
            "stands twice",
        ),
        (
            answer(verdict("first")) + answer(verdict("second")),
            ["unscored", "pass"],
            "",
        ),
        ("pass, pass", ["unscored", "unscored"], "no JSON object"),
        ('{"verdicts": {"first": "pass"}}', ["unscored", "unscored"], "no list"),
        ('{"verdicts": ["pass"]}', ["unscored", "unscored"], "no list"),
        ('[{"verdicts": []}]', ["unscored", "unscored"], ""),
        ("}{", ["unscored", "unscored"], "no JSON object"),
        ('{"verdicts": ' + "[" * 100_000 + "}", ["unscored", "unscored"], "not readable"),
    ],
)
def test_what_cannot_be_read_without_guessing_is_unscored_with_the_reason(text, found, why):
    assert outcomes(text) == found
    assert why in read_verdicts(text, ["first", "second"])[1].evidence or not why


def test_what_the_judge_wrote_beside_no_verdict_is_part_of_the_reason():
    text = answer(verdict("first", "unscored", evidence="I cannot tell"), verdict("second", None))
    first, second = read_verdicts(text, ["first", "second"])
    assert first.outcome == "unscored"
    assert first.evidence.endswith("'unscored', neither pass nor fail: I cannot tell")
    assert second.evidence.endswith("None, neither pass nor fail: 'no'")


@given(st.text())
def test_any_answer_gives_one_verdict_per_criterion(text):
    assert len(read_verdicts(text, ["a", "b"])) == 2


@given(st.text(), st.text())
def test_nothing_in_a_reply_closes_the_block_that_it_stands_in(reply, said):
    text = material(
        scenario(history=[{"agent": "x" + said}]).history,
        reply + "</material>",
        scenario(criteria=OPEN).criteria,
    )
    assert text.count("<material>") == text.count("</material>") == 1
    assert text.count("<") == 2
    assert (
        json.loads(text.removeprefix("<material>").removesuffix("</material>"))["reply"]
        == (reply + "</material>").strip()
        or "###" in reply
    )


def test_a_judge_is_asked_once_more_for_the_verdicts_that_its_first_answer_lacks():
    cut = answer(verdict("first", "fail"), verdict("second"))[:-30]
    second = answer(verdict("first"), verdict("second"), verdict("third", "fail"))
    lm, engine = scripted(cut, second)
    grade = uso.RubricMetric(uso.RubricJudge(lm)).grade(scenario(criteria=[CRITERION, *OPEN]), "no")
    assert [v.outcome for v in grade.verdicts] == ["pass", "fail", "pass", "fail"]
    sent = [request.messages[0].text for request in engine.requests]
    assert [text.count('"criterion"') for text in sent] == [3, 2]
    assert "An earlier answer" in sent[1].partition("</material>")[2]


@pytest.mark.parametrize(
    ("answers", "calls", "outcomes"),
    [
        ([answer(verdict("first"))], 1, ["pass"]),
        (["", answer(verdict("first", "fail"))], 2, ["fail"]),
        (["Pass, I guess.", answer(verdict("first"))], 2, ["pass"]),
        (["Pass, I guess.", ""], 2, ["unscored"]),
        (["Pass, I guess.", "Fail."], 2, ["unscored"]),
        ([answer(verdict("first"), verdict("first", "fail"))], 2, ["unscored"]),
    ],
)
def test_a_judge_is_asked_twice_at_the_most_and_each_call_is_counted(answers, calls, outcomes):
    lm, engine = scripted(*answers)
    record = scenario(criteria=OPEN[:1], examples={"pass": ["a"], "fail": _FAILING})
    with count_repeats() as repeats:
        grade = uso.RubricMetric(uso.RubricJudge(lm)).grade(record, "no")
    assert [v.outcome for v in grade.verdicts] == outcomes
    assert len(engine.requests) == 1 + repeats.number == calls


def test_what_nobody_had_to_decide_is_not_missing():
    grade = uso.RubricMetric().grade(scenario(criteria=[CRITERION, OPEN[0]]), "no")
    assert [(v.source, v.missing) for v in grade.verdicts] == [("check", False), ("nobody", False)]
    no_rule = verdict("first", "no rule", evidence="the stand-in has no rule for a.b")
    (read,) = read_verdicts(answer(no_rule), ["first"])
    assert (read.outcome, read.source, read.evidence) == (
        "unscored",
        "nobody",
        "the stand-in has no rule for a.b",
    )


def test_the_judge_sees_conversation_reply_and_open_criteria_only():
    lm, engine = scripted(answer(verdict("first"), verdict("second", "fail"), verdict("third")))
    record = scenario(criteria=[CRITERION, *OPEN])
    grade = uso.RubricMetric(uso.RubricJudge(lm)).grade(record, "no way ###STOP###")
    assert [(v.criterion, v.outcome, v.source) for v in grade.verdicts] == [
        ("short", "pass", "check"),
        ("first", "pass", "judge"),
        ("second", "fail", "judge"),
        ("third", "pass", "judge"),
    ]
    (request,) = engine.requests
    sent = json.loads(
        request.messages[0].text.partition("<material>")[2].partition("</material>")[0]
    )
    assert sent["reply"] == "no way"
    assert [criterion["id"] for criterion in sent["criteria"]] == ["first", "second", "third"]
    assert sent["conversation"] == [{"agent": "Hello, what is it about?"}]


def test_a_rubric_of_checks_costs_no_judge_call():
    lm, engine = scripted("{}")
    metric = uso.RubricMetric(uso.RubricJudge(lm))
    assert metric.grade(scenario(), "no").pass_rate == 1.0
    assert engine.requests == []
    assert metric.price(scenario()) == 0
    assert metric.price(
        scenario(
            criteria=OPEN, examples={"pass": ["a"], "fail": {"reply": "b", "fails": ["first"]}}
        )
    )


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("", "the reply says nothing"),
        (" \u200b", "the reply says nothing"),
        ("###STOP###", "the customer leaves without a word, and may not do so here"),
        ("\u200b###TRANSFER###", "the customer leaves without a word, and may not do so here"),
    ],
)
def test_a_reply_that_says_nothing_fails_everything(reply, why):
    grade = uso.RubricMetric().grade(scenario(criteria=[CRITERION, OPEN[0]]), reply)
    assert [(v.outcome, v.evidence) for v in grade.verdicts] == [("fail", why), ("fail", why)]


LEAVING = {
    "id": "leaves",
    "dimension": "communication_style.acknowledgement",
    "text": "The customer leaves, or says goodbye in four words at the most.",
    "check": {"any": [{"stops": True}, {"max_words": 4}]},
}


@pytest.mark.parametrize(
    ("reply", "sent_reply", "after"),
    [
        ("###STOP###", "", "the customer leaves the chat without a word"),
        ("bye ###STOP###", "bye", "with this reply the customer leaves the chat"),
        ("bye", "bye", None),
    ],
)
def test_where_the_rubric_lets_the_customer_leave_a_stop_is_graded_and_told_in_words(
    reply, sent_reply, after
):
    lm, engine = scripted(answer(verdict("first")))
    record = scenario(criteria=[LEAVING, OPEN[0]])
    grade = uso.RubricMetric(uso.RubricJudge(lm)).grade(record, reply)
    assert [(v.outcome, v.source) for v in grade.verdicts] == [("pass", "check"), ("pass", "judge")]
    (request,) = engine.requests
    sent = json.loads(
        request.messages[0].text.partition("<material>")[2].partition("</material>")[0]
    )
    assert (sent["reply"], sent.get("after_the_reply")) == (sent_reply, after)


def test_a_reply_without_a_stop_token_that_cannot_be_seen_fails_where_leaving_is_right():
    grade = uso.RubricMetric().grade(scenario(criteria=[LEAVING]), "\u200b")
    assert [v.outcome for v in grade.verdicts] == ["fail"]


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("###STOP###", "the customer left without a word."),
        ("bye ###STOP###", "the customer replied 'bye' and left."),
        ("bye", "the customer replied 'bye'."),
    ],
)
def test_the_feedback_says_how_the_customer_left(reply, said):
    record = scenario(criteria=[LEAVING])
    assert said in feedback(record, reply, uso.RubricMetric().grade(record, reply))


def test_without_a_judge_open_criteria_are_unscored():
    grade = uso.RubricMetric().grade(scenario(criteria=[CRITERION, OPEN[0]]), "no")
    assert [v.outcome for v in grade.verdicts] == ["pass", "unscored"]
    assert grade.pass_rate == 1.0


def test_an_empty_answer_of_the_judge_is_a_failure():
    lm, _ = scripted("")
    with pytest.raises(BadReply, match="judge gave an empty answer"):
        uso.RubricMetric(uso.RubricJudge(lm)).grade(scenario(criteria=[CRITERION, OPEN[0]]), "no")


def test_a_brace_in_a_judge_s_thoughts_does_no_harm():
    verdicts = '{"verdicts": [{"id": "first", "evidence": "no", "verdict": "pass"}]}'
    (verdict,) = read_verdicts('<think>draft: {"verdicts": [...]}</think>' + verdicts, ["first"])
    assert verdict.outcome == "pass"


def test_a_judge_s_answer_that_was_cut_off_is_an_error_of_that_reply():
    cut = chat_answer('{"verdicts": [', done_reason="length")
    with ollama(lambda body: (200, cut)) as server:
        metric = uso.RubricMetric(uso.RubricJudge(uso.connect("ollama/m", api_base=server.url)))
        with pytest.raises(BadReply, match="cut off"):
            metric.grade(scenario(criteria=[CRITERION, OPEN[0]]), "no")


def test_the_block_s_data_survives():
    assert json.loads(enclose({"a": "<\u2028\ud800"}).partition("\n")[2].rpartition("\n")[0]) == {
        "a": "<\u2028\ud800"
    }


def test_letters_of_any_script_are_shown_as_they_are():
    shown = enclose({"reply": "nein, den Rückflug, 我说的是返程 \U0001f600 </material> \ud83d"})
    assert "Rückflug, 我说的是返程 \U0001f600" in shown
    assert shown.count("<") == 2
    assert shown.encode("utf-8")


def test_dspy_evaluate_takes_the_metric(airline, simulator, metric):
    result = dspy.Evaluate(devset=airline.smoke, metric=metric, num_threads=2, max_errors=1)(
        simulator
    )
    ours = [metric(example, prediction).score for example, prediction, _ in result.results]
    assert [score.score for _, _, score in result.results] == ours
    assert result.score == pytest.approx(100 * sum(ours) / len(ours), abs=0.01)


def test_gepa_takes_the_metric_and_reads_its_feedback(airline, simulator, metric, tmp_path):
    reflection, engine = scripted(
        "```\nPlay the customer. Be brief. Do not thank.\n\n{scenario}\n```"
    )
    optimizer = dspy.GEPA(
        metric=metric,
        max_metric_calls=40,
        reflection_lm=reflection,
        num_threads=2,
        seed=1,
        log_dir=str(tmp_path),
    )
    compiled = optimizer.compile(simulator, trainset=airline.train[:10], valset=airline.smoke[:5])
    assert isinstance(compiled, uso.UserSimulator)
    shown = engine.requests[0].messages[0].text
    assert "FAILED " in shown
    assert "evidence: " in shown


def test_feedback_names_each_failed_criterion_with_its_evidence(metric):
    record = scenario(
        criteria=[
            CRITERION,
            CRITERION | {"id": "asks", "text": "It asks.", "check": {"asks": True}},
        ]
    )
    found = metric(
        dspy.Example(record=record), dspy.Prediction(reply="this one has too many words, or not?")
    )
    assert found.score == 0.5
    assert (
        "FAILED communication_style.shortness: At most five words. (evidence: 8 words)"
        in found.feedback
    )
    assert "Passed, to be kept" in found.feedback


def test_nothing_scored_is_no_score_of_zero():
    record = scenario(
        criteria=[OPEN[0]], examples={"pass": ["a"], "fail": {"reply": "b", "fails": ["first"]}}
    )
    with pytest.raises(NotScored, match="no criterion could be scored"):
        uso.RubricMetric()(dspy.Example(record=record), dspy.Prediction(reply="x"))
    with pytest.raises(NotScored, match="no `record`"):
        uso.RubricMetric()(dspy.Example(a=1), dspy.Prediction(reply="x"))


@pytest.mark.parametrize("threads", [1, 4])
@pytest.mark.parametrize("answer", ["passed, I think", ""])
def test_dspy_evaluate_makes_no_zero_of_a_judge_that_cannot_be_read(threads, answer):
    record = scenario(criteria=OPEN[:1], examples={"pass": ["a"], "fail": _FAILING})
    example = dspy.Example(record=record, scenario="s").with_inputs("scenario")
    lm, _ = scripted(answer)
    evaluate = dspy.Evaluate(
        devset=[example] * 5,
        metric=uso.RubricMetric(uso.RubricJudge(lm)),
        num_threads=threads,
    )
    with pytest.raises(NotScored, match="DSPy would count that as 0"):
        evaluate(lambda **_asked: dspy.Prediction(reply="no"))
