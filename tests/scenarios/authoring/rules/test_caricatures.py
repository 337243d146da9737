from rubrics import TASK, criterion, kinds_of, near, rubric

from usersim_opt.scenarios.authoring.rules.caricatures import caricature_faults

THREE = [criterion(name) for name in ("a", "b", "c")]


def faults(**examples):
    return list(caricature_faults(TASK, rubric(*THREE, **examples)))


def test_a_failing_reply_with_markers_of_old_models_is_named_with_them():
    reply = "Certainly! Thank you.\n- My PIN is 1234"
    (fault,) = faults(fail={"reply": reply, "fails": ["a"]})
    assert fault.kind == "caricature"
    for marker in ("thanks ('thank you')", "eager yes ('certainly')", "list", "invented secret"):
        assert marker in fault.what


def test_a_failing_reply_as_models_write_today_is_no_caricature():
    reply = "no, thursday. the rest is right: june 12, two bags, aisle seat"
    assert faults(fail={"reply": reply, "fails": ["a"]}) == []


def test_a_reply_that_breaks_more_than_half_of_three_or_more_criteria_breaks_most():
    assert kinds_of(faults(near=[near("x", "a", "b", "c")])) == ["breaks_most"]
    assert faults(near=[near("x", "a", "b")]) == []
    assert faults(contrary=[{"reply": "x", "fails": ["a", "b", "c"]}]) == []
