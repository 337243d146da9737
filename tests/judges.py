"""Judges for the tests of calibration: they know the labels, and err as they are told."""

import dspy

from usersim_opt.measuring.outcome import Verdict


class Told:
    """A judge that gives what a function says of a criterion and a reply; it asks no model."""

    price, models, name = 1, (), "a judge that was told"

    def __init__(self, says):
        self.says = says
        self.asked = []

    def __call__(self, *, history, reply, criteria):
        self.asked.append([criterion.id for criterion in criteria])
        verdicts = [
            Verdict(
                criterion=criterion.id,
                outcome=self.says(criterion, reply),
                evidence=f"on {reply!r:.40}",
                source="judge",
            )
            for criterion in criteria
        ]
        return dspy.Prediction(verdicts=verdicts)
