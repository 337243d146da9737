"""Rules on checks that look at more than the reply: what they look at has to be there."""

from usersim_opt.scenarios import checks
from usersim_opt.scenarios.authoring.rules import Faults, fault_in
from usersim_opt.scenarios.records import Scenario, Task

LEAST_OWN_TURNS = {"max_ratio_to_own": 1, "manner_of_own": 2}
"""The customer's own turns that a kind of check needs to say anything."""


def moment_faults(task: Task, scenario: Scenario) -> Faults:
    """Checks that compare with the customer's own turns where there are too few."""
    own = len(scenario.moment.own)
    for criterion in scenario.criteria:
        for kind in checks.kinds_in(criterion.check or {}):
            least = LEAST_OWN_TURNS.get(kind, 0)
            if own < least:
                yield fault_in(
                    scenario,
                    f"criteria.{criterion.id}.check",
                    kind="no_own_turns",
                    what=f"{kind} needs {least} of the customer's own turns, and there are {own}",
                    fix="say it without comparing, such as {max_words: 25}",
                )
