"""The linter: everything that can be found wrong by rule in a data set that loads.

Each fault says file, field, what is wrong and how to mend it. Some faults are advice: they say that
a rubric measures little (its criteria never fail, its examples are caricatures), and count only
where `strict` asks for them. The rules are in rules/, a file for each thing; quality.yaml names the
kinds of faults and holds the figures.

Not covered: whether anybody would talk like that, and criteria without a check on the example
replies.
"""

from collections.abc import Callable, Iterable

from usersim_opt.scenarios.authoring.rules import Fault, Faults
from usersim_opt.scenarios.authoring.rules.balance import balance_faults
from usersim_opt.scenarios.authoring.rules.caricatures import caricature_faults
from usersim_opt.scenarios.authoring.rules.coverage import Counts, Targets, coverage_faults
from usersim_opt.scenarios.authoring.rules.criteria import criterion_faults
from usersim_opt.scenarios.authoring.rules.examples import example_faults
from usersim_opt.scenarios.authoring.rules.facts import fact_faults
from usersim_opt.scenarios.authoring.rules.implied import implied_faults
from usersim_opt.scenarios.authoring.rules.language import language_faults
from usersim_opt.scenarios.authoring.rules.leakage import leakage_faults
from usersim_opt.scenarios.authoring.rules.limits import limit_faults
from usersim_opt.scenarios.authoring.rules.moments import moment_faults
from usersim_opt.scenarios.authoring.rules.naturals import natural_faults
from usersim_opt.scenarios.authoring.rules.proof import proof_faults
from usersim_opt.scenarios.authoring.rules.similarity import similarity_faults
from usersim_opt.scenarios.authoring.rules.splits import split_faults
from usersim_opt.scenarios.authoring.rules.tolerance import tolerance_faults
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
    caricature_faults,
    natural_faults,
    limit_faults,
    implied_faults,
    proof_faults,
    tolerance_faults,
)

NO_TARGETS = Targets()


def lint_scenario(
    task: Task, scenario: Scenario, kinds: Kinds = STANDARD, *, strict: bool = False
) -> list[Fault]:
    """The faults of one scenario by itself, with `strict` also advice.

    DatasetError if it is of none of the kinds.
    """
    check_kinds(scenario, kinds, where=f"scenarios/{scenario.id}.yaml")
    told = scenario.of_task(task)
    faults = list(length_faults(told, kinds.types[told.type]))
    for rule in SCENARIO_RULES:
        faults += rule(task, told)
    return _counting(faults, strict=strict)


def lint_dataset(
    dataset: Dataset, targets: Targets = NO_TARGETS, *, strict: bool = False
) -> list[Fault]:
    """The faults of the language, of all scenarios, between scenarios and splits, and of size.

    `targets` count train and smoke; with `strict` advice is among the faults.
    """
    used = [*dataset.of("train"), *dataset.of("smoke")]
    faults = [
        *language_faults(dataset),
        *_faults_of_scenarios(dataset),
        *similarity_faults(dataset.scenarios),
        *leakage_faults(dataset),
        *coverage_faults(Counts(used, dataset.kinds), targets),
        *balance_faults(used),
        *split_faults(dataset),
    ]
    return _counting(faults, strict=strict)


def _faults_of_scenarios(dataset: Dataset) -> Faults:
    for scenario in dataset.scenarios.values():
        task = dataset.tasks[scenario.task_id]
        yield from lint_scenario(task, scenario, dataset.kinds, strict=True)


def _counting(faults: Iterable[Fault], *, strict: bool) -> list[Fault]:
    return [fault for fault in faults if strict or fault.counts]
