import pytest
from helpers import CRITERION, scenario
from pydantic import ValidationError

from usersim_opt.scenarios.records import TASK_ID, in_task_order, scenario_html, valid_id


def test_a_short_turn_reads_as_role_and_text():
    turn = scenario(
        history=[{"agent": "Hi"}, {"customer": "no"}, {"role": "agent", "text": "?"}]
    ).history[1]
    assert (turn.role, turn.text) == ("customer", "no")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"id": "../../x"}, "id"),
        ({"id": "001.0"}, "id"),
        ({"id": "001.03"}, "id"),
        ({"id": "001.1000"}, "id"),
        ({"id": "001.3\n"}, "id"),
        ({"id": "١٢٣.3"}, "id"),
        ({"type": "Wrong Assumption"}, "type"),
        ({"stresses": []}, "stresses"),
        ({"stresses": ["a", "b", "c"]}, "stresses"),
        ({"history": []}, "history"),
        ({"history": [{"agent": "a"}, {"customer": "b"}]}, "begin and end with an agent turn"),
        ({"history": [{"customer": "b"}, {"agent": "a"}]}, "begin and end with an agent turn"),
        ({"history": [{"system": "a"}]}, "history"),
        ({"history": [{"agent": "  "}]}, "history"),
        ({"criteria": []}, "criteria"),
        ({"criteria": [CRITERION, CRITERION]}, "'short' is used twice"),
        ({"criteria": [CRITERION | {"dimension": "shortness"}]}, "dimension"),
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


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "001\n", "001/", "A01", "1" * 7, ""])
def test_an_id_that_could_be_a_path_is_no_id(name):
    assert not valid_id(name, TASK_ID)


def test_scenarios_stand_in_order_of_task_and_number():
    assert in_task_order(["002.1", "001.10", "001.2"]) == ["001.2", "001.10", "002.1"]
    assert in_task_order(["b", "002.1", "a.x", "001.0"]) == ["002.1", "001.0", "a.x", "b"]


def test_a_scenario_s_number_says_nothing_about_its_type():
    assert scenario("001.15", type="initial_request").number == 15


def test_the_view_of_a_scenario_is_one_line_with_everything_in_it_escaped():
    view = scenario_html(scenario(history=[{"agent": "<b>\n\n&"}]))
    assert "\n" not in view
    assert "&lt;b&gt;<br><br>&amp;" in view
    assert "<code>short</code>" in view
    assert "fails <code>short</code>" in view


def test_a_rubric_of_guards_alone_would_score_nothing_and_is_refused():
    with pytest.raises(ValidationError, match="criteria: all are guards; expected at least one"):
        scenario(criteria=[CRITERION | {"role": "guard"}])
