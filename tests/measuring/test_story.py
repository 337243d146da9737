"""A criterion that needs the private story gets it, and no evidence and no prompt does."""

import json

import pytest
from helpers import CRITERION, scenario, scripted
from hypothesis import given
from hypothesis import strategies as st
from judges import Told

import usersim_opt as uso
from usersim_opt.basics.errors import DatasetError
from usersim_opt.basics.validation import parse
from usersim_opt.measuring.metric import feedback
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.quoting import WITHHELD, quoted_only
from usersim_opt.scenarios.authoring.lint import lint_scenario
from usersim_opt.scenarios.dataset import scenario_data
from usersim_opt.scenarios.records import Criterion, Scenario, Task
from usersim_opt.tuning.inputs import grading_sha256
from usersim_opt.tuning.proposal import group_by_dimension

STORY = "You are Ada Moor. You pay 300 euros at the most, for your sister's wedding in Lisbon."
TASK = Task(id="001", domain="air", source="own", story=STORY)
CALM = {"id": "calm", "dimension": "error_reaction.emotional_pattern", "text": "It is calm."}
TRUE = CALM | {"id": "true", "text": "It makes nothing up.", "sees": "story"}
RECORD = scenario("001.3", criteria=[CRITERION, CALM, TRUE]).of_task(TASK)
REPLY = "i can pay up to 500 euros"
TELLS_ALL = "The story says 300 euros for the wedding in Lisbon; the reply says 'up to 500 euros'."


def judging(evidence, outcome="fail"):
    """A model that gives this evidence on everything that it is asked."""

    def answer(request):
        asked = material_of(request)
        entries = [
            {"id": each["id"], "evidence": evidence, "verdict": outcome}
            for reply in asked.get("replies", [asked])
            for each in reply["criteria"]
        ]
        return json.dumps({"verdicts": entries})

    return scripted(answer)


def material_of(request):
    block = request.messages[0].text.partition("<material>")[2].partition("</material>")[0]
    return json.loads(block)


def graded(judge):
    grade = uso.RubricMetric(judge).grade(RECORD, REPLY)
    return {verdict.criterion: verdict for verdict in grade.verdicts}


def test_only_a_criterion_that_says_so_is_judged_with_the_story_in_a_call_of_its_own():
    lm, engine = judging("none")
    metric = uso.RubricMetric(uso.RubricJudge(lm))
    metric.grade(RECORD, REPLY)
    chat, private = map(material_of, engine.requests)
    assert [each["id"] for each in chat["criteria"]] == ["calm"]
    assert "Lisbon" not in json.dumps(chat)
    assert [each["id"] for each in private["criteria"]] == ["true"]
    assert private["private_story"] == STORY
    assert metric.price(RECORD) == 2
    assert metric.price(scenario("001.3", criteria=[CRITERION, CALM])) == 1


@pytest.mark.parametrize("batch", [1, 4])
def test_a_judge_that_quotes_the_story_in_its_evidence_does_not_feed_the_proposer_with_it(batch):
    lm, _ = judging(TELLS_ALL)
    metric = uso.RubricMetric(uso.RubricJudge(lm, batch=batch))
    found = metric.grade_many([(RECORD, REPLY), (RECORD, REPLY)]).grades
    for grade in (metric.grade(RECORD, REPLY), *found):
        outcome = Outcome(
            scenario="001.3", version="v", stage="s", repeat=0, status="scored", reply=REPLY,
            grade=grade,
        )  # fmt: skip
        failures, _ = group_by_dimension({"001.3": RECORD}, [outcome])
        (told,) = [
            each["evidence"]
            for each in failures["error_reaction.emotional_pattern"]
            if each["wrong"] == "It makes nothing up."
        ]
        assert told == '"up to 500 euros"'
        advice = feedback(RECORD, REPLY, grade).replace(TELLS_ALL, "")  # that of `calm`, unguarded
        assert not any(word in advice for word in ("300", "wedding", "Lisbon"))


