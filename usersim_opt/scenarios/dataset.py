"""A dataset folder: read, check, split and write.

    tasks/001.yaml        one private customer story
    scenarios/001.3.yaml  a conversation so far, its rubric, its example replies
    splits.yaml           train: [001, ...]   smoke: [...]   test: [...]
    splits_study.yaml     another split of the same tasks, named `study`; none is needed
    equal_stories.yaml    tasks that were left out, as they tell a story of another one
    kinds.yaml            types and dimensions added to the standard ones; seldom needed
    dataset.yaml          language: de; a data set in English needs none

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
from itertools import chain
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import DatasetError
from usersim_opt.basics.shipped import dataset_names, shipped_dataset
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.validation import Fields, parse
from usersim_opt.scenarios.kinds import STANDARD, Kinds, kinds_of
from usersim_opt.scenarios.records import (
    SCENARIO_ID,
    TASK_ID,
    Scenario,
    Scenarios,
    Task,
    Tasks,
    in_task_order,
    valid_id,
)
from usersim_opt.scenarios.settings import in_language, settings_of

if TYPE_CHECKING:
    import dspy

Split = Literal["train", "smoke", "test"]
Splits = Mapping[Split, tuple[str, ...]]
"""The ids of each split's tasks."""
FileRecord = TypeVar("FileRecord", Task, Scenario)
MIN_TRAIN = 2
"""The fewest training tasks that a split leaves."""
MIN_SMOKE = 6
"""Scenarios below which the exact sign-flip test cannot reach 2.5 %: 1 of 2 ** 5 signs is 3 %."""
_USUAL_SMOKE = (2, 5)
"""The fewest and the most tasks that are held out where nobody says how many."""
SPLITS: tuple[Split, ...] = ("train", "smoke", "test")
_NAMED = "splits_"
"""What the name of a file with another split begins with."""


class _SplitsData(BaseModel):
    """The shape of splits.yaml: lists of task ids."""

    model_config = ConfigDict(extra="forbid", strict=True)
    train: list[str]
    smoke: list[str]
    test: list[str]


@dataclass(frozen=True, repr=False)
class Dataset:
    """Tasks, their scenarios and the split by task.

    `train`, `smoke` and `test` are lists of dspy.Example.
    """

    tasks: Tasks
    scenarios: Scenarios
    splits: Splits
    kinds: Kinds = STANDARD
    """The types and dimensions that its scenarios may have."""
    folder: Path | None = None
    """Where it was read from; None for one that was put together."""

    @visibly
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
        tasks = self.splits[split]
        return [scenario for scenario in self.scenarios.values() if scenario.task_id in tasks]

    def _examples(self, split: Split) -> "list[dspy.Example]":
        return [
            example(self.tasks[scenario.task_id], scenario, folder=self.folder, split=split)
            for scenario in self.of(split)
        ]


def example(
    task: Task, scenario: Scenario, *, folder: Path | None = None, split: str = ""
) -> "dspy.Example":
    """A scenario as DSPy wants it: inputs `scenario` (the private story) and `history`.

    The two records stand in it as `task` and `record`, the folder of its dataset as `folder`, the
    name of its split as `split`.
    """
    import dspy  # noqa: PLC0415 - reading a dataset needs no dspy

    history = dspy.History(messages=scenario.messages)
    records = {"task": task, "record": scenario, "folder": folder, "split": split}
    fields = dspy.Example(scenario=task.story, history=history, **records)
    return fields.with_inputs("scenario", "history")


def folder_of(examples: "Iterable[dspy.Example]") -> Path | None:
    """The one folder that all examples were read from; None where there is no such folder."""
    folders = {example.get("folder") for example in examples}
    return folders.pop() if len(folders) == 1 else None


@checks_arguments
def load_dataset(folder: str | Path, *, splits: str = "") -> Dataset:
    """Read a dataset folder, split as splits.yaml says, or as splits_NAME.yaml does.

    `folder` may be `airline`, the data set that comes with the package; a folder of that name in
    the working directory wins. `splits` is the NAME. DatasetError names the file, the field, what
    was got and expected.
    """
    root = shipped_dataset(folder)
    if not root.is_dir():
        raise DatasetError(
            f"{root}: no such folder; expected a dataset folder with tasks/, scenarios/ and "
            f"splits.yaml, or the name of one that comes with the package: {_shipped_names()}"
        )
    tasks = in_language(_read_tasks(root / "tasks"), settings_of(root).language)
    kinds = kinds_of(root)
    scenarios = _read_scenarios(root / "scenarios", tasks=tasks, kinds=kinds)
    task_split = _read_splits(_splits_file(root, splits), tasks)
    covered = {scenario.task_id for scenario in scenarios.values()}
    _check_covered(root, task_split, covered)
    return Dataset(tasks, scenarios, task_split, kinds, folder=root)


