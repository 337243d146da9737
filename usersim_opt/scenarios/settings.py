"""What a data set says of itself as a whole: `dataset.yaml` in its folder.

    language: de

A data set in English needs no such file.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import DatasetError
from usersim_opt.basics.validation import parse
from usersim_opt.scenarios.languages import CODE, ENGLISH
from usersim_opt.scenarios.records import Task, Tasks

FILE = "dataset.yaml"


class Settings(BaseModel):
    """The fields of the file."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    language: Annotated[str, StringConstraints(pattern=rf"^{CODE}$")] = ENGLISH
    """The code of its language in ISO 639, such as `de`."""


def settings_of(folder: Path) -> Settings:
    """What a folder says of itself; DatasetError for a file that is malformed or ends in `.yml`."""
    path = folder / FILE
    stray = path.with_suffix(".yml")
    if stray.exists():
        raise DatasetError(f"{stray}: ends in .yml and would not be read; expected {FILE}")
    if not path.is_file():
        return Settings()
    return parse(strict_yaml.load(path), Settings, where=str(path))


def spoken_in(tasks: Iterable[Task]) -> str:
    """The language that most of the tasks are told in; English for none."""
    counts = Counter(task.language for task in tasks)
    return max(counts, key=counts.__getitem__, default=ENGLISH)


def in_language(tasks: Tasks, language: str) -> Tasks:
    """The tasks in a language; one whose file says its own keeps that."""
    return {name: told_in(task, language) for name, task in tasks.items()}


def told_in(task: Task, language: str) -> Task:
    """The task in a language, unless it says its own."""
    says = "language" in task.model_fields_set
    return task if says else task.model_copy(update={"language": language})
