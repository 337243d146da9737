"""A set of scenarios with the tasks that they belong to."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.text import sha256
from usersim_opt.scenarios.records import Scenario, Task


@dataclass(frozen=True)
class Material:
    """The data of a run: scenarios by id, and the task of each."""

    records: Mapping[str, Scenario]
    tasks: Mapping[str, Task]

    @classmethod
    def of(cls, examples: Sequence[Any], *, name: str) -> "Material":
        """Take the records out of dspy Examples made by load_dataset; InputError if they are others."""
        if not isinstance(examples, Sequence):
            raise InputError(f"{name} is a {type(examples).__name__}; expected a list of examples of load_dataset, such as data.train")
        records: dict[str, Scenario] = {}
        tasks: dict[str, Task] = {}
        for number, example in enumerate(examples):
            record, task = (example.get("record"), example.get("task")) if hasattr(example, "get") else (None, None)
            if not isinstance(record, Scenario) or not isinstance(task, Task):
                raise InputError(f"{name}[{number}] has no scenario record; expected examples of load_dataset, such as data.train")
            if record.id in records:
                raise InputError(f"{name}[{number}]: scenario {record.id} stands there twice")
            records[record.id] = record
            tasks[record.task_id] = task
        return cls(records, tasks)

    def by_task(self) -> dict[str, list[str]]:
        """Scenario ids by task id."""
        return {task: sorted(i for i, record in self.records.items() if record.task_id == task) for task in sorted(self.tasks)}


def digest(data: Material) -> str:
    """Hex digest of all records, in order of id."""
    records = [data.tasks[i].model_dump(mode="json") for i in sorted(data.tasks)]
    records += [data.records[i].model_dump(mode="json") for i in sorted(data.records)]
    return sha256(json.dumps(records, sort_keys=True))
