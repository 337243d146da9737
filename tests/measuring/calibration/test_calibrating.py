"""A judge is put to labelled replies, and its card says how far it can be trusted."""

import itertools
import json

import dspy
import pytest
from conftest import AIRLINE
from helpers import CRITERION, scenario
from judges import Told

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.calibration.asked import groups_of
from usersim_opt.measuring.calibration.card import JudgeCard
from usersim_opt.scenarios.records import Task

OPEN = {"id": "calm", "dimension": "error_reaction.emotional_pattern", "text": "It is calm."}
EXAMPLES = {
    "natural": ["no", "not that one", "no the other flight is what i meant"],
    "near": [
        {"reply": "no!!", "fails": ["calm"], "fault": "shouts"},
        {"reply": "no, thank you so much for your help", "fails": ["short"], "fault": "thanks"},
    ],
}
RIGHT = {
    ("calm", "no!!"): "fail",
    ("short", "no, thank you so much for your help"): "fail",
    ("short", "no the other flight is what i meant"): "fail",
}


def examples(number=8):
    """Scenarios of so many tasks, with a criterion that has a check and one that has none."""
    rubric = [CRITERION, OPEN]
    return [
        dspy.Example(
            task=Task(id=f"{task:03}", domain="d", source="s", story="You."),
            record=scenario(f"{task:03}.3", criteria=rubric, examples=EXAMPLES),
        )
        for task in range(1, number + 1)
    ]


def right(criterion, reply):
    return RIGHT.get((criterion.id, reply), "pass")


def of(groups, name):
    return next(group for group in groups if group.name == name)


def test_a_judge_that_is_always_right_agrees_with_everything_that_is_known():
    card = uso.calibrate_judge(Told(right), examples())
    assert of(card.sources, "the checks").agreement.share == 1.0
    assert of(card.sources, "near examples").kappa.value == 1.0
    assert of(card.dimensions, CRITERION["dimension"]).false_fail.count == 8
    assert card.counts.right_passes == card.counts.passes == 32
    assert card.counts.right_fails == card.counts.fails == 8
    assert card.basis == "the data set's examples, on criteria without a check"
    assert card.too_weak == ""


def test_a_judge_that_always_passes_has_no_kappa_and_corrects_nothing():
    card = uso.calibrate_judge(Told(lambda criterion, reply: "pass"), examples())
    group = of(card.sources, "all examples")
    assert group.kappa.value is None
    assert "No kappa for all examples: the judge calls everything a pass." in str(card)
    assert group.false_pass.share == 1.0
    assert "too weak to correct" in card.too_weak
    assert any("Figures are not corrected" in line for line in card.warnings)


def test_what_changes_when_it_is_asked_again_and_in_reverse_is_counted_apart():
    calls = itertools.count()

    def wavers(criterion, reply):
        return "fail" if criterion.id == "calm" and next(calls) % 3 == 2 else "pass"

    card = uso.calibrate_judge(Told(wavers), examples(6), workers=1)
    again, backwards = card.stability
    assert (again.name, again.changed.count) == ("asked again", 0)
    assert backwards.changed.count == 30
    assert backwards.changed.of == 60


def test_the_order_is_reversed_once_and_without_repeats_the_judge_is_asked_once():
    judge = Told(right)
    uso.calibrate_judge(judge, examples(1), workers=1)
    assert judge.asked[:3] == [["short", "calm"], ["short", "calm"], ["calm", "short"]]
    once = Told(right)
    card = uso.calibrate_judge(once, examples(1), repeats=0)
    assert len(once.asked) == 5
    assert card.stability == ()


def test_a_judge_that_passes_longer_replies_is_caught_at_equal_labels():
    def for_length(criterion, reply):
        return "pass" if len(reply.split()) > 5 else "fail"

    card = uso.calibrate_judge(Told(for_length), examples())
    longer, politer = card.leanings
    assert longer.difference == 1.0
    assert longer.low == 1.0
    assert longer.is_shown
    assert any("leans" in line and "longer" in line for line in card.warnings)
    assert politer.is_shown, "the polite reply is a long one: what is one is not told apart"


def test_disagreements_stand_in_the_card_the_worst_first_with_the_evidence():
    card = uso.calibrate_judge(Told(lambda criterion, reply: "pass"), examples(6))
    first = card.disagreements[0]
    assert first.against == ("a near example", "its check")
    assert (first.right, first.given) == ("fail", "pass")
    assert first.evidence.startswith("on 'no, thank you")
    assert card.disagreements[-1].against in (("a near example",), ("its check",))
    assert "evidence: on 'no, thank you" in str(card)


def labels(number, **changes):
    return [
        {"scenario": f"{task:03}.3", "reply": f"no {task} {n}", "prompt": "base", **changes}
        for task in range(1, number + 1)
        for n in range(3)
    ]


def test_labels_of_people_are_what_the_error_rates_are_from():
    given = [*labels(8, passes=["calm"]), *labels(8, fails=["calm"], prompt="mine")]
    card = uso.calibrate_judge(Told(lambda c, reply: "pass"), examples(), given, repeats=0)
    assert card.basis == "a person's"
    assert (card.counts.passes, card.counts.fails) == (24, 24)
    assert set(card.by_prompt) == {"base", "mine"}
    assert card.by_prompt["mine"].fails == 24
    assert of(card.sources, "people").agreement.share == 0.5
    assert not any("No label is a person's" in line for line in card.warnings)


