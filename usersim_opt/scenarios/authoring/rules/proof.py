"""Rules on what the failing examples prove: each criterion can fail, and not by length alone."""

from usersim_opt.scenarios.authoring.rules import Faults, fault_in
from usersim_opt.scenarios.authoring.rules.quality import FIGURES
from usersim_opt.scenarios.records import Scenario, Task


def proof_faults(task: Task, scenario: Scenario) -> Faults:
    """Criteria that no example fails; too few that a curt or contrary reply fails."""
    named = {name for failure in scenario.examples.failures for name in failure.fails}
    for criterion in scenario.criteria:
        if criterion.id not in named:
            yield fault_in(
                scenario,
                f"criteria.{criterion.id}",
                kind="never_failed",
                what="no example reply fails it",
                fix="add one that does, or drop it",
            )
    if scenario.examples.contrary:
        yield from _spared(scenario)


def _spared(scenario: Scenario) -> Faults:
    failed, scored = failed_by_contrary(scenario), len(scenario.scored_criteria)
    if failed < FIGURES.contrary_share * scored:
        yield fault_in(
            scenario,
            "examples.contrary",
            kind="curt_is_best",
            what=f"contrary replies fail {failed} of {scored} scored criteria",
            fix="write one criterion that a curt or contrary reply fails",
        )


def failed_by_contrary(scenario: Scenario) -> int:
    """The number of scored criteria that a contrary reply fails."""
    named = {name for failure in scenario.examples.contrary for name in failure.fails}
    return sum(criterion.id in named for criterion in scenario.scored_criteria)
