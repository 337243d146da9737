"""Rates and gains of graded replies without the judge's errors, and what is said of them."""

import numpy as np
import pytest
from helpers import outcome

import usersim_opt as uso
from usersim_opt.measuring.calibration.card import JudgeCard
from usersim_opt.measuring.calibration.corrected import (
    NOT_JUDGED,
    Side,
    corrected_gain,
    corrected_rate,
    rate_of,
)
from usersim_opt.measuring.calibration.correction import Errors
from usersim_opt.measuring.calibration.groups import ErrorCounts
from usersim_opt.measuring.comparison import Comparison
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.pairs import paired_difference


def counts(right_passes, right_fails, of=1000):
    return ErrorCounts(
        right_passes=right_passes,
        passes=of,
        right_fails=right_fails,
        fails=of,
        worth_of_passes=of,
        worth_of_fails=of,
    )


def card(right_passes=900, right_fails=800, of=1000, **changes):
    fields = {
        "judge": "RubricJudge",
        "models": {"judge": "openai/some"},
        "offline": False,
        "made": "2026-11-30",
        "price": 1,
        "replies": 2 * of,
        "scenarios": 10,
        "tasks": 10,
        "data_sha256": "",
        "sources": (),
        "dimensions": (),
        "basis": "a person's",
        "counts": counts(right_passes, right_fails, of),
    }
    return JudgeCard(**(fields | changes))


def replies(passed, of=10, *, tasks=12, source="judge", version="v000"):
    """One reply to a scenario of each task, with so many of its criteria passed."""
    made = [outcome(f"{task:03}.1", passed, of, version) for task in range(1, tasks + 1)]
    return [each.model_copy(update={"grade": _by(each.grade, source)}) for each in made]


def _by(grade, source):
    verdicts = [verdict.model_copy(update={"source": source}) for verdict in grade.verdicts]
    return grade.model_copy(update={"verdicts": tuple(verdicts)})


def gain(old, new, judge_card, names=((), ())):
    raw = paired_difference(old, new)
    return corrected_gain(old, new, raw, card=judge_card, names=names)


def test_a_rate_is_corrected_by_the_errors_of_the_judge():
    found = corrected_rate(replies(7), card(), ())
    assert found.value.mean == pytest.approx((0.7 + 0.8 - 1) / 0.7, abs=0.005)
    assert found.value.low < found.value.mean < found.value.high


def test_verdicts_of_code_are_left_as_they_are():
    assert corrected_rate(replies(7, source="check"), card(), ()).why == NOT_JUDGED
    checked = replies(7, source="check")
    mixed = [_with(each, other) for each, other in zip(replies(7), checked, strict=True)]
    judged = corrected_rate(replies(7), card(), ()).value.mean
    assert corrected_rate(mixed, card(), ()).value.mean == pytest.approx((judged + 0.7) / 2)


def _with(reply, other):
    """A reply with the verdicts of another one beside its own."""
    more = tuple(
        verdict.model_copy(update={"criterion": f"code_{verdict.criterion}"})
        for verdict in other.verdicts
    )
    grade = reply.grade.model_copy(update={"verdicts": (*reply.verdicts, *more)})
    return reply.model_copy(update={"grade": grade})


def test_a_judge_that_is_little_better_than_a_coin_is_not_corrected():
    found = corrected_rate(replies(7), card(600, 550), ())
    assert found.value is None
    assert "too weak to correct, q0 + q1 - 1 is 0.15 and should be 0.2 or more" in found.why
    assert "no label of fails" in corrected_rate(replies(7), card(counts=no_fails()), ()).why


def no_fails():
    return counts(90, 0).model_copy(update={"fails": 0, "worth_of_fails": 0.0})


def test_a_judge_of_known_errors_holds_the_true_rate_in_clustered_replies():
    """1,000 measurements of 20 tasks that differ; 150 labels of each sort."""
    rng, runs, tasks, verdicts, true = np.random.default_rng(3), 1000, 20, 20, 0.6
    held = raw_held = 0
    for _ in range(runs):
        rates = np.clip(true + rng.uniform(-0.25, 0.25, tasks), 0, 1)
        passes = rng.binomial(verdicts, rates * 0.9 + (1 - rates) * 0.25).astype(float)
        errors = Errors(rng.binomial(150, 0.9), 150.0, rng.binomial(150, 0.75), 150.0)
        side = Side(np.zeros(tasks), passes, np.full(tasks, 20.0), np.full(tasks, 20.0))
        found = rate_of(side, errors)
        held += found.low <= true <= found.high
        raw = rate_of(Side(passes, passes * 0, passes * 0, np.full(tasks, 20.0)), errors)
        raw_held += raw.low <= true <= raw.high
    assert 930 <= held <= 970
    assert raw_held < 850


