"""What is published of people, from card.yaml: means of features and whole lines, with sources.

Six of the figures of a conversation are published; of the other features people's mean is unknown
here, and `value_of` says so with None.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.validation import parse

_FILE = Path(__file__).with_name("card.yaml")
Certainty = Literal["A", "B", "C", "D"]
_Figure = list[float] | None


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Published(_Data):
    """A published mean of people, and of a simulator beside it."""

    value: float
    simulator: dict[str, float]
    source: str
    certainty: Certainty


class Assumed(_Data):
    """How much people are assumed to differ; see card.yaml."""

    concentration: float
    certainty: Certainty


class PublishedLine(_Data):
    """A published line: mean and sd of what is known of it."""

    name: str
    source: str
    certainty: Certainty
    D1_conv: _Figure = None
    D2_info: _Figure = None
    D3_clarif: _Figure = None
    D4_react: _Figure = None
    eval_agree: _Figure = None
    ece: _Figure = None
    usi: _Figure = None


class Usi5(_Data):
    """Published values of USI5 by name."""

    source: str
    certainty: Certainty
    values: dict[str, float]


class Thresholds(_Data):
    """From which numbers on figures count."""

    descriptive_below: int


class Card(_Data):
    """All that card.yaml holds."""

    sources: dict[str, str]
    of: str
    conversations: int
    tasks: int
    people: dict[str, Published]
    assumed: Assumed
    lines: list[PublishedLine]
    usi5: Usi5
    thresholds: Thresholds


CARD = parse(strict_yaml.load(_FILE), Card, where=_FILE.name)
"""What is published of people and of simulators, each figure with its source."""
PEOPLE: Mapping[str, Published] = CARD.people
"""The published means of people by feature; `success` is the agent's."""


def value_of(feature: str) -> float | None:
    """The published mean of people; None where it is not known."""
    published = PEOPLE.get(feature)
    return None if published is None else published.value
