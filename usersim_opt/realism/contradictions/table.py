"""What the checks of facts look for, as data: facts.yaml and hidden.yaml, with their patterns."""

import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.validation import parse

_FOLDER = Path(__file__).parent


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Currencies(_Data):
    """Names and signs of money, each a pattern."""

    signs: str
    names: str


class Shifts(_Data):
    """Words by which a day follows from another one, a day or a week away."""

    day: list[str]
    week: list[str]


class FactTable(_Data):
    """The shape of facts.yaml; see its head."""

    labels: dict[str, dict[str, list[str]]]
    opposed: list[list[str]]
    single: list[str]
    groups: dict[str, list[list[str]]]
    nouns: list[list[str]]
    corrections: list[str]
    negations: list[str]
    shifts: Shifts
    own_name: str
    own_name_typed: str
    own_name_bare: str
    currencies: Currencies

    @cached_property
    def correction(self) -> re.Pattern[str]:
        """Words by which a customer takes something back."""
        return any_of(self.corrections)

    @cached_property
    def shift(self) -> dict[int, re.Pattern[str]]:
        """Words by which a day follows from another one, by the days between them."""
        return {1: any_of(self.shifts.day), 7: any_of(self.shifts.week)}

    @cached_property
    def negation(self) -> re.Pattern[str]:
        """A denial that ends where a fact begins, up to two words before it."""
        return re.compile(rf"(?:{'|'.join(self.negations)})\W+(?:\w+ ){{0,1}}$", re.IGNORECASE)

    @cached_property
    def noun_of(self) -> dict[str, str]:
        """The first name of a counted thing by each of its names."""
        return {name: names[0] for names in self.nouns for name in names}


class HiddenTable(_Data):
    """The shape of hidden.yaml; see its head."""

    secret: list[str]
    conditional: list[str]
    told_when: str
    refusals: list[str]
    asked: dict[str, list[str]]
    everyday: list[str]

    @cached_property
    def secrets(self) -> re.Pattern[str]:
        """Marks of a secret sentence."""
        return any_of(self.secret)

    @cached_property
    def clause(self) -> re.Pattern[str]:
        """Where a conditional clause begins."""
        return any_of(self.conditional)

    @cached_property
    def refusal(self) -> re.Pattern[str]:
        """The agent says that something cannot be had."""
        return re.compile(rf"\b(?:{'|'.join(self.refusals)})\b", re.IGNORECASE)


def any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """One pattern for several."""
    return re.compile("|".join(f"(?:{each})" for each in patterns), re.IGNORECASE)


FACTS = parse(strict_yaml.load(_FOLDER / "facts.yaml"), FactTable, where="facts.yaml")
HIDDEN = parse(strict_yaml.load(_FOLDER / "hidden.yaml"), HiddenTable, where="hidden.yaml")
