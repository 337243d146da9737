"""The linter: everything that can be found wrong by rule in a data set that loads.

Each fault says file, field, what is wrong and how to mend it. The rules are in rules/, a file for each thing.
Not covered: whether anybody would talk like that, and criteria without a check on the example replies.
"""

from collections.abc import Callable, Iterator

from usersim_opt.scenarios.authoring.rules import Fault
from usersim_opt.scenarios.authoring.rules.coverage import Targets, coverage_faults
from usersim_opt.scenarios.authoring.rules.criteria import criterion_faults
from usersim_opt.scenarios.authoring.rules.examples import example_faults
from usersim_opt.scenarios.authoring.rules.facts import fact_faults
from usersim_opt.scenarios.authoring.rules.leakage import leakage_faults
from usersim_opt.scenarios.authoring.rules.similarity import similarity_faults
from usersim_opt.scenarios.authoring.rules.turns import turn_faults
from usersim_opt.scenarios.dataset import Dataset
from usersim_opt.scenarios.records import Scenario, Task

Rule = Callable[[Task, Scenario], Iterator[Fault]]
SCENARIO_RULES: tuple[Rule, ...] = (turn_faults, criterion_faults, example_faults, fact_faults)

NO_TARGETS = Targets()


def lint_scenario(task: Task, scenario: Scenario) -> list[Fault]:
    """The faults of one scenario by itself."""
    return [fault for rule in SCENARIO_RULES for fault in rule(task, scenario)]


def lint_dataset(dataset: Dataset, targets: Targets = NO_TARGETS) -> list[Fault]:
    """All faults of all scenarios, then those between scenarios and splits; `targets` count train and smoke."""
    alone = [
        fault
        for s in dataset.scenarios.values()
        for fault in lint_scenario(dataset.tasks[s.task_id], s)
    ]
    used = [*dataset.of("train"), *dataset.of("smoke")]
    return [
        *alone,
        *similarity_faults(dataset.scenarios),
        *leakage_faults(dataset),
        *coverage_faults(used, targets),
    ]
