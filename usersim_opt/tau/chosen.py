"""Which tasks of tau2 are played: a split by its name, or ids; and how many stories they tell.

telecom's tasks tell few stories: the text never names the fault, only the state of the device
differs. Whatever is counted over tasks is counted over texts there.

Not covered: tasks that a judge model grades; they are refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.layout import some
from usersim_opt.basics.text import sha256
from usersim_opt.tau.package import tau2

BASE = "base"
"""The split that tau2 itself takes where none is named."""
_JUDGED = "NL_ASSERTION"


@dataclass(frozen=True)
class Chosen:
    """Tasks of one domain, in tau2's own form."""

    domain: str
    tasks: Sequence[Any]

    @property
    def texts(self) -> Mapping[str, int]:
        """By task, the number of the text that its customer is given; equal texts have one."""
        numbers: dict[str, int] = {}
        found = {str(task.id): str(task.user_scenario) for task in self.tasks}
        return {task: numbers.setdefault(text, len(numbers)) for task, text in found.items()}

    @property
    def sha256(self) -> str:
        """What tells these tasks from others."""
        return sha256("\n".join(task.model_dump_json() for task in self.tasks))

    @property
    def has_user_tools(self) -> bool:
        """Whether the domain gives its customers tools."""
        return tau2().registry.get_env_constructor(self.domain)().user_tools is not None


def chosen(domain: str, task_ids: Sequence[Any] | str | None) -> Chosen:
    """The tasks of a domain: those with these ids, or of the split of that name, else of `base`.

    Tasks in tau2's own form may stand there in the place of ids, such as composed ones.

    InputError for a domain, a split or an id that tau2 does not know, and for tasks that only a
    judge can grade.
    """
    registry = tau2().registry
    if domain not in registry.get_domains():
        known = ", ".join(registry.get_domains())
        raise InputError(f"domain is {domain!r}; the installed tau2 has {known}")
    load = registry.get_tasks_loader(domain)
    tasks = _named(load, task_ids) if not isinstance(task_ids, str | None) else None
    tasks = _split(load, task_ids or BASE) if tasks is None else tasks
    _check_graded(tasks)
    return Chosen(domain, tasks)


def _split(load: Any, name: Any) -> list[Any]:
    try:
        return list(load(task_split_name=name))
    except (ValueError, KeyError) as error:
        raise InputError(f"task_ids names the split {name!r}; tau2 says: {error}") from error


def _named(load: Any, wanted: Sequence[Any]) -> list[Any]:
    """The tasks that are given, or those with the ids that are."""
    tasks = [each for each in wanted if hasattr(each, "user_scenario")]
    found = tasks if tasks and len(tasks) == len(wanted) else _by_ids(load, wanted)
    if not found or len({str(task.id) for task in found}) < len(found):
        raise InputError("task_ids: is empty, or names a task twice; expected different tasks")
    return found


def _by_ids(load: Any, ids: Any) -> list[Any]:
    """The tasks with these ids, in the order given; those beyond the usual split as well."""
    known = {str(task.id): task for task in load(task_split_name=None)}
    wanted = [str(each) for each in ids]
    if missing := [each for each in wanted if each not in known]:
        raise InputError(f"task_ids: tau2 has no task {missing[0]!r}; it has {some(list(known))}")
    return [known[each] for each in wanted]


def _check_graded(tasks: Sequence[Any]) -> None:
    judged = [str(task.id) for task in tasks if _is_judged(task)]
    if judged:
        raise InputError(
            f"tasks {some(judged)} are graded by a judge model, which is not covered; "
            "name others by task_ids"
        )


def _is_judged(task: Any) -> bool:
    wanted = task.evaluation_criteria
    basis = (wanted.reward_basis or []) if wanted else []
    return _JUDGED in {getattr(each, "value", each) for each in basis} and bool(
        wanted.nl_assertions
    )
