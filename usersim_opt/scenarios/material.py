"""A set of scenarios with their tasks: what a search, an evaluation or an ablation runs on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.text import sha256
from usersim_opt.basics.validation import Fields
from usersim_opt.scenarios.records import Record, Scenario, Scenarios, Task, Tasks, in_task_order


@dataclass(frozen=True)
class ScenarioSet:
    """Scenarios by id, and the task of each by its id."""

    scenarios: Scenarios
    tasks: Tasks

    @classmethod
    def of(cls, examples: Sequence[Any], *, name: str) -> "ScenarioSet":
        """Take the records out of dspy Examples of load_dataset; `name` names them in messages.

        InputError for other examples, and for a scenario that stands there twice.
        """
        _check_list(examples, name)
        scenarios: dict[str, Scenario] = {}
        tasks: dict[str, Task] = {}
        for number, example in enumerate(examples):
            where = f"{name}[{number}]"
            scenario, task = _records(example, where=where)
            if scenario.id in scenarios:
                raise InputError(f"{where}: scenario {scenario.id} stands there twice")
            scenarios[scenario.id] = scenario.of_task(task)
            tasks[scenario.task_id] = task
        return cls(scenarios, tasks)

    def __or__(self, other: "ScenarioSet") -> "ScenarioSet":
        return ScenarioSet({**self.scenarios, **other.scenarios}, {**self.tasks, **other.tasks})

    def by_task(self) -> dict[str, list[str]]:
        """Scenario ids by task id, both in order."""
        by_task: dict[str, list[str]] = {task: [] for task in sorted(self.tasks)}
        for scenario_id in in_task_order(self.scenarios):
            by_task[self.scenarios[scenario_id].task_id].append(scenario_id)
        return by_task


def _check_list(examples: Any, name: str) -> None:
    if not isinstance(examples, Sequence) or isinstance(examples, str):
        raise InputError(
            f"{name} is a {type(examples).__name__}; "
            "expected a list of examples of load_dataset, such as data.train"
        )


def _records(example: Any, *, where: str) -> tuple[Scenario, Task]:
    """The scenario and the task that an example carries."""
    fields = example if hasattr(example, "get") else {}
    scenario, task = fields.get("record"), fields.get("task")
    if not isinstance(scenario, Scenario) or not isinstance(task, Task):
        raise InputError(
            f"{where} has no scenario record; expected examples of load_dataset, such as data.train"
        )
    return scenario, task


def digest(data: ScenarioSet) -> str:
    """Hex digest of all tasks, then all scenarios, each in order of id."""
    records = _dumped(data.tasks) + _dumped(data.scenarios)
    return sha256(json.dumps(records, sort_keys=True))


def _dumped(records: Mapping[str, Record]) -> list[Fields]:
    return [records[name].model_dump(mode="json") for name in sorted(records)]
