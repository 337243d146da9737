"""From tasks to a dataset folder: split, write the tasks, have the scenarios of train and smoke written.

A broken-off build goes on where it stopped. What a build writes is recorded with its hash in `written.json`, so a
rewrite knows the files that a person has edited since, and leaves them alone. Test tasks get no scenarios: they serve
downstream.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import DatasetError, one_line
from usersim_opt.basics.files import write_text, write_yaml
from usersim_opt.basics.parallel import as_finished
from usersim_opt.basics.text import sha256
from usersim_opt.scenarios.authoring.author import (
    CALLS_PER_TRY,
    TRIES,
    Draft,
    ScenarioAuthor,
    scenario_id,
)
from usersim_opt.scenarios.dataset import Split, scenario_data, split_tasks, task_data
from usersim_opt.scenarios.kinds import STANDARD
from usersim_opt.scenarios.records import Task

SPLITS_FILE = "splits.yaml"
RECORD_FILE = "written.json"


@dataclass(frozen=True)
class Plan:
    """What a build has to do: the split, the (task, type) pairs to write, the files that a person edited."""

    tasks: Sequence[Task]
    splits: Mapping[Split, Sequence[str]]
    todo: Sequence[tuple[Task, str]]
    kept: int
    edited: Sequence[str]

    def __str__(self) -> str:
        n = len(self.todo)
        return f"{len(self.tasks)} tasks; {n} scenarios to write, {CALLS_PER_TRY * n} to {CALLS_PER_TRY * TRIES * n} author calls"


@dataclass(frozen=True)
class BuildReport:
    """What a build wrote, left as it was, and could not get from the author, with the reasons."""

    written: int
    plan: Plan
    failed: Mapping[str, tuple[str, ...]]
    calls: int

    def __str__(self) -> str:
        head = f"{self.written} scenarios written, {self.plan.kept} left as they were, {len(self.failed)} failed; {self.calls} author calls"
        edited = [
            f"  {name}: was edited since it was written, left alone" for name in self.plan.edited
        ]
        return "\n".join(
            [head, *edited, *(f"  {name}: {faults[0]}" for name, faults in self.failed.items())]
        )


def plan_build(
    tasks: Sequence[Task], out: Path, *, seed: int = 0, smoke: int = 5, rewrite: bool = False
) -> Plan:
    """Look at the folder and say what is to be done; with `rewrite` also files that are as a build wrote them."""
    splits = split_tasks([task.id for task in tasks], seed=seed, smoke=smoke)
    wanted = [
        (task, kind)
        for task in tasks
        if task.id in {*splits["train"], *splits["smoke"]}
        for kind in STANDARD.types
    ]
    record = _read_record(out)
    there = {
        scenario_id(*pair): _file(out, *pair).read_text(encoding="utf-8")
        for pair in wanted
        if _file(out, *pair).exists()
    }
    edited = [name for name, text in there.items() if record.get(name) != sha256(text)]
    stays = set(edited) if rewrite else set(there)
    todo = [pair for pair in wanted if scenario_id(*pair) not in stays]
    return Plan(tasks, splits, todo, len(wanted) - len(todo), edited if rewrite else [])


def build_dataset(
    plan: Plan,
    author: ScenarioAuthor,
    out: Path,
    *,
    workers: int = 8,
    progress: Callable[[Draft], object] = lambda draft: None,
) -> BuildReport:
    """Carry out a plan; DatasetError if the folder holds other tasks or another split.

    Each scenario is written when it is finished; on Ctrl-C those under way are waited for and written too.
    """
    _write_once(out / SPLITS_FILE, {name: list(ids) for name, ids in plan.splits.items()})
    for task in plan.tasks:
        _write_once(out / "tasks" / f"{task.id}.yaml", task_data(task))
    record = _read_record(out)
    drafts: list[Draft] = []
    with ThreadPoolExecutor(workers) as executor:
        asked = {executor.submit(_draft, author, *pair): pair for pair in plan.todo}

        def keep(future: "Future[Draft]") -> None:
            draft = future.result()
            drafts.append(draft)
            if draft.scenario is not None:
                text = strict_yaml.dumps(scenario_data(draft.scenario))
                write_text(_file(out, *asked[future]), text)
                record[draft.id] = sha256(text)
                write_text(out / RECORD_FILE, json.dumps(record, indent=0, sort_keys=True) + "\n")
            progress(draft)

        as_finished(list(asked), keep)
    failed = {
        draft.id: draft.faults
        for draft in sorted(drafts, key=lambda draft: draft.id)
        if draft.scenario is None
    }
    return BuildReport(
        len(drafts) - len(failed), plan, failed, sum(draft.calls for draft in drafts)
    )


def _draft(author: ScenarioAuthor, task: Task, kind: str) -> Draft:
    try:
        draft: Draft = author(task=task, kind=kind)
    except Exception as error:  # noqa: BLE001 - one scenario's failure is reported and the rest is built
        return Draft(scenario_id(task, kind), None, (one_line(error),), 1)
    return draft


def _file(out: Path, task: Task, kind: str) -> Path:
    return out / "scenarios" / f"{scenario_id(task, kind)}.yaml"


def _read_record(out: Path) -> dict[str, str]:
    path = out / RECORD_FILE
    try:
        record = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except ValueError as error:
        raise DatasetError(
            f"{path}: is no JSON ({error}); restore it, or delete it: then every file counts as edited"
        ) from error
    if not isinstance(record, dict) or not all(isinstance(value, str) for value in record.values()):
        raise DatasetError(
            f"{path}: is no record of hashes; restore it, or delete it: then every file counts as edited"
        )
    return record


def _write_once(path: Path, data: object) -> None:
    """Write a file unless it is there with the same content; other content is somebody's work and is not touched."""
    if not path.exists():
        write_yaml(path, data)
    elif strict_yaml.load(path) != data:
        raise DatasetError(
            f"{path}: is there with other content; name another folder, or build with the same tasks and seed"
        )