def test_a_judge_whose_call_fails_is_named_with_the_scenario():
    def boom(criterion, reply):
        raise RuntimeError("boom")

    with pytest.raises(uso.UsersimError, match=r"the judge failed on scenario 001\.3 \(.*boom"):
        uso.calibrate_judge(Told(boom), examples(1))


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((Told(right), []), "no scenario to calibrate on"),
        ((Told(right), [1]), "has no scenario record"),
        ((len, examples(1)), "without 'price'"),
    ],
)
def test_useless_arguments_are_refused(arguments, complaint):
    with pytest.raises(InputError, match=complaint):
        uso.calibrate_judge(*arguments)
    with pytest.raises(InputError, match="repeats is -1"):
        uso.calibrate_judge(Told(right), examples(1), repeats=-1)


def test_a_card_is_saved_and_read_back_with_a_text_beside_it(tmp_path):
    card = uso.calibrate_judge(Told(right), examples())
    file = card.save(tmp_path / "deep" / "judge.json")
    assert uso.read_judge_card(file) == card
    text = file.with_suffix(".txt").read_text()
    assert text == f"{card}\n"
    assert "right on 100.0 % of the passes and 100.0 % of the fails; 40 labels" in text


def test_what_is_no_card_is_refused(tmp_path):
    file = tmp_path / "judge.json"
    file.write_text(json.dumps({"format": "another"}))
    with pytest.raises(InputError, match=r"judge\.json: .*format"):
        uso.read_judge_card(file)
    with pytest.raises(InputError, match="ends in .txt"):
        uso.calibrate_judge(Told(right), examples(1)).save(tmp_path / "judge.txt")
    with pytest.raises(InputError, match="judge_card is 3"):
        uso.RubricMetric(Told(right), judge_card=3)


def test_the_stand_in_is_calibrated_on_the_training_scenarios_of_a_data_set():
    data = uso.load_dataset(AIRLINE)
    judge = uso.RubricJudge(uso.connect("offline/judge"))
    card = uso.calibrate_judge(judge, data.smoke[:20], repeats=0)
    assert isinstance(card, JudgeCard)
    assert card.models == {"judge": "offline/judge"}
    assert card.offline
    assert "stand-in" in str(card)


def test_a_card_of_another_model_is_told():
    judge = uso.RubricJudge(uso.connect("offline/judge"))
    data = uso.load_dataset(AIRLINE)
    card = uso.calibrate_judge(judge, data.smoke[:2], repeats=0)
    uso.RubricMetric(judge, judge_card=card)
    warm = uso.RubricJudge(uso.connect("offline/judge", temperature=0.9))
    with pytest.warns(UserWarning, match="the judge card is of offline/judge and the judge is"):
        uso.RubricMetric(warm, judge_card=card)


# -- several replies in one call -------------------------------------------------------------------


class Batched(Told):
    """A judge of many replies in a call, which errs on every so many of them there."""

    name = "a judge of batches"

    def __init__(self, says, *, batch, errs=0):
        super().__init__(says)
        self.batch, self.errs, self.calls, self.seen = batch, errs, 0, 0

    def many(self, questions):
        self.calls += 1
        given = [self(history=q.history, reply=q.reply, criteria=q.criteria) for q in questions]
        return [{each.criterion: self._spoiled(each) for each in one.verdicts} for one in given]

    def _spoiled(self, verdict):
        self.seen += 1
        if not self.errs or self.seen % self.errs:
            return verdict
        other = "fail" if verdict.passed else "pass"
        return verdict.model_copy(update={"outcome": other})


def test_a_judge_of_batches_is_held_to_the_labels_both_ways_with_an_interval():
    judge = Batched(right, batch=4)
    card = uso.calibrate_judge(judge, examples(), repeats=0)
    assert judge.calls == 10
    check = card.batch
    assert (check.verdicts, check.together, check.alone, check.differ.count) == (80, 72, 72, 0)
    assert check.low < 0 < check.high < 0.05
    assert check.sentence in str(card)
    assert "right on 90.0 % of 80 labels, one by one on 90.0 %: +0.0 points" in check.sentence


def test_a_loss_in_batches_is_told_and_warned_of():
    card = uso.calibrate_judge(Batched(right, batch=4, errs=10), examples(), repeats=0)
    assert (card.batch.together, card.batch.alone) == (64, 72)
    assert card.batch.gain == pytest.approx(-0.1)
    assert card.batch.low < -0.1 < card.batch.high < 0.05
    (warning,) = [each for each in card.warnings if "replies a call" in each]
    assert "cost no agreement is not shown" in warning
    assert "2 may be lost" in warning


def test_many_labels_without_a_difference_show_that_batches_cost_nothing():
    card = uso.calibrate_judge(Batched(right, batch=4), examples(40), repeats=0)
    assert card.batch.is_shown_safe
    assert not any("replies a call" in each for each in card.warnings)


def test_the_card_of_a_judge_of_single_calls_has_no_word_of_batches(tmp_path):
    card = uso.calibrate_judge(Told(right), examples(), repeats=0)
    assert card.batch is None
    assert "batch" not in json.loads(card.save(tmp_path / "judge.json").read_text())


def test_a_card_of_batches_comes_back_and_is_not_taken_for_one_of_single_calls(tmp_path):
    card = uso.calibrate_judge(Batched(right, batch=4), examples(), repeats=0)
    file = card.save(tmp_path / "judge.json")
    assert uso.read_judge_card(file) == card
    with pytest.warns(UserWarning, match="of 4 replies a call and the judge takes 1"):
        uso.RubricMetric(Told(right), judge_card=file)


def test_replies_of_a_call_are_drawn_at_random_each_once():
    groups = groups_of(23, 5)
    assert sorted(number for group in groups for number in group) == list(range(23))
    assert [len(group) for group in groups] == [5, 5, 5, 5, 3]
    assert groups != [list(range(n, min(n + 5, 23))) for n in range(0, 23, 5)]
    assert groups_of(3, 1) == [[0], [1], [2]]