def test_what_a_judge_leaves_out_or_garbles_tells_nothing_of_the_story_either():
    lm, _ = scripted(f"I cannot say. {STORY}")
    verdict = graded(uso.RubricJudge(lm))["true"]
    assert (verdict.outcome, verdict.evidence) == ("unscored", WITHHELD)
    lm, _ = judging(TELLS_ALL, "perhaps")
    assert "Lisbon" not in graded(uso.RubricJudge(lm))["true"].evidence


def test_a_panel_shows_the_story_where_all_of_its_judges_take_it_and_keeps_it_as_well():
    panel = uso.JudgePanel([judging(TELLS_ALL)[0], judging(TELLS_ALL)[0]])
    assert graded(panel)["true"].evidence == '"up to 500 euros"'
    assert graded(panel)["true"].outcome == "fail"
    other = uso.JudgePanel([judging("x")[0], Told(lambda _criterion, _reply: "pass")])
    assert graded(other)["true"].source == "nobody"


def test_a_judge_that_cannot_be_shown_the_story_and_a_story_that_is_not_there_leave_it_open():
    judge = Told(lambda _criterion, _reply: "pass")
    verdict = graded(judge)["true"]
    assert (verdict.outcome, verdict.source) == ("unscored", "nobody")
    assert "cannot be shown the private story" in verdict.evidence
    assert judge.asked == [["calm"]]
    untold = scenario("001.3", criteria=[CRITERION, CALM, TRUE])
    grade = uso.RubricMetric(uso.RubricJudge(judging("none")[0])).grade(untold, REPLY)
    assert "not at hand" in grade.verdicts[2].evidence


@given(st.text(max_size=80), st.text(max_size=80))
def test_evidence_is_words_of_the_reply_and_nothing_else(evidence, reply):
    told = quoted_only(evidence, reply)
    if told != WITHHELD:
        for quotation in told.strip('"').split('", "'):
            assert quotation.lower().split()[0] in reply.lower()


@pytest.mark.parametrize(
    ("evidence", "told"),
    [
        ("UP TO 500 Euros", '"UP TO 500 Euros"'),
        ("the customer may pay 300, and writes euros", WITHHELD),
        ("i can pay; then: up to", '"i can pay", "up to"'),
        ("", WITHHELD),
    ],
)
def test_runs_of_two_words_of_the_reply_are_quotations(evidence, told):
    assert quoted_only(evidence, REPLY) == told


# -- in files --------------------------------------------------------------------------------------


def test_the_field_is_read_and_written_and_files_without_it_stay_as_they_were():
    data = scenario_data(RECORD)
    assert [each.get("sees") for each in data["criteria"]] == [None, None, "story"]
    assert parse(data, Scenario, where="x").of_task(TASK) == RECORD
    with pytest.raises(DatasetError, match=r"criteria.0.sees.*'all'"):
        parse(data | {"criteria": [CALM | {"sees": "all"}]}, Scenario, where="x")
    with pytest.raises(DatasetError, match="has a check and `sees: story`"):
        parse(CRITERION | {"sees": "story"}, Criterion, where="x")


def test_a_run_with_such_a_criterion_knows_by_what_words_it_was_judged():
    from usersim_opt.scenarios.material import ScenarioSet  # noqa: PLC0415 - beside its use

    plain = ScenarioSet({"001.3": scenario("001.3")}, {"001": TASK})
    assert grading_sha256([plain]) == grading_sha256()
    assert grading_sha256([ScenarioSet({"001.3": RECORD}, {"001": TASK})]) != grading_sha256()


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ({"text": "It makes nothing up."}, ["needs_story"]),
        ({"text": "No price is invented."}, ["needs_story"]),
        ({"text": "No price is invented.", "sees": "story"}, []),
        ({"text": "No price is invented.", "check": {"none_of": ["300"]}}, []),
        ({"text": "Each price is one of the private story.", "sees": "story"}, []),
        ({"text": "Each price is one of the private story."}, ["hidden_thing"]),
        ({"text": "He makes his mind up."}, []),
    ],
)
def test_the_linter_finds_what_cannot_be_decided_without_the_story(fields, kinds):
    record = scenario("001.3", criteria=[CRITERION, CALM | fields])
    found = [fault.kind for fault in lint_scenario(TASK, record) if ".calm" in fault.field]
    assert [kind for kind in found if kind in ("needs_story", "hidden_thing")] == kinds
