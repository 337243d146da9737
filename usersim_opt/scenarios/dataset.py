"""A dataset folder: read, check, split and write.

    tasks/001.yaml        one private customer story
    scenarios/001.3.yaml  a conversation so far, its rubric, its example replies
    splits.yaml           train: [001, ...]   smoke: [...]   test: [...]
    kinds.yaml            types and dimensions that the data set adds to the standard ones; seldom needed

A scenario file begins like this:

    id: "001.3"
    type: wrong_assumption
    stresses: [clarification]
    history:
      - agent: Hi! How can I help you today?

Not covered: the quality of the content (see the linter).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import DatasetError
from usersim_opt.basics.validation import parse
from usersim_opt.scenarios.kinds import STANDARD, Kinds, kinds_of
from usersim_opt.scenarios.records import (
    SCENARIO_ID,
    TASK_ID,
    Scenario,
    Task,
    in_task_order,
    valid_id,
)

if TYPE_CHECKING:
    import dspy

Split = Literal["train", "smoke", "test"]
FileRecord = TypeVar("FileRecord", Task, Scenario)
MIN_TRAIN = 2
SPLITS: tuple[Split, ...] = ("train", "smoke", "test")


class _Splits(BaseModel):
    """The shape of splits.yaml: lists of task ids."""

    model_config = ConfigDict(extra="forbid", strict=True)
    train: list[str]
    smoke: list[str]
    test: list[str]


@dataclass(frozen=True, repr=False)
class Dataset:
    """Tasks, their scenarios and the split by task; `train`, `smoke` and `test` are lists of dspy.Example."""

    tasks: Mapping[str, Task]
    scenarios: Mapping[str, Scenario]
    splits: Mapping[Split, tuple[str, ...]]
    kinds: Kinds = STANDARD
    """The types and dimensions that its scenarios may have."""

    def __repr__(self) -> str:
        splits = ", ".join(f"{len(self.of(name))} {name}" for name in SPLITS)
        return f"<Dataset: {len(self.tasks)} tasks, {len(self.scenarios)} scenarios; {splits}>"

    @cached_property
    def train(self) -> "list[dspy.Example]":
        """Scenarios that proposals and selection may see."""
        return self._examples("train")

    @cached_property
    def smoke(self) -> "list[dspy.Example]":
        """Held-out scenarios for the final acceptance test."""
        return self._examples("smoke")

    @cached_property
    def test(self) -> "list[dspy.Example]":
        """Scenarios for final reports only; no search reads them."""
        return self._examples("test")

    def of(self, split: Split) -> list[Scenario]:
        """The scenarios of a split, in order of task and number."""
        chosen = set(self.splits[split])
        return [scenario for scenario in self.scenarios.values() if scenario.task_id in chosen]

    def _examples(self, split: Split) -> "list[dspy.Example]":
        return [example(self.tasks[scenario.task_id], scenario) for scenario in self.of(split)]


def example(task: Task, scenario: Scenario) -> "dspy.Example":
    """A scenario as DSPy wants it: inputs `scenario` (the private story) and `history`; the records ride along."""
    import dspy  # noqa: PLC0415 - reading a dataset needs no dspy

    history = dspy.History(messages=scenario.messages)
    made = dspy.Example(scenario=task.story, history=history, task=task, record=scenario)
    return made.with_inputs("scenario", "history")


def load_dataset(folder: str | Path) -> Dataset:
    """Read a dataset folder; DatasetError names the file, the field, what was got and what was expected."""
    root = Path(folder)
    if not root.is_dir():
        raise DatasetError(
            f"{root}: no such folder; expected a dataset folder with tasks/, scenarios/ and splits.yaml"
        )
    tasks = _read_tasks(root / "tasks")
    kinds = kinds_of(root)
    scenarios = _read_scenarios(root / "scenarios", tasks=tasks, kinds=kinds)
    splits = _read_splits(root / "splits.yaml", tasks)
    _check_covered(root, splits, {scenario.task_id for scenario in scenarios.values()})
    return Dataset(tasks=tasks, scenarios=scenarios, splits=splits, kinds=kinds)


def _read_tasks(folder: Path) -> dict[str, Task]:
    read = [_read(path, Task, TASK_ID) for path in _yaml_files(folder)]
    if not read:
        raise DatasetError(
            f"{folder}: no .yaml files; expected one file per task, such as 001.yaml"
        )
    return {task.id: task for task in read}


def _read_scenarios(
    folder: Path, *, tasks: Mapping[str, Task], kinds: Kinds
) -> dict[str, Scenario]:
    """The scenarios by id, in order of task and number; each belongs to a task and is of known kinds."""
    read = {path.stem: _read(path, Scenario, SCENARIO_ID) for path in _yaml_files(folder)}
    for name, scenario in read.items():
        where = f"{folder / name}.yaml"
        if scenario.task_id not in tasks:
            raise DatasetError(
                f"{where}: id: there is no task {scenario.task_id!r} in {folder.with_name('tasks')}"
            )
        check_kinds(scenario, kinds, where=where)
    return {name: read[name] for name in in_task_order(read)}


def check_kinds(scenario: Scenario, kinds: Kinds, *, where: str) -> None:
    """DatasetError unless type, families and dimensions of a scenario are among the kinds."""
    dimensions = [criterion.dimension for criterion in scenario.criteria]
    if fault := kinds.unknown(
        kind=scenario.type, families=scenario.stresses, dimensions=dimensions
    ):
        raise DatasetError(f"{where}: {fault}")


def _check_covered(
    root: Path, splits: Mapping[Split, Sequence[str]], covered: Collection[str]
) -> None:
    """DatasetError for a training or smoke task without a scenario."""
    for split in ("train", "smoke"):
        if bare := sorted(set(splits[split]) - set(covered)):
            raise DatasetError(
                f"{root / 'tasks' / bare[0]}.yaml: the task is in {split} but has no scenario in {root / 'scenarios'}; "
                "write one or take it out"
            )


def _yaml_files(folder: Path) -> list[Path]:
    if strays := sorted(path for path in folder.glob("*.yml")):
        raise DatasetError(
            f"{strays[0]}: ends in .yml and would not be read; expected {strays[0].stem}.yaml"
        )
    return sorted(path for path in folder.glob("*.yaml") if path.is_file())


def _read(path: Path, record: type[FileRecord], pattern: str) -> FileRecord:
    if not valid_id(path.stem, pattern):
        raise DatasetError(
            f"{path}: the file name is no {record.__name__.lower()} id; expected {'001.yaml' if record is Task else '001.3.yaml'}"
        )
    made = parse(strict_yaml.load(path), record, where=str(path))
    if made.id != path.stem:
        raise DatasetError(
            f"{path}: id is {made.id!r}; expected {path.stem!r}, as in the file name"
        )
    return made


def _read_splits(path: Path, tasks: Mapping[str, Task]) -> dict[Split, tuple[str, ...]]:
    splits = parse(strict_yaml.load(path), _Splits, where=str(path))
    seen: dict[str, str] = {}
    for name in SPLITS:
        for task_id in getattr(splits, name):
            if task_id not in tasks:
                raise DatasetError(f"{path}: {name}: {task_id!r} is no task of this dataset")
            if task_id in seen:
                raise DatasetError(
                    f"{path}: {name}: {task_id!r} stands in {seen[task_id]}, too; a task belongs to one split"
                )
            seen[task_id] = name
    return {name: tuple(getattr(splits, name)) for name in SPLITS}


def split_tasks(
    ids: Iterable[str], *, seed: int, test_share: float = 0.2, smoke: int = 5
) -> dict[Split, tuple[str, ...]]:
    """Split task ids at random: `test_share` of them for test, `smoke` of the rest held out, the others to train.

    >>> {name: len(part) for name, part in split_tasks([f"{i:03}" for i in range(50)], seed=6).items()}
    {'train': 35, 'smoke': 5, 'test': 10}
    """
    drawn = sorted(ids)
    n_test = round(len(drawn) * test_share)
    most = len(drawn) - n_test - MIN_TRAIN
    if not 1 <= smoke <= most:
        advice = (
            f"give smoke (--smoke) from 1 to {most}"
            if most >= 1
            else f"give at least {MIN_TRAIN + 1} tasks"
        )
        raise DatasetError(
            f"{len(drawn)} tasks are {n_test} for test and the rest for train and smoke, with smoke={smoke}; {advice}"
        )
    Random(seed).shuffle(drawn)  # noqa: S311 - a reproducible draw, nothing secret
    parts = {
        "test": drawn[:n_test],
        "smoke": drawn[n_test : n_test + smoke],
        "train": drawn[n_test + smoke :],
    }
    return {name: tuple(sorted(parts[name])) for name in SPLITS}


def task_data(task: Task) -> dict[str, Any]:
    """The task as it stands in its file."""
    return task.model_dump()


def scenario_data(scenario: Scenario) -> dict[str, Any]:
    """The scenario as it stands in its file: short turns, no empty fields, examples as `pass` and `fail`."""
    data = scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
    return data | {"history": [{turn.role: turn.text} for turn in scenario.history]}
