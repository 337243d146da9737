import numpy as np
from helpers import scenario

from usersim_opt.measuring.outcome import Grade, Outcome, Verdict
from usersim_opt.measuring.verdicts import dimensions_of, weights_of

SHORT = {"id": "short", "dimension": "communication_style.shortness", "text": "Short."}
WAITS = {"id": "waits", "dimension": "ending.waits_for_confirmation", "text": "Waits."}


def outcome(*verdicts):
    """A reply to 001.3 with a verdict for each criterion."""
    given = [Verdict(criterion=c, outcome=o, evidence="", source="judge") for c, o in verdicts]
    grade = Grade(scenario="001.3", verdicts=tuple(given))
    return Outcome(scenario="001.3", version="v", stage="s", repeat=0, status="scored", grade=grade)


def test_a_dimension_without_a_scored_verdict_weighs_nothing():
    scenarios = {"001.3": scenario(criteria=[SHORT, WAITS])}
    dimensions = dimensions_of(scenarios.values())
    assert dimensions == [SHORT["dimension"], WAITS["dimension"]]
    unscored = outcome(("short", "pass"), ("waits", "unscored"))
    assert np.array_equal(weights_of([unscored], scenarios, dimensions), [1.0, 0.0])
    scored = outcome(("short", "pass"), ("waits", "fail"))
    assert np.array_equal(weights_of([unscored, scored], scenarios, dimensions), [0.5, 0.5])
