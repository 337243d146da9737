import numpy as np
import pytest
from helpers import CRITERION, scenario
from hypothesis import given
from hypothesis import strategies as st

import usersim_opt as uso
from usersim_opt.measuring.broken_guards import ANY
from usersim_opt.measuring.guard_losses import guard_losses, p_text, tarone_level
from usersim_opt.measuring.outcome import Verdict

LEAKS = {
    "id": "no_leak",
    "dimension": "guard.non_leakage",
    "text": "It does not tell the story.",
    "role": "guard",
}
BLAMES = LEAKS | {"id": "no_blame", "dimension": "error_reaction.accusatory_language"}
MARKUP = "universal.markup"


def rubric(*guards):
    """Scenarios with so many guards in the rubric."""
    names = [f"{task:03}.1" for task in range(1, 61)]
    return {name: scenario(name, criteria=[CRITERION, *guards]) for name in names}


def verdict(criterion, outcome="fail"):
    return Verdict(criterion=criterion, outcome=outcome, evidence="so", source="judge")


def reply(name, *guards, repeat=0, graded=True):
    grade = uso.Grade(
        scenario=name,
        verdicts=(verdict("short", "pass"),),
        guards=[each if isinstance(each, Verdict) else verdict(each) for each in guards],
    )
    status = "scored" if graded else "error"
    return uso.Outcome(
        scenario=name,
        version="v",
        stage="s",
        repeat=repeat,
        status=status,
        grade=grade if graded else None,
    )


def broken_in(number, guard=MARKUP, of=10):
    """A reply to each scenario, the first so many of which break a guard."""
    names = list(rubric())[:of]
    return [reply(name, *([guard] if i < number else [])) for i, name in enumerate(names)]


@pytest.mark.parametrize(
    ("before", "now", "p", "lost"),
    [
        (0, 5, 1 / 32, True),  # five signs, all of them the worse way
        (0, 4, 1 / 16, False),
        (5, 0, 1.0, False),
        (3, 3, 1.0, False),
        (1, 6, 1 / 32, True),  # the scenario in which both break it says nothing
    ],
)
def test_the_p_of_a_loss_is_that_of_the_exact_sign_flips(before, now, p, lost):
    losses = guard_losses(broken_in(before), broken_in(now), rubric())
    (loss,) = losses.by_guard
    assert (loss.guard, loss.old, loss.new, loss.replies) == (MARKUP, before, now, 10)
    assert loss.p == pytest.approx(p)
    assert bool(losses.significant) == bool(losses.objection) == lost


def test_repeats_of_a_scenario_are_one_unit():
    names = list(rubric())[:3]
    old = [reply(name, repeat=repeat) for name in names for repeat in range(4)]
    new = [reply(name, MARKUP, repeat=repeat) for name in names for repeat in range(4)]
    (loss,) = guard_losses(old, new, rubric()).by_guard
    assert loss.differences == tuple((name, -4) for name in names)
    assert (loss.p, loss.new) == (1 / 8, 12)


def test_gains_weigh_against_losses():
    names = list(rubric())[:5]
    old = [reply(name, repeat=r) for name in names[:4] for r in range(2)]
    old += [reply(names[4], MARKUP, repeat=r) for r in range(2)]
    breaks = {(names[0], 0), (names[0], 1), (names[1], 0), (names[2], 0), (names[3], 0)}
    breaks.add((names[4], 1))
    new = [
        reply(name, *([MARKUP] if (name, r) in breaks else []), repeat=r)
        for name in names
        for r in range(2)
    ]
    (loss,) = guard_losses(old, new, rubric()).by_guard
    assert [difference for _, difference in loss.differences] == [-2, -1, -1, -1, 1]
    # The loss is 4 of at most 6. With +2, three or four of the four ones are +: 5 ways of 32; with
    # -2 not even all four reach it.
    assert loss.p == pytest.approx(5 / 32)


def test_guards_of_the_rubric_are_pooled_by_dimension_and_universal_ones_stand_by_name():
    scenarios = rubric(LEAKS, BLAMES)
    both = [verdict("no_leak", "pass"), verdict("no_blame", "pass")]
    old = [reply("001.1", *both), reply("002.1", *both)]
    new = [
        reply("001.1", "no_leak", both[1], MARKUP),
        reply("002.1", both[0], "no_blame"),
    ]
    losses = guard_losses(old, new, scenarios)
    assert [(loss.guard, loss.new, loss.replies) for loss in losses.tests] == [
        ("error_reaction.accusatory_language", 1, 2),
        ("guard.non_leakage", 1, 2),
        (MARKUP, 1, 2),
        (ANY, 2, 2),
    ]


def test_a_dimension_with_two_guards_is_broken_once_by_a_reply():
    second = LEAKS | {"id": "no_limit"}
    new = [reply("001.1", "no_leak", "no_limit")]
    old = [reply("001.1", verdict("no_leak", "pass"), verdict("no_limit", "pass"))]
    (loss,) = guard_losses(old, new, rubric(LEAKS, second)).by_guard
    assert (loss.new, loss.differences) == (1, (("001.1", -1),))


