"""What can be wrong with a scenario although it loads: found by rule, one message per fault.

Each message says file, field, what is wrong and how to mend it. Not covered yet: facts that the task does not hold,
near-duplicates, leakage between splits; and whether anybody would talk like that.
"""

from collections.abc import Iterator

from usersim_opt import checks
from usersim_opt.dataset import Dataset
from usersim_opt.schema import AGENT_TURNS, Scenario

MIN_CRITERIA, MAX_CRITERIA = 2, 5


def lint_dataset(dataset: Dataset) -> list[str]:
    """All faults of all scenarios, in order of id; an empty list means that nothing was found."""
    return [fault for scenario in dataset.scenarios.values() for fault in lint_scenario(scenario)]


def lint_scenario(scenario: Scenario) -> list[str]:
    """The faults of one scenario, each as `scenarios/ID.yaml: field: what; what to do`."""
    found = [*_turns(scenario), *_criteria(scenario), *_examples(scenario)]
    return [f"scenarios/{scenario.id}.yaml: {fault}" for fault in found]


def _turns(scenario: Scenario) -> Iterator[str]:
    least, most = AGENT_TURNS[scenario.type]
    turns = sum(turn.role == "agent" for turn in scenario.history)
    if not least <= turns <= most:
        yield f"history: {turns} agent turns; {scenario.type} needs {least} to {most}"
    for before, after in zip(scenario.history, scenario.history[1:], strict=False):
        if before.role == after.role:
            yield f"history: two {before.role} turns in a row ({after.text[:40]!r}); join them"


def _criteria(scenario: Scenario) -> Iterator[str]:
    if not MIN_CRITERIA <= len(scenario.criteria) <= MAX_CRITERIA:
        yield f"criteria: {len(scenario.criteria)}; expected {MIN_CRITERIA} to {MAX_CRITERIA}"
    families = {criterion.dimension.partition(".")[0] for criterion in scenario.criteria}
    for family in scenario.stresses:
        if family not in families:
            yield f"stresses: no criterion is of the family {family}; add one or take the family out"


def _examples(scenario: Scenario) -> Iterator[str]:
    """A check must agree with every example: it holds on the passing ones and on the failing one exactly where not named."""
    replies = [(f"pass[{i}]", reply, ()) for i, reply in enumerate(scenario.examples.passing)]
    failing = scenario.examples.failing
    for name, reply, fails in [*replies, ("fail", failing.reply, failing.fails)]:
        for criterion in scenario.criteria:
            if criterion.check is None:
                continue
            holds, evidence = checks.run(criterion.check, reply)
            if holds == (criterion.id in fails):
                wanted = "fail" if criterion.id in fails else "pass"
                yield f"examples.{name}: the check of {criterion.id!r} should {wanted} here but does not ({evidence}); mend the check or the reply"
