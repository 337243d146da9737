"""The linter: everything that can be found wrong by rule in a data set that loads.

Each fault says file, field, what is wrong and how to mend it. The rules are in rules/, a file for
each thing.
Not covered: whether anybody would talk like that, and criteria without a check on the example
replies.
"""

from collections.abc import Callable

from usersim_opt.scenarios.authoring.rules import Fault, Faults
from usersim_opt.scenarios.authoring.rules.coverage import Counts, Targets, coverage_faults
from usersim_opt.scenarios.authoring.rules.criteria import criterion_faults
from usersim_opt.scenarios.authoring.rules.examples import example_faults
from usersim_opt.scenarios.authoring.rules.facts import fact_faults
from usersim_opt.scenarios.authoring.rules.leakage import leakage_faults
from usersim_opt.scenarios.authoring.rules.moments import moment_faults
from usersim_opt.scenarios.authoring.rules.similarity import similarity_faults
from usersim_opt.scenarios.authoring.rules.turns import length_faults, turn_faults
from usersim_opt.scenarios.dataset import Dataset, check_kinds
from usersim_opt.scenarios.kinds import STANDARD, Kinds
from usersim_opt.scenarios.records import Scenario, Task

Rule = Callable[[Task, Scenario], Faults]
SCENARIO_RULES: tuple[Rule, ...] = (
    turn_faults,
    criterion_faults,
    moment_faults,
    example_faults,
    fact_faults,
)

NO_TARGETS = Targets()


def lint_scenario(task: Task, scenario: Scenario, kinds: Kinds = STANDARD) -> list[Fault]:
    """The faults of one scenario by itself; DatasetError if it is of none of the kinds."""
    check_kinds(scenario, kinds, where=f"scenarios/{scenario.id}.yaml")
    told = scenario.of_task(task)
    faults = list(length_faults(told, kinds.types[told.type]))
    for rule in SCENARIO_RULES:
        faults += rule(task, told)
    return faults


def lint_dataset(dataset: Dataset, targets: Targets = NO_TARGETS) -> list[Fault]:
    """The faults of all scenarios, then those between scenarios, between splits, and of size.

    `targets` count train and smoke.
    """
    used = [*dataset.of("train"), *dataset.of("smoke")]
    return [
        *_faults_of_scenarios(dataset),
        *similarity_faults(dataset.scenarios),
        *leakage_faults(dataset),
        *coverage_faults(Counts(used, dataset.kinds), targets),
    ]


def _faults_of_scenarios(dataset: Dataset) -> Faults:
    for scenario in dataset.scenarios.values():
        task = dataset.tasks[scenario.task_id]
        yield from lint_scenario(task, scenario, dataset.kinds)
