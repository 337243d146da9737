"""From tasks to a dataset folder: split, write the tasks, have the scenarios of train and smoke written.

Files that are there already stay as they are, so a broken-off build goes on where it stopped and nothing that a person
wrote is lost. Test tasks get no scenarios: they serve downstream.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from usersim_opt import strict_yaml
from usersim_opt.authoring.writer import TRIES, Draft, ScenarioWriter
from usersim_opt.dataset import scenario_data, split_tasks, task_data, write_yaml
from usersim_opt.errors import DatasetError
from usersim_opt.schema import SCENARIO_TYPES, Task

SPLITS_FILE = "splits.yaml"


@dataclass(frozen=True)
class BuildReport:
    """What a build wrote, found there already, and could not get from the author, with the reasons."""

    written: int
    kept: int
    failed: Mapping[str, tuple[str, ...]]
    calls: int

    def __str__(self) -> str:
        lines = [f"{self.written} scenarios written, {self.kept} found there already, {len(self.failed)} failed; {self.calls} author calls"]
        return "\n".join([*lines, *(f"  {name}: {faults[0]}" for name, faults in self.failed.items())])


def owed(tasks: Sequence[Task], out: Path, *, seed: int, smoke: int) -> list[tuple[Task, str]]:
    """The (task, type) pairs whose scenario is not there yet; a build takes one to three author calls for each."""
    splits = split_tasks([task.id for task in tasks], seed=seed, smoke=smoke)
    wanted = {*splits["train"], *splits["smoke"]}
    return [(task, kind) for task in tasks if task.id in wanted for kind in SCENARIO_TYPES if not _file(out, task, kind).exists()]


def build_dataset(
    tasks: Sequence[Task],
    writer: ScenarioWriter,
    out: Path,
    *,
    seed: int = 0,
    smoke: int = 5,
    num_threads: int = 8,
    progress: Callable[[Draft], None] = lambda draft: None,
) -> BuildReport:
    """Write tasks, splits and scenarios into `out`; DatasetError if the folder holds other tasks or another split."""
    splits = {name: list(ids) for name, ids in split_tasks([task.id for task in tasks], seed=seed, smoke=smoke).items()}
    _write_once(out / SPLITS_FILE, splits)
    for task in tasks:
        _write_once(out / "tasks" / f"{task.id}.yaml", task_data(task))
    todo = owed(tasks, out, seed=seed, smoke=smoke)
    failed: dict[str, tuple[str, ...]] = {}
    calls = 0
    with ThreadPoolExecutor(num_threads) as executor:
        for (task, kind), draft in zip(todo, executor.map(lambda pair: _draft(writer, *pair), todo), strict=True):
            calls += draft.calls
            if draft.scenario is None:
                failed[draft.id] = draft.faults
            else:
                write_yaml(_file(out, task, kind), scenario_data(draft.scenario))
            progress(draft)
    wanted = len(SCENARIO_TYPES) * (len(splits["train"]) + len(splits["smoke"]))
    return BuildReport(written=len(todo) - len(failed), kept=wanted - len(todo), failed=failed, calls=calls)


def _draft(writer: ScenarioWriter, task: Task, kind: str) -> Draft:
    try:
        draft: Draft = writer(task=task, kind=kind)
    except Exception as error:  # noqa: BLE001 - one scenario's failure is reported and the rest is built
        return Draft(f"{task.id}.{SCENARIO_TYPES.index(kind) + 1}", None, (f"{type(error).__name__}: {' '.join(str(error).split())[:300]}",), TRIES)
    return draft


def _file(out: Path, task: Task, kind: str) -> Path:
    return out / "scenarios" / f"{task.id}.{SCENARIO_TYPES.index(kind) + 1}.yaml"


def _write_once(path: Path, data: object) -> None:
    """Write a file unless it is there with the same content; other content is somebody's work and is not touched."""
    if not path.exists():
        write_yaml(path, data)
    elif strict_yaml.load(path) != data:
        raise DatasetError(f"{path}: is there with other content; name another folder, or build with the same tasks and seed")
