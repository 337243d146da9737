"""Scenarios that a build is to write, and those that a folder holds already."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import DatasetError
from usersim_opt.basics.reading import read_text
from usersim_opt.basics.text import sha256
from usersim_opt.scenarios.authoring.author import scenario_id
from usersim_opt.scenarios.records import SCENARIO_ID, Task, Tasks, valid_id


@dataclass(frozen=True)
class Order:
    """A scenario to write: for which task, of which type, and its number among the task's."""

    task: Task
    kind: str
    number: int

    @property
    def id(self) -> str:
        """The id that the scenario will have."""
        return scenario_id(self.task, self.number)


@dataclass(frozen=True)
class WrittenFile:
    """A scenario file that is there already."""

    id: str
    kind: str
    digest: str

    @classmethod
    def read(cls, path: Path) -> "WrittenFile":
        """DatasetError for a file that does not say its type."""
        digest = sha256(read_text(path, expected="a scenario file", error=DatasetError))
        return cls(path.stem, _type_of(path), digest)

    @property
    def task_id(self) -> str:
        """The task that it is of."""
        return self.id.partition(".")[0]

    @property
    def number(self) -> int:
        """Its number among the task's."""
        return int(self.id.partition(".")[2])

    def order(self, tasks: Tasks) -> Order:
        """The order to write it again."""
        return Order(tasks[self.task_id], self.kind, self.number)


def written_files(out: Path) -> Iterator[WrittenFile]:
    """The scenario files of a folder; DatasetError for one that does not say its type."""
    for path in sorted((out / "scenarios").glob("*.yaml")):
        if valid_id(path.stem, SCENARIO_ID):
            yield WrittenFile.read(path)


def _type_of(path: Path) -> str:
    data = strict_yaml.load(path)
    kind = data.get("type") if isinstance(data, dict) else None
    if not isinstance(kind, str):
        raise DatasetError(
            f"{path}: type: is {kind!r}; expected the name of the scenario's type, by which a "
            "build knows what is written already"
        )
    return kind
