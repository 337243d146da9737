"""Rule on a rubric and replies of the model that is to be measured: it must be able to fail."""

from collections.abc import Sequence

from usersim_opt.scenarios import checks
from usersim_opt.scenarios.authoring.rules import Faults, fault_in
from usersim_opt.scenarios.records import Scenario


def observed_faults(scenario: Scenario, replies: Sequence[str]) -> Faults:
    """A rubric of which each observed reply passes every scored criterion that code decides.

    Nothing is said of a rubric without such criteria, and without replies.

    Not covered: criteria that a judge decides.
    """
    checked = [each for each in scenario.scored_criteria if each.check is not None]
    passed = [
        checks.run(criterion.check, reply, scenario.moment).holds
        for criterion in checked
        for reply in replies
        if criterion.check is not None
    ]
    if passed and all(passed):
        yield fault_in(
            scenario,
            "criteria",
            kind="observed_pass",
            what="every criterion passes on what the model already does",
            fix="write one against what a person would not do in the observed replies",
        )
