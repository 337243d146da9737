"""What compare says beside the gain, and that its calls take turns."""

import itertools

import pytest
from helpers import scripted

import usersim_opt as uso
from usersim_opt.measuring.outcome import Grade, Verdict


class Milder:
    """A metric that passes more and more, whatever the reply."""

    def __init__(self, calls):
        self.numbers, self.calls = itertools.count(), calls

    def price(self, scenario):
        return 0

    def grade(self, scenario, reply):
        passed = round(10 * next(self.numbers) / self.calls)
        verdicts = [
            Verdict(
                criterion=f"c{n}",
                outcome="pass" if n < passed else "fail",
                evidence="",
                source="check",
            )
            for n in range(10)
        ]
        return Grade(scenario=scenario.id, verdicts=tuple(verdicts))


@pytest.fixture
def users(base_prompt):
    """The same customer twice, who always says the same."""
    lm, _ = scripted("no, what?")
    return [uso.UserSimulator(prompt, lm) for prompt in (base_prompt, f"{base_prompt.text}\nHm.")]


def test_a_metric_that_grows_milder_favours_neither_prompt(users, checked):
    examples = checked.smoke[:40]
    found = uso.compare(*users, examples, Milder(80), workers=1)
    assert abs(found.difference.gain.mean) < 0.01
    assert found.new.pass_rate.mean == pytest.approx(0.5, abs=0.02)


def test_a_prompt_that_plays_nobody_is_named_whatever_its_score(users, checked, simulator):
    canned = uso.compare(simulator, users[0], checked.smoke[:12], uso.RubricMetric())
    line = next(line for line in canned.sentence.splitlines() if "plays nobody" in line)
    assert line.startswith("The new prompt plays nobody, whatever its score: the same reply")
    both = uso.compare(*users, checked.smoke[:12], uso.RubricMetric())
    assert both.sentence.count("plays nobody") == 2
    assert "The old prompt plays nobody" in str(both)


def test_one_prompt_on_two_models_keeps_its_replies_apart(base_prompt, checked):
    """Their jobs have the same names, for the prompt is the same."""
    sides = [uso.UserSimulator(base_prompt, scripted(text)[0]) for text in ("aye", "nay")]
    found = uso.compare(*sides, checked.smoke[:8], uso.RubricMetric())
    assert {outcome.reply for outcome in found.old.outcomes} == {"aye"}
    assert {outcome.reply for outcome in found.new.outcomes} == {"nay"}
