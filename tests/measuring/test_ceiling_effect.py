import pytest
from helpers import outcome, scenario

from usersim_opt.measuring.ceiling_effect import CeilingEffect
from usersim_opt.measuring.comparison import Comparison
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.pairs import paired_difference


def replies(at_top, of, *, criteria=4):
    """Replies to scenarios of their own; those not at the top fail their last criterion."""
    return [
        outcome(f"{100 + number}.1", criteria - (number >= at_top), criteria)
        for number in range(of)
    ]


def evaluation(outcomes):
    return Evaluation({each.scenario: scenario(each.scenario) for each in outcomes}, outcomes)


def test_replies_and_criteria_at_the_top_are_counted():
    assert CeilingEffect.of(replies(48, 60)) == CeilingEffect(60, 48, 240, 228)


def test_a_criterion_that_one_of_its_replies_fails_is_failed():
    twice = [outcome("001.1", 4, 4), outcome("001.1", 3, 4, repeat=1)]
    assert CeilingEffect.of(twice) == CeilingEffect(2, 1, 4, 3)


@pytest.mark.parametrize(
    ("at_top", "of", "criteria", "is_there"),
    [
        (48, 50, 4, True),  # 48 of 50 real replies were there
        (48, 49, 4, False),  # too few to say
        (9, 50, 20, False),  # 18 %, which may well be 15
        (10, 60, 2, False),  # most criteria are failed
        (40, 60, 2, True),
    ],
)
def test_a_ceiling_is_named_only_where_it_is_beyond_doubt(at_top, of, criteria, is_there):
    effect = CeilingEffect.of(replies(at_top, of, criteria=criteria))
    assert effect.is_there == is_there
    assert bool(effect.note) == is_there


def test_nothing_scored_is_no_ceiling():
    assert CeilingEffect.of([outcome("001.1", 0, 0, status="error")]).note == ""


def test_terminal_and_notebook_say_what_helps():
    at_ceiling, below = evaluation(replies(58, 60)), evaluation(replies(5, 60, criteria=2))
    assert "58 of 60 replies pass every criterion" in str(at_ceiling)
    assert "docs/rubrics.md" in at_ceiling._repr_html_()
    assert "eiling" not in str(below) + below._repr_html_()


def test_a_comparison_names_the_side_and_says_once_what_helps():
    old, new = evaluation(replies(58, 60)), evaluation(replies(60, 60))
    both = Comparison(old, new, paired_difference(old.outcomes, new.outcomes))
    assert "Ceiling, old prompt: 58 of 60" in str(both)
    assert "Ceiling, new prompt: 60 of 60" in str(both)
    assert str(both).count("docs/rubrics.md") == 1
