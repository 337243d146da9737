"""Personas: manners of talking that stay the same through a conversation, and who plays which.

A persona is a point in the cube of the axes (manner.py), each axis at one of its levels. It steers
by the same text before every turn. A cast deals personas to conversations, so that a rollout plays
many of them.

Not covered: where the points come from; realism/coverage/sampler.py spreads them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import many
from usersim_opt.basics.layout import some, table, text
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.text import sha256
from usersim_opt.customer.manner import AXES, LEVELS, Axes, Levels, levels_text
from usersim_opt.customer.simulator import Turns
from usersim_opt.scenarios.records import Task

Key = tuple[str, int]
"""Task and seed of a conversation."""


@dataclass(frozen=True)
class Persona:
    """A manner of talking; steers every turn by the same text."""

    levels: Levels
    axes: Axes = AXES
    price: int = 0
    """It calls no model."""

    def __post_init__(self) -> None:
        self.axes.check(self.levels)

    @property
    def name(self) -> str:
        """The levels, and a digest of the sentences behind them."""
        return f"persona {self.axes.digest}: {levels_text(self.levels)}"

    @property
    def text(self) -> str:
        """What stands beside the story."""
        return self.axes.text(self.levels)

    @property
    def point(self) -> tuple[float, ...]:
        """The place in the unit cube, an axis at a level in the middle of that level's part."""
        return tuple((self.levels[name] + 0.5) / LEVELS for name in self.levels)

    def __call__(self, task: Task, history: Turns, *, seed: int) -> str:
        """The text, whatever the turn."""
        return self.text


@dataclass(frozen=True, repr=False)
class Personas(Sequence[Persona]):
    """Personas in their order; printed and in a notebook, a line each."""

    members: tuple[Persona, ...]

    def __getitem__(self, index: int) -> Persona:  # type: ignore[override]
        return self.members[index]

    def __len__(self) -> int:
        return len(self.members)

    @property
    def points(self) -> list[tuple[float, ...]]:
        """Their places in the unit cube, for `coverage`."""
        return [each.point for each in self]

    @property
    def digest(self) -> str:
        """Tells these personas from others."""
        return sha256("\n".join(each.name for each in self))[:8]

    @visibly
    def __repr__(self) -> str:
        return f"<Personas: {len(self)}>"

    @visibly
    def __str__(self) -> str:
        return "\n".join(f"{number}: {levels_text(each.levels)}" for number, each in self._counted)

    def _repr_html_(self) -> str:
        names = list(self[0].levels) if self.members else []
        rows = [
            [str(number), *(text(level) for level in each.levels.values())]
            for number, each in self._counted
        ]
        return table(["persona", *names], rows)

    @property
    def _counted(self) -> Iterator[tuple[int, Persona]]:
        return iter(enumerate(self, start=1))


@dataclass(frozen=True)
class Cast:
    """Steering that gives each conversation its persona, by task and seed."""

    personas: Personas
    parts: Mapping[Key, Persona]
    price: int = 0
    """It calls no model."""

    @cached_property
    def name(self) -> str:
        """How many personas, which, and who plays which."""
        played = "\n".join(f"{key}: {each.name}" for key, each in self.parts.items())
        of = many(len(self.parts), "conversation")
        return f"{many(len(self.personas), 'persona')} in {of} ({sha256(played)[:8]})"

    def persona(self, task: str, seed: int) -> Persona:
        """The persona of a conversation; InputError for one that has none."""
        if (task, seed) in self.parts:
            return self.parts[task, seed]
        tasks = some(sorted({name for name, _ in self.parts}))
        seeds = 1 + max(number for _, number in self.parts)
        raise InputError(
            f"task {task}, seed {seed} has no persona; they were assigned to the tasks {tasks} "
            f"with {many(seeds, 'seed')}; assign them to what is played"
        )

    def __call__(self, task: Task, history: Turns, *, seed: int) -> str:
        """The text of the persona that plays this task with this seed."""
        return self.persona(task.id, seed).text


def cast(personas: Personas, tasks: Sequence[Task], seeds: int = 1, *, seed: int = 0) -> Cast:
    """Deal personas to every task with the seeds 0, 1, ... up to `seeds`, as evenly as may be.

    The order is drawn by `seed`, so that no persona goes with the tasks of one end of the list.
    InputError where there are more personas than conversations: some would play nobody.
    """
    keys = [(task.id, number) for task in tasks for number in range(seeds)]
    if not 0 < len(personas) <= len(keys):
        raise InputError(
            f"{many(len(personas), 'persona')} for {many(len(keys), 'conversation')}; expected one "
            "or more, and no more than conversations; sample fewer, or play more seeds"
        )
    Random(seed).shuffle(keys)  # noqa: S311 - nothing secret
    dealt = {key: personas[number % len(personas)] for number, key in enumerate(keys)}
    return Cast(personas, dict(sorted(dealt.items())))