def _shipped_names() -> str:
    return ", ".join(dataset_names())


def _read_tasks(folder: Path) -> Tasks:
    tasks = [_read(path, Task, TASK_ID) for path in _yaml_files(folder)]
    if not tasks:
        raise DatasetError(
            f"{folder}: no .yaml files; expected one file per task, such as 001.yaml"
        )
    return {task.id: task for task in tasks}


def _read_scenarios(folder: Path, *, tasks: Tasks, kinds: Kinds) -> Scenarios:
    """The scenarios by id, in order of task and number.

    DatasetError for one without its task, and for one of no kind of the data set.
    """
    scenarios = {path.stem: _read(path, Scenario, SCENARIO_ID) for path in _yaml_files(folder)}
    for name, scenario in scenarios.items():
        where = f"{folder / name}.yaml"
        task = scenario.task_id
        if task not in tasks:
            raise DatasetError(
                f"{where}: id: there is no task {task!r} in {folder.with_name('tasks')}"
            )
        check_kinds(scenario, kinds, where=where)
    return {
        name: scenarios[name].of_task(tasks[scenarios[name].task_id])
        for name in in_task_order(scenarios)
    }


def check_kinds(scenario: Scenario, kinds: Kinds, *, where: str) -> None:
    """DatasetError unless type, families and dimensions of a scenario are among the kinds."""
    if fault := unknown_kind(scenario, kinds):
        raise DatasetError(f"{where}: {fault}")


def unknown_kind(scenario: Scenario, kinds: Kinds) -> str:
    """The first name in a scenario that is none of the kinds, as Kinds.unknown says it."""
    return kinds.unknown(
        kind=scenario.type, families=scenario.stresses, dimensions=scenario.dimensions
    )


def _check_covered(root: Path, splits: Splits, covered: Collection[str]) -> None:
    """DatasetError for a training or smoke task without a scenario."""
    for split in ("train", "smoke"):
        bare = sorted(set(splits[split]) - set(covered))
        if bare:
            raise DatasetError(
                f"{root / 'tasks' / bare[0]}.yaml: the task is in {split} "
                f"but has no scenario in {root / 'scenarios'}; write one or take it out"
            )


def _yaml_files(folder: Path) -> list[Path]:
    _check_endings(folder)
    return sorted(path for path in folder.glob("*.yaml") if path.is_file())


def _check_endings(folder: Path) -> None:
    stray = min(folder.glob("*.yml"), default=None)
    if stray is not None:
        raise DatasetError(
            f"{stray}: ends in .yml and would not be read; expected {stray.stem}.yaml"
        )


def _read(path: Path, record: type[FileRecord], pattern: str) -> FileRecord:
    # The name is checked before the content: an id becomes part of other paths.
    if not valid_id(path.stem, pattern):
        example_name = "001.yaml" if record is Task else "001.3.yaml"
        raise DatasetError(
            f"{path}: the file name is no {record.__name__.lower()} id; expected {example_name}"
        )
    content = parse(strict_yaml.load(path), record, where=str(path))
    if content.id != path.stem:
        raise DatasetError(
            f"{path}: id is {content.id!r}; expected {path.stem!r}, as in the file name"
        )
    return content


def _splits_file(root: Path, name: str) -> Path:
    """Where the split of a name stands; DatasetError for one that the folder does not have."""
    if not name:
        return root / "splits.yaml"
    # Compared with what is there and not joined to a path: a name may come from outside.
    files = {file.stem.removeprefix(_NAMED): file for file in root.glob(f"{_NAMED}*.yaml")}
    if name not in files:
        named = ", ".join(sorted(files)) or "none"
        raise DatasetError(
            f"{root}: there is no split named {name!r}; those with a name: {named}; "
            f"write {_NAMED}NAME.yaml, or leave the name out for splits.yaml"
        )
    return files[name]


