import numpy as np
import pytest
from guarded import breaking, broken
from helpers import CRITERION, outcome, scenario

import usersim_opt as uso
from usersim_opt.basics.paired import Pair, Paired
from usersim_opt.basics.statistics import difference
from usersim_opt.measuring.outcome import Verdict
from usersim_opt.tuning.gates import Improvement, NoRegression, ProvenGain, judge, seen_loss


def gains(values, lost=0.0):
    return difference(
        Paired(
            tuple(Pair(f"{i:03}.1", v, 4) for i, v in enumerate(values)),
            dropped=0,
            lost=lost,
        )
    )


@pytest.mark.parametrize(
    ("values", "lost", "accepted", "reason"),
    [
        ([1, 1, 2, 0, 1, 1, 0, 2, 1, 1], 0, True, "+25.0 points on 10 fresh scenarios"),
        ([0] * 10, 0, False, "no improvement"),
        ([-1] * 10, 0, False, "no improvement"),
        ([4, -3, 2, -3, 1, 0, 0, 0, 0, 0], 0, False, "no more than noise"),
        (
            [1, 1, 2, 0, 1, 1, 0],
            0.3,
            False,
            "no decision: 30 % of the verdicts are missing on one side",
        ),
        ([1, 1, 2, 0, 1, 1, 0, 2], 0.1, True, "points"),
        ([], 10, False, "no reply was scored"),
    ],
)
def test_an_improvement_must_be_more_than_noise(values, lost, accepted, reason):
    ruling = Improvement().rule(gains(values, lost))
    assert ruling.accepted is accepted
    assert reason in ruling.reason


@pytest.mark.parametrize(
    ("values", "accepted"),
    [
        ([-2, -1, -2, -1, -3, -1, -2, -1, -1, -2], False),
        ([-1, 1, 0, 0, -1, 1, 0, 0, 0, 0], True),
        ([1] * 10, True),
        ([-1, 0, 0, 0, 0, 0, 0, 0, 0, 0], True),
    ],
)
def test_only_a_significant_regression_counts(values, accepted):
    assert NoRegression().rule(gains(values)).accepted is accepted


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([-4] * 4, "-100.0 points on the 4 scenarios of the round before, p = 0.062; "),
        ([-4] * 4, "fewer than 5 scenarios show none at all"),
        # The standard error is .0738, k = 2.365 + .842, and .361 solves
        # L^2 = k^2 (.0738^2 + L (1 - L) / 32).
        ([1, -1, 0, 1, 0, -1, 0, 1], "can only show a loss of 36 points or more"),
        # Nothing differs: k^2 / 32 = .321, and .321 / 1.321 = .243 are left of it.
        ([0] * 8, "can only show a loss of 24 points or more"),
    ],
)
def test_below_ten_scenarios_the_check_for_regression_says_what_it_cannot_see(values, reason):
    ruling = NoRegression().rule(gains(values))
    assert ruling.accepted
    assert ruling.reason.startswith("accepted: no loss could be shown: ")
    assert reason in ruling.reason


def test_a_loss_of_the_size_that_is_named_is_found_about_four_times_in_five():
    rng = np.random.default_rng(8)

    def draw(rate, number=400):
        return rng.binomial(4, rate, (number, 9)) - rng.binomial(4, 0.8, (number, 9))

    texts = [seen_loss(gains(row), 0.05) for row in draw(0.8)]
    named = np.median([int(text.split("loss of ")[1].split()[0]) for text in texts]) / 100
    found = [not NoRegression().rule(gains(row)).accepted for row in draw(0.8 - named)]
    assert np.mean(found) == pytest.approx(0.8, abs=0.12)


def with_losses(values, *, worst):
    """Scenarios of which one verdict each is missing, with what they add at their worst."""
    pairs = [Pair(f"{i:03}.1", v, 19, lost=1, worst=worst) for i, v in enumerate(values)]
    return difference(Paired(tuple(pairs), dropped=0, lost=0.05))


def test_where_verdicts_are_missing_no_regression_is_never_said():
    assert NoRegression().rule(with_losses([1] * 12, worst=0)).reason == (
        "regression not decided, 12 missing verdicts: "
        "+5.3 points on the 12 scenarios of the round before, p = 1.000"
    )
    ruling = NoRegression().rule(with_losses([0] * 12, worst=-1))
    assert not ruling.accepted
    assert ruling.reason.startswith(
        "regression if 12 missing verdicts speak against it (p = 0.000): +0.0 points"
    )