def test_only_jobs_that_were_graded_on_both_sides_count():
    old = [reply("001.1"), reply("002.1", graded=False), reply("003.1")]
    new = [reply("001.1"), reply("002.1", MARKUP), reply("003.1", MARKUP, graded=False)]
    losses = guard_losses(old, new, rubric())
    assert (losses.by_guard, losses.together.replies) == ((), 1)


def test_a_guard_that_one_side_left_unscored_is_left_out_of_both():
    kept, missing = verdict("no_leak", "pass"), verdict("no_leak", "unscored")
    names = list(rubric())[:10]
    old = [reply(name, missing if i == 0 else kept) for i, name in enumerate(names)]
    new = [reply(names[0], "no_leak"), *(reply(name, kept) for name in names[1:])]
    losses = guard_losses(old, new, rubric(LEAKS))
    assert losses.by_guard == ()
    assert losses.lost == pytest.approx(0.1)
    assert losses.objection == ""


def test_where_too_many_verdicts_on_guards_are_missing_nothing_is_said():
    kept, missing = verdict("no_leak", "pass"), verdict("no_leak", "unscored")
    old = [reply(name, kept) for name in list(rubric())[:8]]
    new = [reply(o.scenario, missing if i < 2 else kept) for i, o in enumerate(old)]
    losses = guard_losses(old, new, rubric(LEAKS))
    said = "no decision: 25.0 % of the verdicts on guards are missing on one side"
    assert losses.finding == losses.objection == said


def test_all_guards_together_show_a_loss_that_no_single_guard_shows():
    names = list(rubric())[:6]
    old = [reply(name) for name in names]
    new = [reply(name, f"universal.kind_{number % 3}") for number, name in enumerate(names)]
    losses = guard_losses(old, new, rubric())
    assert [loss.p for loss in losses.by_guard] == [1 / 4] * 3
    assert [loss.guard for loss in losses.significant] == [ANY]
    assert losses.objection == (
        "worse on the guards: any guard was broken in 0 of 6 replies, now in 6 (p = 0.016)"
    )


def test_a_single_guard_is_not_corrected_for_being_all_guards_as_well():
    losses = guard_losses(broken_in(0), broken_in(5), rubric())
    assert losses.together.differences == losses.by_guard[0].differences
    assert losses.level == 0.05


def test_tests_that_could_reject_are_corrected_for():
    # 2^-5 alone is below .05 and .05/2 is below 2^-5: one test at .05, whatever the others are.
    assert tarone_level([1 / 32, 1 / 16, 1 / 4]) == 0.05
    # Two could reach .05, only one could reach .025: K is 2.
    assert tarone_level([1 / 64, 1 / 32]) == 0.025
    # Three could reach even .05/3.
    assert tarone_level([1 / 64, 1 / 128, 1 / 256]) == pytest.approx(0.05 / 3)
    assert tarone_level([]) == 0.05


@given(st.lists(st.integers(0, 14), max_size=12))
def test_the_level_lies_between_bonferroni_s_and_alpha(sizes):
    least = [0.5**size for size in sizes]
    level = tarone_level(least)
    assert 0.05 / max(1, len(least)) <= level <= 0.05
    # So many tests at that level cannot spend more than alpha.
    assert sum(p <= level for p in least) * level <= 0.05 + 1e-12


def test_a_small_p_is_not_printed_as_zero():
    assert (p_text(0.0004), p_text(0.0312)) == ("p < 0.001", "p = 0.031")


GUARDS = {f"universal.kind_{i}": rate for i, rate in enumerate((0.3, 0.1, 0.1, 0.05, 0.02))}


def simulated(rng, names, repeats, *, worse=None):
    """Replies with scenarios of their own difficulty: a guard is broken here often, there never."""
    outcomes = []
    for name, hardness in names.items():
        for repeat in range(repeats):
            broken = [
                guard
                for guard, rate in GUARDS.items()
                if rng.random() < min(1.0, rate * hardness) + (0.15 if guard == worse else 0.0)
            ]
            outcomes.append(reply(name, *broken, repeat=repeat))
    return outcomes


def test_of_two_equal_prompts_at_most_one_in_twenty_loses_a_guard():
    rng = np.random.default_rng(3)
    vetoed = 0
    for _ in range(300):
        names = dict(zip(list(rubric())[:25], rng.gamma(1.0, 1.0, 25), strict=True))
        old, new = simulated(rng, names, 3), simulated(rng, names, 3)
        vetoed += bool(guard_losses(old, new, rubric()).objection)
    # 5 % of 300 are 15; three standard errors above that are 26.
    assert vetoed <= 26


def test_fifteen_points_more_of_one_broken_guard_are_found():
    rng = np.random.default_rng(4)
    found = 0
    for _ in range(40):
        names = dict(zip(list(rubric())[:50], rng.gamma(1.0, 1.0, 50), strict=True))
        worse = "universal.kind_4"
        old, new = simulated(rng, names, 3), simulated(rng, names, 3, worse=worse)
        losses = guard_losses(old, new, rubric())
        found += worse in [loss.guard for loss in losses.significant]
    assert found >= 38
