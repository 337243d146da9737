import pytest
from helpers import CRITERION, scenario
from pydantic import ValidationError

from usersim_opt.scenarios import records as schema


def test_there_are_twenty_dimensions_in_five_families():
    assert len(schema.DIMENSIONS) == len(set(schema.DIMENSIONS)) == 20
    assert {name.partition(".")[0] for name in schema.DIMENSIONS} == set(schema.FAMILIES)
    assert len(schema.FAMILIES) == 5


def test_a_short_turn_reads_as_role_and_text():
    turn = scenario(
        history=[{"agent": "Hi"}, {"customer": "no"}, {"role": "agent", "text": "?"}]
    ).history[1]
    assert (turn.role, turn.text) == ("customer", "no")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"id": "../../x"}, "id"),
        ({"id": "001.6"}, "id"),
        ({"id": "001.3\n"}, "id"),
        ({"id": "١٢٣.3"}, "id"),
        ({"type": "initial_request"}, "number 3 of a task is 'wrong_assumption'"),
        ({"type": "guess"}, "type"),
        ({"stresses": []}, "stresses"),
        ({"stresses": ["style"]}, "stresses"),
        ({"history": []}, "history"),
        ({"history": [{"agent": "a"}, {"customer": "b"}]}, "begin and end with an agent turn"),
        ({"history": [{"customer": "b"}, {"agent": "a"}]}, "begin and end with an agent turn"),
        ({"history": [{"system": "a"}]}, "history"),
        ({"history": [{"agent": "  "}]}, "history"),
        ({"criteria": []}, "criteria"),
        ({"criteria": [CRITERION, CRITERION]}, "'short' is used twice"),
        ({"criteria": [CRITERION | {"dimension": "communication_style.shorness"}]}, "dimension"),
        ({"criteria": [CRITERION | {"check": {"max_word": 1}}]}, "unknown kind"),
        ({"criteria": [CRITERION | {"weight": 2}]}, "weight"),
        (
            {"examples": {"pass": ["a"], "fail": {"reply": "b", "fails": ["other"]}}},
            "'other', which is no criterion",
        ),
        ({"examples": {"pass": [], "fail": {"reply": "b", "fails": ["short"]}}}, "pass"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_scenario_that_does_not_hang_together_is_refused(changes, complaint):
    with pytest.raises(ValidationError) as caught:
        scenario(**changes)
    assert complaint in str(caught.value)


def test_records_are_frozen():
    with pytest.raises(ValidationError):
        scenario().type = "initial_request"


def test_unscored_is_never_a_fail():
    verdicts = [
        schema.Verdict(criterion=c, outcome=o, evidence="", source="judge")
        for c, o in (("a", "pass"), ("b", "unscored"))
    ]
    assert schema.Grade(scenario="001.1", verdicts=tuple(verdicts)).pass_rate == 1.0
    assert schema.Grade(scenario="001.1", verdicts=(verdicts[1],)).pass_rate is None


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "001\n", "001/", "A01", "1" * 7, ""])
def test_an_id_that_could_be_a_path_is_no_id(name):
    assert not schema.valid_id(name, schema.TASK_ID)