def test_what_ships_is_proven_for_tasks_too_and_whatever_was_lost():
    assert ProvenGain().rule(gains([1] * 12)).reason == (
        "the 95 % interval of the gain lies above zero, over scenarios and over tasks"
    )
    of_two = [Pair(f"{i // 5:03}.{i % 5}", 4 if i < 10 else 0, 4) for i in range(25)]
    ruling = ProvenGain().rule(difference(Paired(tuple(of_two), dropped=0, lost=0.0)))
    assert ruling == uso.Ruling(
        False,
        "better on these scenarios, not proven for new tasks: "
        "the 95 % interval over 5 tasks reaches zero",
    )
    of_one = [Pair(f"001.{i}", 4, 4) for i in range(1, 9)]
    ruling = ProvenGain().rule(difference(Paired(tuple(of_one), dropped=0, lost=0.0)))
    assert "one task says nothing of others" in ruling.reason
    assert ProvenGain().rule(with_losses([1] * 12, worst=-1)) == uso.Ruling(
        False,
        "better only if 12 missing verdicts are left out; counted against it they leave no proof",
    )
    assert ProvenGain().rule(with_losses([2] * 12, worst=-1)).accepted


def test_equal_prompts_pass_the_gate_one_time_in_six():
    rng = np.random.default_rng(5)
    accepted = [
        Improvement().rule(gains(rng.binomial(4, 0.5, 10) - rng.binomial(4, 0.5, 10))).accepted
        for _ in range(600)
    ]
    assert 0.10 <= np.mean(accepted) <= 0.22


NAMES = [f"{task:03}.1" for task in range(1, 13)]
LEAKS = CRITERION | {"id": "no_leak", "dimension": "guard.non_leakage", "role": "guard"}
SCENARIOS = {name: scenario(name, criteria=[CRITERION, LEAKS]) for name in NAMES}


def replies(passed, guards_of=lambda reply: ()):
    """A reply to each scenario with so many of four criteria passed, and verdicts on guards."""
    found = []
    for name in NAMES:
        reply = outcome(name, passed, 4)
        grade = reply.grade.model_copy(update={"guards": tuple(guards_of(reply))})
        found.append(reply.model_copy(update={"grade": grade, "reply": f"no, {name}"}))
    return found


@pytest.mark.parametrize("gate", [Improvement(), NoRegression(), ProvenGain()])
def test_a_significant_loss_of_guards_is_a_no_whatever_the_gate_says(gate):
    old, new = replies(1), replies(4, breaking("v000"))
    assert judge(gate, old, replies(4), scenarios=SCENARIOS).ruling.accepted
    judgement = judge(gate, old, new, scenarios=SCENARIOS)
    assert (judgement.rule, judgement.is_veto) == ("guard_loss", True)
    assert judgement.ruling == uso.Ruling(
        False,
        "worse on the guards: "
        "universal.markup was broken in 0 of 12 replies, now in 12 (p < 0.001)",
    )
    assert judgement.difference.gain.mean == 0.75


def test_guards_that_both_prompts_break_are_no_objection():
    old, new = replies(1, breaking("v000")), replies(4, breaking("v000"))
    assert judge(ProvenGain(), old, new, scenarios=SCENARIOS).rule == "smoke"


def test_guards_of_the_rubric_veto_by_their_dimension():
    def held(reply):
        return [broken("no_leak").model_copy(update={"outcome": "pass"})]

    judgement = judge(
        ProvenGain(),
        replies(1, held),
        replies(4, lambda reply: [broken("no_leak")]),
        scenarios=SCENARIOS,
    )
    assert "guard.non_leakage was broken in 0 of 12 replies, now in 12" in judgement.ruling.reason


def test_where_verdicts_on_guards_are_missing_on_one_side_nothing_is_decided_for_a_candidate():
    def held(reply):
        return [broken("no_leak").model_copy(update={"outcome": "pass"})]

    def some(reply):
        missing = Verdict(criterion="no_leak", outcome="unscored", evidence="-", source="judge")
        return [missing] if reply.scenario < "003" else held(reply)

    judgement = judge(NoRegression(), replies(2, held), replies(4, some), scenarios=SCENARIOS)
    assert judgement.rule == "guard_loss"
    assert judgement.ruling.reason == (
        "no decision: 16.7 % of the verdicts on guards are missing on one side"
    )
