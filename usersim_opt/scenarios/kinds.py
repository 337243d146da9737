"""Kinds: the types of scenarios, and the dimensions of behaviour in their families.

The standard ones stand in `kinds.yaml` beside this file. A data set may bring a `kinds.yaml` of its own that adds to them:

    families:
      ending:
        waits_for_confirmation: not leaving before the agent has confirmed
    types:
      ending:
        agent_turns: [3, 7]
        line: the agent's last turn brings the matter to its end

Everything that counts, lists or draws dimensions does so in the order of this module; dimensions that are not standard
come after the standard ones of their family, families that are not standard come last.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import DatasetError
from usersim_opt.basics.validation import explain

FILE = "kinds.yaml"
NAME = r"[a-z][a-z0-9_]{0,47}"
DIMENSION = rf"{NAME}\.{NAME}"

_Name = Annotated[str, StringConstraints(pattern=rf"^{NAME}$")]
_Line = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]
_Turns = Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=2, max_length=2)]


class _TypeData(BaseModel):
    """A type as it stands in the file."""

    model_config = ConfigDict(extra="forbid", strict=True)
    agent_turns: _Turns
    line: _Line


class _KindsData(BaseModel):
    """The shape of the file."""

    model_config = ConfigDict(extra="forbid", strict=True)
    families: dict[_Name, dict[_Name, _Line]] = {}
    types: dict[_Name, _TypeData] = {}


@dataclass(frozen=True)
class ScenarioType:
    """A situation: how many agent turns lead to it, and what the agent's last turn does."""

    name: str
    least_turns: int
    most_turns: int
    line: str


@dataclass(frozen=True)
class Kinds:
    """The dimensions by their full names (`family.name`) with a line each, and the types by name."""

    dimensions: Mapping[str, str]
    types: Mapping[str, ScenarioType]

    @property
    def families(self) -> tuple[str, ...]:
        """The families of the dimensions."""
        return tuple(dict.fromkeys(map(family_of, self.dimensions)))

    def number(self, kind: str) -> int:
        """The place of a type, from 1: the number that a scenario of that type is given where it is free."""
        return list(self.types).index(kind) + 1

    def unknown(self, *, kind: str, families: Iterable[str], dimensions: Iterable[str]) -> str:
        """What of a scenario is of no kind that is known here, with what was expected; empty if all is known."""
        asked = [
            ("type", [kind], self.types),
            ("stresses", families, self.families),
            ("criteria: dimension", dimensions, self.dimensions),
        ]
        for field, names, known in asked:
            for name in names:
                if name not in known:
                    return (
                        f"{field}: {name!r} is not known; expected one of {', '.join(known)}, "
                        f"or a {FILE} in the data set that adds it"
                    )
        return ""

    def __or__(self, more: "Kinds") -> "Kinds":
        """These kinds and more, in order; KeyError names what both have."""
        own = [*self.dimensions, *self.types]
        if doubles := [name for name in (*more.dimensions, *more.types) if name in own]:
            raise KeyError(doubles[0])
        dimensions = {**self.dimensions, **more.dimensions}
        ordered = {name: dimensions[name] for name in in_order(dimensions)}
        return Kinds(ordered, {**self.types, **more.types})


def read_kinds(path: Path) -> Kinds:
    """The kinds of one file, the standard ones not included; DatasetError says what is wrong with it."""
    data = strict_yaml.load(path)
    try:
        read = _KindsData.model_validate(data)
    except ValidationError as error:
        raise DatasetError(f"{path}: {explain(error)}") from error
    types = {name: _type(name, told, path) for name, told in read.types.items()}
    dimensions = {
        f"{family}.{name}": line
        for family, lines in read.families.items()
        for name, line in lines.items()
    }
    return Kinds(dimensions, types)


def kinds_of(folder: Path) -> Kinds:
    """The standard kinds with those that a dataset folder adds; DatasetError for a file that changes a standard one."""
    path = folder / FILE
    if not path.is_file():
        return STANDARD
    try:
        return STANDARD | read_kinds(path)
    except KeyError as error:
        raise DatasetError(
            f"{path}: {error.args[0]!r} is a standard kind; a data set can add kinds, not change them: take it out, "
            "or give yours another name"
        ) from error


def _type(name: str, data: _TypeData, path: Path) -> ScenarioType:
    least, most = data.agent_turns
    if least > most:
        raise DatasetError(
            f"{path}: types.{name}.agent_turns is {[least, most]}; expected the smaller number first"
        )
    return ScenarioType(name, least, most, data.line)


def family_of(dimension: str) -> str:
    """The family of a dimension's full name."""
    return dimension.partition(".")[0]


def in_order(names: Iterable[str]) -> list[str]:
    """Names of dimensions, or of families, in the order in which they are shown everywhere."""
    return sorted(names, key=_place)


def _place(name: str) -> tuple[int, str, int, str]:
    family = family_of(name)
    return (
        _FAMILY_PLACE.get(family, len(_FAMILY_PLACE)),
        family,
        _DIMENSION_PLACE.get(name, len(_DIMENSION_PLACE)),
        name,
    )


def valid_name(name: str) -> bool:
    """Whether a text has the shape of a name of a family, a type or a dimension's own part."""
    return re.fullmatch(NAME, name) is not None


STANDARD = read_kinds(Path(__file__).with_name(FILE))
"""The kinds that every data set has."""
FAMILIES = STANDARD.families
DIMENSIONS = tuple(STANDARD.dimensions)
"""The 20 standard dimensions, each as `family.name`."""

_FAMILY_PLACE = {family: place for place, family in enumerate(FAMILIES)}
_DIMENSION_PLACE = {dimension: place for place, dimension in enumerate(DIMENSIONS)}
