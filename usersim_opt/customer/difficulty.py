"""Three settings of how hard a customer makes it for the agent: easy, moderate, hard.

    uso.rollout(sim, agent, tasks, steering=uso.realism.difficulty("hard"))

A setting is manner alone: levels of the axes (manner.py) for the whole conversation, and a number
of moments, sentences for one turn each (a turn's latent variable of arXiv 2305.07961). What the
customer knows, wants, tells and keeps back stays with the story. The settings are in
difficulty.yaml.

Not covered: tasks that are hard by themselves, and customers who lie or change their mind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import many
from usersim_opt.basics.layout import some
from usersim_opt.basics.text import sha256
from usersim_opt.basics.validation import parse
from usersim_opt.customer.manner import AXES, Axes, Levels
from usersim_opt.customer.simulator import Turns
from usersim_opt.scenarios.records import Task, Text

_FILE = Path(__file__).with_name("difficulty.yaml")
_FIRST_TURN = 2
"""The opening is left alone."""


class _Preset(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    levels: dict[str, int]
    moments: NonNegativeInt


class _Data(BaseModel):
    """The shape of difficulty.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    last_turn: Annotated[int, Field(ge=_FIRST_TURN)]
    presets: Mapping[str, _Preset]
    moments: Annotated[list[Text], Field(min_length=1)]


_DATA = parse(strict_yaml.load(_FILE), _Data, where=_FILE.name)
DIFFICULTIES = tuple(_DATA.presets)
"""The settings by name."""


@dataclass(frozen=True)
class Difficulty:
    """A manner for the whole conversation, and sentences for some of its turns."""

    setting: str
    levels: Levels
    moments: int
    """How many turns have a sentence of their own, at the most."""
    sentences: Sequence[str]
    """What those are drawn from."""
    last_turn: int
    axes: Axes = AXES
    price: int = 0
    """It calls no model."""

    @property
    def name(self) -> str:
        """The setting, and a digest of all that it says."""
        told = "\n".join([self.text, str(self.last_turn), *self.sentences])
        return f"difficulty {self.setting}, {many(self.moments, 'moment')} ({sha256(told)[:8]})"

    @property
    def text(self) -> str:
        """What stands beside the story in every turn."""
        return self.axes.text(self.levels)

    def __call__(self, task: Task, history: Turns, *, seed: int) -> str:
        """The text for the next turn, with the sentence of its moment if it has one."""
        turn = 1 + sum(each["role"] == "customer" for each in history)
        moment = self.plan(task.id, seed).get(turn)
        return f"{self.text}\n- {moment}" if moment else self.text

    def plan(self, task: str, seed: int) -> dict[int, str]:
        """The sentences by the customer's turn, counted from 1; drawn from task and seed."""
        draw = Random(sha256(f"{task} {seed}"))  # noqa: S311 - nothing secret
        turns = range(_FIRST_TURN, self.last_turn + 1)
        chosen = sorted(draw.sample(turns, min(self.moments, len(turns))))
        shuffled = draw.sample(list(self.sentences), len(self.sentences))
        return {turn: shuffled[number % len(shuffled)] for number, turn in enumerate(chosen)}


@checks_arguments
def difficulty(setting: str) -> Difficulty:
    """The steering of a setting: easy, moderate or hard; InputError for any other."""
    if setting not in DIFFICULTIES:
        known = some(DIFFICULTIES, most=len(DIFFICULTIES))
        raise InputError(f"difficulty {setting!r}: there is none; expected one of {known}")
    preset = _DATA.presets[setting]
    return Difficulty(setting, preset.levels, preset.moments, _DATA.moments, _DATA.last_turn)
