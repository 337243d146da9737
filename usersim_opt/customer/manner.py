"""Axes of manner: how a customer talks, from low to high, as sentences that stand beside the story.

    You are ... wordiness 0: "You write a few words at a time, often no whole sentence."

A sentence changes how something is said and nothing else: facts, wishes, and what is told or kept
back stay with the story. The standard axes are in manner.yaml; others are a file in that form.

Not covered: whether a model does what a sentence says. Strong models overdo such directives; look
at the conversations (docs/coverage.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.layout import some
from usersim_opt.basics.text import sha256
from usersim_opt.basics.validation import parse
from usersim_opt.scenarios.records import Text

LEVELS = 5
"""Levels of each axis; 0 is low, the middle one says that nothing stands out."""
MIDDLE = LEVELS // 2
_FILE = Path(__file__).with_name("manner.yaml")
Levels = Mapping[str, int]
"""The level of each axis by its name."""


class _Data(BaseModel):
    """The shape of a file of axes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    heading: Text
    axes: Annotated[
        dict[str, Annotated[list[Text], Field(min_length=LEVELS, max_length=LEVELS)]],
        Field(min_length=1),
    ]


@dataclass(frozen=True)
class Axes:
    """Axes of manner with the sentences of their levels."""

    heading: str
    sentences: Mapping[str, Sequence[str]]

    @property
    def names(self) -> tuple[str, ...]:
        """The axes in their order."""
        return tuple(self.sentences)

    @cached_property
    def digest(self) -> str:
        """Tells these axes from others with the same names."""
        told = [self.heading, *(each for one in self.sentences.values() for each in one)]
        return sha256("\n".join([*self.names, *told]))[:8]

    def text(self, levels: Levels) -> str:
        """The heading, and a line for each axis that has a level.

        InputError for an axis or a level that there is none of.
        """
        self.check(levels)
        lines = [f"- {self.sentences[name][levels[name]]}" for name in self.names if name in levels]
        return "\n".join([self.heading, *lines])

    def check(self, levels: Levels) -> None:
        """InputError for an axis or a level that there is none of."""
        for name, level in levels.items():
            if name not in self.sentences:
                known = some(self.names, most=len(self.names))
                raise InputError(f"axis {name!r}: there is none; there are {known}")
            if not isinstance(level, int) or not 0 <= level < LEVELS:
                raise InputError(
                    f"axis {name}: level {level!r}; expected a whole number from 0 to {LEVELS - 1}"
                )


def read_axes(path: str | Path) -> Axes:
    """The axes of a file in the form of manner.yaml; DatasetError says what does not fit."""
    path = Path(path)
    data = parse(strict_yaml.load(path), _Data, where=str(path))
    return Axes(data.heading, data.axes)


AXES = read_axes(_FILE)
"""The standard axes."""


def levels_text(levels: Levels) -> str:
    """Levels in a line: `wordiness 0, patience 4`."""
    return ", ".join(f"{name} {level}" for name, level in levels.items())