def test_a_gain_is_drawn_out_by_what_the_judge_blurs():
    found = gain(replies(5), replies(7), card())
    assert found.value.mean == pytest.approx(0.2 / 0.7, abs=0.005)
    assert not found.apart


def test_errors_of_both_prompts_apart_take_out_what_the_judge_likes_in_one():
    by_prompt = {"base": counts(900, 900), "mine": counts(950, 650)}
    found = gain(replies(5), replies(6), card(by_prompt=by_prompt), (["base"], ["mine"]))
    assert found.apart
    old, new = (0.5 + 0.9 - 1) / 0.8, (0.6 + 0.65 - 1) / 0.6
    assert found.value.mean == pytest.approx(new - old, abs=0.01)
    alone = gain(replies(5), replies(6), card(by_prompt=by_prompt), (["base"], ["other"]))
    assert not alone.apart


def varied(passes, version):
    """Replies with other numbers of passes from task to task."""
    one = [replies(passed, tasks=1, version=version)[0] for passed in passes]
    named = enumerate(one, start=1)
    return [each.model_copy(update={"scenario": f"{task:03}.1"}) for task, each in named]


OLD = varied([5, 6, 4, 5, 6, 5, 4, 5, 6, 5, 5, 4], "v000")
NEW = varied([7, 7, 6, 6, 8, 6, 6, 7, 7, 6, 7, 5], "v001")


def sides(judge_card):
    """A comparison of two prompts, the second proven better as judged."""
    old, new = (Evaluation({}, each, judge_card=judge_card) for each in (OLD, NEW))
    found = Comparison(old, new, paired_difference(OLD, NEW))
    assert found.difference.proven
    return found


def test_a_comparison_names_the_judge_and_tells_the_gain_without_its_errors():
    text = sides(card()).sentence
    assert "Judge: RubricJudge (openai/some), right on 90.0 % of the passes and 80.0 %" in text
    assert "2,000 labels, a person's" in text
    assert "Without the judge's errors, taken to be alike for both: gain" in text
    assert "hangs on the judge" not in text
    assert "judge" not in sides(None).sentence


def test_a_verdict_that_hangs_on_the_judge_says_so():
    kinder = card(by_prompt={"v000": counts(900, 900), "v001": counts(950, 650)})
    assert "The verdict hangs on the judge: better as judged, not without" in sides(kinder).sentence
    weak = sides(card(600, 550)).sentence
    assert "Not corrected for the judge's errors: the judge is too weak" in weak
    assert weak.endswith("The verdict hangs on the judge.")
    few = sides(card(8, 5, of=10)).corrected
    assert few.value.low < 0, "labels that are few say little of the errors"


def test_an_evaluation_tells_the_rate_without_the_judge_s_errors():
    side = Evaluation({}, NEW, judge_card=card(), held_out=True)
    assert "Without the judge's errors: " in str(side)
    assert "(as judged 65.0 % [" in side.judge_lines[1]
    assert "as judged 65.0 %" in side._repr_html_()
    assert Evaluation({}, NEW).judge_lines == []


def test_with_a_perfect_judge_the_corrected_gain_is_the_raw_one():
    perfect = counts(10**9, 10**9, of=10**9)
    raw = paired_difference(OLD, NEW)
    found = gain(OLD, NEW, card(counts=perfect)).value
    assert found.mean == pytest.approx(raw.gain.mean)
    assert found.low == pytest.approx(min(raw.gain.low, raw.by_task.low), abs=1e-4)
    assert found.high == pytest.approx(max(raw.gain.high, raw.by_task.high), abs=1e-4)


def test_a_metric_hands_the_card_on(simulator, airline):
    judge = uso.RubricJudge(uso.connect("offline/judge"))
    known = card(models={"judge": "offline/judge"})
    metric = uso.RubricMetric(judge, judge_card=known)
    found = uso.compare(simulator, simulator, airline.smoke[:6], metric)
    assert found.new.judge_card == known
    assert "Without the judge's errors" in str(found)