def _read_splits(path: Path, tasks: Tasks) -> Splits:
    data = parse(strict_yaml.load(path), _SplitsData, where=str(path))
    split_of: dict[str, Split] = {}
    for name in SPLITS:
        for task_id in getattr(data, name):
            where = f"{path}: {name}: {task_id!r}"
            if task_id not in tasks:
                raise DatasetError(f"{where} is no task of this dataset")
            if task_id in split_of:
                other = split_of[task_id]
                raise DatasetError(f"{where} stands in {other}, too; a task belongs to one split")
            split_of[task_id] = name
    return {name: tuple(getattr(data, name)) for name in SPLITS}


def split_tasks(
    ids: Iterable[str],
    *,
    seed: int,
    test_share: float = 0.2,
    smoke: int | None = None,
    families: Iterable[Sequence[str]] = (),
) -> Splits:
    """Split task ids at random: `test_share` for test, `smoke` held out, the others to train.

    Without `smoke` half of what is not for test is held out, two tasks at least and five at most.
    Fewer than five tasks leave none for test. Tasks of one family stay together: a part then takes
    as many as fit, and the smallest family where none does. DatasetError where fewer than two tasks
    would be left to train.

    >>> splits = split_tasks([f"{i:03}" for i in range(50)], seed=6)
    >>> {name: len(task_ids) for name, task_ids in splits.items()}
    {'train': 35, 'smoke': 5, 'test': 10}
    """
    # Sorted first, so that the split depends on the ids and the seed, not on their order.
    shuffled = sorted(ids)
    n_test, smoke = _sizes(len(shuffled), test_share=test_share, smoke=smoke)
    _check_sizes(len(shuffled), n_test=n_test, smoke=smoke)
    Random(seed).shuffle(shuffled)  # noqa: S311 - a reproducible draw, nothing secret
    groups = _together(shuffled, families)
    test, others = _part(groups, n_test)
    held_out, train = _part(others, smoke)
    _check_families(groups, train)
    parts = {"test": test, "smoke": held_out, "train": train}
    return {name: tuple(sorted(chain.from_iterable(parts[name]))) for name in SPLITS}


def _together(ids: Sequence[str], families: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    """The ids with their families, each where its first member stands."""
    family_of = {member: tuple(family) for family in families for member in family}
    return list(dict.fromkeys(family_of.get(each, (each,)) for each in ids))


def _part(
    groups: Sequence[tuple[str, ...]], size: int
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """The first families that fit into `size` tasks, and the others.

    The smallest one is taken where none fits: an empty part would hold nothing out.
    """
    taken: list[tuple[str, ...]] = []
    free = size
    for group in groups:
        if len(group) <= free:
            taken.append(group)
            free -= len(group)
    if groups and size and not taken:
        taken = [min(groups, key=len)]
    return taken, [group for group in groups if group not in taken]


def _check_families(groups: Sequence[tuple[str, ...]], train: Sequence[tuple[str, ...]]) -> None:
    if sum(map(len, train)) < MIN_TRAIN:
        raise DatasetError(
            f"{sum(map(len, groups))} tasks tell so few stories (nearly equal ones, which never "
            f"part over splits, count once: {len(groups)}) that too few are left to train; give "
            f"at least {MIN_TRAIN + 1} stories, and a smaller smoke (--smoke)"
        )


def _sizes(n: int, *, test_share: float, smoke: int | None) -> tuple[int, int]:
    """How many tasks of `n` are for test, and how many are held out."""
    least, most = _USUAL_SMOKE
    n_test = min(round(n * test_share), max(0, n - least - MIN_TRAIN))
    usual = min(most, max(least, (n - n_test) // 2))
    return n_test, usual if smoke is None else smoke


def _check_sizes(n: int, *, n_test: int, smoke: int) -> None:
    most = n - n_test - MIN_TRAIN
    if not 1 <= smoke <= most:
        raise DatasetError(
            f"{n} tasks are {n_test} for test and the rest for train and smoke, "
            f"with smoke={smoke}; {_what_to_do(most)}"
        )


def _what_to_do(most: int) -> str:
    """What makes a split; of one held-out task no gain is proven with five scenarios."""
    least, _ = _USUAL_SMOKE
    if most >= least:
        return f"leave smoke (--smoke) out, or give it from {least} to {most}"
    return f"give at least {MIN_TRAIN + least} tasks"


def task_data(task: Task) -> Fields:
    """The task as it stands in its file; its language is said in dataset.yaml."""
    return task.model_dump(exclude={"language"})


def scenario_data(scenario: Scenario) -> Fields:
    """The scenario as it stands in its file: short turns, no empty fields, `pass` and `fail`."""
    data = scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
    return data | {"history": [{turn.role: turn.text} for turn in scenario.history]}
