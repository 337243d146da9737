"""What the linter knows beside its rules, from quality.yaml: kinds of findings, figures, words."""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.validation import parse

FILE = Path(__file__).with_name("quality.yaml")


class _Data(BaseModel):
    """Base of the records here: frozen, no unknown fields."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Kind(_Data):
    """A kind of finding: whether it counts by default, its weight, and what to do about it.

    One that is `first` is the cause of many others and is shown before them.
    """

    counts: bool
    weight: int
    mend: str
    first: bool = False


class Figures(_Data):
    """Thresholds; the file says what each is and where it comes from."""

    opening_words: int
    words: int
    ratio_to_own: int
    sentences: int
    natural: int
    near: int
    contrary: int
    natural_words: int
    alike: float
    near_ratio: float
    near_least: int
    curt_words: int
    contrary_share: float
    least_failures: int
    consent: float
    endings: float
    p: float
    permutations: int
    terse_words: int


class Marker(_Data):
    """Phrases of models of 2022, and stems by which a fault says that it is about just that."""

    phrases: list[str]
    about: list[str]


class Words(_Data):
    """Regular expressions for texts in lower case, and phrases."""

    absence: list[str]
    allowed: str
    tolerated: str
    condition: str
    denial: str
    manner: list[str]
    contrary: list[str]

    @cached_property
    def tolerance_of_absence(self) -> re.Pattern[str]:
        """Finds a tolerance for a reply that leaves out what its criterion is about."""
        left_out = "|".join(self.absence)
        return re.compile(rf"{self.tolerated}|(?:{left_out}).*{self.allowed}")

    @cached_property
    def conditional(self) -> re.Pattern[str]:
        """Finds the beginning of a criterion that holds only for some replies."""
        return re.compile(self.condition)

    @cached_property
    def forbids(self) -> re.Pattern[str]:
        """Finds a word by which a criterion forbids something."""
        return re.compile(self.denial)

    @cached_property
    def any_manner(self) -> re.Pattern[str]:
        """Finds a sentence on how a customer talks."""
        return re.compile("|".join(self.manner))


class _Quality(_Data):
    """The shape of the file."""

    kinds: dict[str, Kind]
    figures: Figures
    markers: dict[str, Marker]
    people: list[str]
    words: Words


_QUALITY = parse(strict_yaml.load(FILE), _Quality, where=str(FILE))

KINDS: Mapping[str, Kind] = _QUALITY.kinds
"""The kinds of findings by name, faults first."""
FIGURES = _QUALITY.figures
MARKERS: Mapping[str, Marker] = _QUALITY.markers
PEOPLE: Sequence[str] = _QUALITY.people
"""What people keep to in a message, with the share of them."""
WORDS = _QUALITY.words
