"""Recorded conversations with the stories behind them: what is asked whether a customer keeps to.

A line is a message of the customer in which something is said: a bare stop token is none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.layout import some
from usersim_opt.basics.text import is_blank, spoken
from usersim_opt.customer.conversation import Conversation
from usersim_opt.scenarios.records import Task

Tasks = Mapping[str, Task] | Iterable[Task]
"""Tasks by id, as `data.tasks`, or the tasks alone."""
_SHOWN = 5


@dataclass(frozen=True)
class Line:
    """A message of either side that says something; `number` counts those of a conversation."""

    number: int
    role: str
    text: str


@dataclass(frozen=True)
class Told:
    """A conversation with its story."""

    conversation: Conversation
    task: Task

    @property
    def lines(self) -> tuple[Line, ...]:
        """What both sides said, without stop tokens."""
        texts = [(turn.role, spoken(turn.text)) for turn in self.conversation.turns]
        said = [(role, text) for role, text in texts if not is_blank(text)]
        return tuple(Line(number, *each) for number, each in enumerate(said, start=1))

    @property
    def own(self) -> tuple[Line, ...]:
        """What the customer said."""
        return tuple(line for line in self.lines if line.role == "customer")

    @property
    def name(self) -> str:
        """Task and seed, as messages name it."""
        return f"{self.conversation.task}/{self.conversation.seed}"


def with_stories(conversations: Any, tasks: Tasks) -> list[Told]:
    """Each conversation with the task that it is about.

    InputError for what is no conversation or no task, for none, and for a conversation about a task
    that is not among the tasks.
    """
    talks = checked_conversations(conversations)
    known = tasks_by_id(tasks)
    missing = sorted({talk.task for talk in talks} - set(known))
    if missing:
        raise InputError(
            f"conversations are about the tasks {some(missing, _SHOWN)}, which are not among "
            f"{some(sorted(known), _SHOWN) or 'no task'}; give the tasks that were played, such as "
            "load_dataset(folder).tasks"
        )
    return [Told(talk, known[talk.task]) for talk in talks]


def checked_conversations(conversations: Any) -> Sequence[Conversation]:
    """One conversation or several as a sequence; InputError for anything else, or for none."""
    talks = [conversations] if isinstance(conversations, Conversation) else conversations
    if not isinstance(talks, Sequence) or not all(isinstance(t, Conversation) for t in talks):
        raise InputError(
            f"conversations is {conversations!r:.60}; expected a Conversation or a list of them, "
            "such as rollout(...) or read_conversations(path)"
        )
    if not talks:
        raise InputError("there is no conversation; expected one or more")
    return talks


def tasks_by_id(tasks: Any) -> dict[str, Task]:
    """Tasks by id; InputError for anything else."""
    listed = list(tasks.values()) if isinstance(tasks, Mapping) else tasks
    if isinstance(listed, Task):
        listed = [listed]
    is_list = isinstance(listed, Iterable) and not isinstance(listed, str | bytes)
    found = list(listed) if is_list else [listed]
    known = {task.id: task for task in found if isinstance(task, Task)}
    if not all(isinstance(task, Task) for task in found):
        raise InputError(
            f"tasks is {tasks!r:.60}; expected tasks, such as load_dataset(folder).tasks"
        )
    return known
