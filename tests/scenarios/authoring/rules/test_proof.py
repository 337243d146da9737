from rubrics import TASK, contrary, criterion, near, rubric

from usersim_opt.scenarios.authoring.rules.proof import proof_faults

FOUR = [criterion(name) for name in ("a", "b", "c", "d")]


def faults(*criteria, **examples):
    return [
        (fault.kind, fault.field) for fault in proof_faults(TASK, rubric(*criteria, **examples))
    ]


def test_a_criterion_that_no_example_of_any_form_fails_is_named_a_guard_too():
    guard = criterion("g", role="guard")
    found = faults(*FOUR, guard, near=[near("x", "a"), near("y", "b")])
    assert found == [("never_failed", f"criteria.{name}") for name in ("c", "d", "g")]
    every = [near("x", "a", "b"), near("y", "c", "g")]
    assert faults(*FOUR, guard, near=every, fail={"reply": "z", "fails": ["d"]}) == []


def test_a_third_of_the_scored_criteria_fail_a_contrary_reply():
    every = [near("x", "a", "b"), near("y", "c", "d")]
    curt = ("curt_is_best", "examples.contrary")
    assert faults(*FOUR, near=every, contrary=[contrary("ok", "a")]) == [curt]
    assert faults(*FOUR, near=every, contrary=[contrary("ok", "a"), contrary("no", "b")]) == []
    assert faults(*FOUR[:3], near=[near("x", "b", "c")], contrary=[contrary("ok", "a")]) == []
