import pytest
from guarded import MARKUP, broken
from helpers import CRITERION, outcome, scenario

import usersim_opt as uso
from usersim_opt.measuring.broken_guards import ANY, BrokenGuards
from usersim_opt.measuring.comparison import Comparison
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.pairs import paired_difference

LEAKS = CRITERION | {
    "id": "no_leak",
    "dimension": "guard.non_leakage",
    "text": "It does not tell the story.",
    "role": "guard",
}
SCENARIOS = {
    "001.3": scenario("001.3", criteria=[CRITERION, LEAKS]),
    "001.4": scenario("001.4"),
    "002.3": scenario("002.3"),
}
HELD = broken("no_leak").model_copy(update={"outcome": "pass"})
MISSING = broken("no_leak").model_copy(update={"outcome": "unscored"})


def reply(name, *guards, repeat=0):
    made = outcome(name, 1, 1, repeat=repeat)
    grade = made.grade.model_copy(update={"guards": guards})
    return made.model_copy(update={"grade": grade, "reply": f"no, {name}"})


def side(*outcomes, guarded=False):
    return Evaluation(SCENARIOS, outcomes, guarded=guarded)


@pytest.fixture
def mixed():
    return side(
        reply("001.3", broken("no_leak"), broken(MARKUP)),
        reply("001.3", HELD, repeat=1),
        reply("001.4", broken(MARKUP)),
        reply("001.4", broken(MARKUP), repeat=1),
        reply("002.3"),
        outcome("002.3", 0, 0, repeat=1, status="error"),
    )


def test_each_guard_counts_the_replies_that_broke_it_of_those_in_which_it_was_looked_at(mixed):
    guards = mixed.guards
    assert {name: (t.fraction, t.failing) for name, t in guards.by_guard.items()} == {
        "guard.non_leakage": ("1/2", ("001.3",)),
        MARKUP: ("3/5", ("001.3", "001.4 x2")),
    }
    assert guards.together.fraction == "3/5"
    assert guards.sentence == "3 of 5 replies broke a guard"


def test_an_evaluation_shows_broken_guards_beside_its_pass_rate(mixed):
    assert mixed.pass_rate.mean == 1.0
    assert (mixed.failing, mixed.unscored) == ([], 0)
    assert repr(mixed).endswith("1 error, 0 unscored verdicts; 3 of 5 replies broke a guard>")
    lines = str(mixed).splitlines()
    assert lines[-5:] == [
        "3 of 5 replies broke a guard.",
        "guard              broken in  scenarios",
        "-----------------  ---------  ---------------",
        "guard.non_leakage        1/2  001.3",
        "universal.markup         3/5  001.3, 001.4 x2",
    ]
    assert "broke a guard" in mixed._repr_html_()


def test_replies_that_only_break_a_guard_are_among_those_to_be_read(mixed):
    shown = mixed.failures(1)
    assert "breaks the guard guard.non_leakage: It does not tell the story." in shown
    assert "breaks the guard universal.markup (it holds markup" in shown
    assert mixed.failures().count("agent:") == 3
    assert "2 scenarios with a failing reply" in mixed._repr_html_()


def test_one_line_says_that_no_guard_was_broken():
    kept = side(reply("001.3", HELD), reply("001.4"))
    assert str(kept).endswith("\n\nNo guard was broken in 2 replies.")
    assert "guard" not in kept.head
    missing = side(reply("001.3", HELD), reply("001.3", MISSING, repeat=1))
    assert str(missing).endswith("No guard was broken in 2 replies; 1 verdict on guards missing.")


def test_where_no_guard_was_in_force_nothing_is_said_of_them():
    unknown = side(reply("001.3"), reply("001.4"))
    assert "guard" not in str(unknown) + repr(unknown) + unknown._repr_html_()
    unscored = side(reply("001.3", MISSING))
    assert "guard" not in str(unscored), "a guard that nobody decided was not looked at"
    known = side(reply("001.4"), guarded=True)
    assert str(known).endswith("No guard was broken in 1 reply.")


def test_the_html_of_a_grade_has_the_verdicts_on_guards_last():
    page = reply("001.3", broken(MARKUP)).grade._repr_html_()
    assert "1 of 1 criteria passed" in page
    assert page.rindex("guard <code>universal.markup</code>") > page.index("<code>c0</code>")


def compared(old, new):
    return Comparison(old, new, paired_difference(old.outcomes, new.outcomes))


def all_of(*guards):
    names = [f"{task:03}.1" for task in range(1, 9)]
    scenarios = {name: scenario(name) for name in names}
    return Evaluation(scenarios, [reply(name, *guards) for name in names])


def test_a_comparison_shows_both_sides_and_whether_the_loss_is_significant():
    lost = compared(all_of(), all_of(broken(MARKUP)))
    assert (lost.difference.gain.mean, lost.loses) == (0.0, True)
    assert str(lost).split("\n\n")[1].splitlines() == [
        "guard             old  new  loss       new breaks it in",
        "----------------  ---  ---  ---------  ----------------------",
        "universal.markup  0/8  8/8  p = 0.004  001.1, 002.1, 003.1 +5",
        "Worse on the guards: universal.markup was broken in 0 of 8 replies, now in 8 (p = 0.004).",
    ]
    assert "Worse on the guards" in lost._repr_html_()
    mended = compared(all_of(broken(MARKUP)), all_of())
    assert not mended.loses
    assert "Not significantly worse on the guards." in str(mended)


def test_several_guards_have_a_row_for_any_of_them():
    both = compared(all_of(broken(MARKUP), broken("universal.role_label")), all_of())
    assert [row.name for row in both._guards.rows] == [MARKUP, "universal.role_label", ANY]
    assert both._guards.line == "Replies that broke a guard: old 8/8, new 0/8."


def test_a_comparison_without_guards_says_nothing_of_them():
    assert "guard" not in str(compared(all_of(), all_of()))
    kept = compared(side(reply("001.3", HELD)), side(reply("001.3", HELD)))
    assert "\n\nNo guard was broken in 2 replies.\n\n" in str(kept)


def test_a_guard_of_the_rubric_is_graded_apart_from_the_score(airline, simulator):
    """The metric itself: of a criterion that becomes a guard the pass rate knows nothing."""
    scenarios = list(airline.smoke)[:6]
    guarded = [_with_last_as_guard(example) for example in scenarios]
    shorter = [_without_last(example) for example in scenarios]
    metric = uso.RubricMetric(uso.RubricJudge(uso.connect("offline/judge")))
    with_guard = uso.evaluate(simulator, guarded, metric, seeds=2)
    without = uso.evaluate(simulator, shorter, metric, seeds=2)
    assert with_guard.guards.names
    assert with_guard.by_dimension == without.by_dimension
    assert with_guard.pass_rate == without.pass_rate
    assert with_guard.head.partition("; ")[0] == without.head.partition("; ")[0]


def _with_last_as_guard(example):
    criteria = example.record.criteria
    last = criteria[-1].model_copy(update={"role": "guard"})
    return _of(example, (*criteria[:-1], last))


def _without_last(example):
    return _of(example, example.record.criteria[:-1])


def _of(example, criteria):
    return example.copy(record=example.record.model_copy(update={"criteria": criteria}))


def test_a_guard_that_is_not_listed_was_not_broken(mixed):
    assert mixed.guards.tally("universal.other").fraction == "0/5"
    assert BrokenGuards.of([], {}).sentence == ""
