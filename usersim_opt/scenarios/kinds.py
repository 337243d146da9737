"""Kinds: the types of scenarios, and the dimensions of behaviour in their families.

The standard ones stand in `kinds.yaml` beside this file. A data set may bring a `kinds.yaml` of its
own that adds to them:

    families:
      transfer:
        patience: waiting for the next agent without a word too many
    types:
      handover:
        agent_turns: [3, 7]
        line: the agent hands the customer over to somebody else

Everything that counts, lists or draws dimensions does so in the order of this module: dimensions
that a data set adds come after the standard ones of their family, families that it adds come last.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import DatasetError, InputError
from usersim_opt.basics.validation import parse

FILE = "kinds.yaml"
ALL = "all"
"""Stands for every type where types are chosen."""
NAME = r"[a-z][a-z0-9_]{0,47}"
DIMENSION = rf"{NAME}\.{NAME}"

Names = Iterable[str]
"""Names of types, families or dimensions."""

_Name = Annotated[str, StringConstraints(pattern=rf"^{NAME}$")]
_Line = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]
_Turns = Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=2, max_length=2)]


class _TypeData(BaseModel):
    """A type as it stands in the file."""

    model_config = ConfigDict(extra="forbid", strict=True)
    agent_turns: _Turns
    line: _Line
    default: bool = True
    families: list[_Name] = []


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
    default: bool = True
    """Whether a build writes scenarios of it without being asked for them."""
    families: tuple[str, ...] = ()
    """The families that no other type needs."""


@dataclass(frozen=True)
class Kinds:
    """Dimensions by their full names (`family.name`), a line for each, and types by their names."""

    dimensions: Mapping[str, str]
    types: Mapping[str, ScenarioType]

    @property
    def families(self) -> tuple[str, ...]:
        """The families of the dimensions."""
        return tuple(dict.fromkeys(map(family_of, self.dimensions)))

    def number(self, kind: str) -> int:
        """The place of a type, from 1: a scenario of that type gets this number if it is free."""
        return list(self.types).index(kind) + 1

    def choice(self, names: Names = ()) -> list[str]:
        """The types that are chosen, in order: `all` of them; the default ones if none is named.

        InputError for a name that is no type.
        """
        named = set(names)
        if unknown := sorted(named - self.types.keys() - {ALL}):
            raise InputError(
                f"the type {unknown[0]!r} is not known; expected {ALL}, "
                f"or some of {', '.join(self.types)}"
            )
        if ALL in named:
            return list(self.types)
        return [name for name, kind in self.types.items() if _is_chosen(kind, named)]

    def expected(self, types: Collection[str]) -> list[str]:
        """The dimensions that a data set with scenarios of these types should have criteria of."""
        needed = self._families_of(set(types))
        spared = self._families_of(self.types.keys() - set(types)) - needed
        return [name for name in self.dimensions if family_of(name) not in spared]

    def _families_of(self, types: Collection[str]) -> set[str]:
        """The families that only types such as these need."""
        kinds = [kind for name, kind in self.types.items() if name in types]
        return {family for kind in kinds for family in kind.families}

    def unknown(self, *, kind: str, families: Names, dimensions: Names) -> str:
        """The first name in a scenario that no kind here has, with what was expected; else empty.

        `kind` is the scenario's type, `families` are what it stresses, `dimensions` its criteria's.
        """
        return (
            _unknown([kind], self.types, field="type")
            or _unknown(families, self.families, field="stresses")
            or _unknown(dimensions, self.dimensions, field="criteria: dimension")
        )

    def __or__(self, more: "Kinds") -> "Kinds":
        """These kinds and more, in order; KeyError names one that both have."""
        for name in (*more.dimensions, *more.types):
            if name in self.dimensions or name in self.types:
                raise KeyError(name)
        dimensions = {**self.dimensions, **more.dimensions}
        ordered = {name: dimensions[name] for name in in_order(dimensions)}
        return Kinds(ordered, {**self.types, **more.types})


def _is_chosen(kind: ScenarioType, named: Collection[str]) -> bool:
    return kind.name in named if named else kind.default


def _unknown(names: Names, expected: Collection[str], *, field: str) -> str:
    for name in names:
        if name not in expected:
            return (
                f"{field}: {name!r} is not known; expected one of {', '.join(expected)}, "
                f"or a {FILE} in the data set that adds it"
            )
    return ""


def read_kinds(path: Path) -> Kinds:
    """The kinds of one file, the standard ones not included; DatasetError says what is wrong."""
    data = parse(strict_yaml.load(path), _KindsData, where=str(path))
    types = {name: _type(name, fields, path) for name, fields in data.types.items()}
    return Kinds(dict(_dimensions(data)), types)


def _dimensions(data: _KindsData) -> Iterator[tuple[str, str]]:
    """Full names with their lines."""
    for family, lines in data.families.items():
        for name, line in lines.items():
            yield f"{family}.{name}", line


def kinds_of(folder: Path) -> Kinds:
    """The standard kinds with those that a dataset folder adds.

    DatasetError for a file that is malformed, changes a standard kind or ends in `.yml`.
    """
    path = folder / FILE
    stray = path.with_suffix(".yml")
    if stray.exists():
        raise DatasetError(f"{stray}: ends in .yml and would not be read; expected {FILE}")
    if not path.is_file():
        return STANDARD
    try:
        kinds = STANDARD | read_kinds(path)
    except KeyError as error:
        raise DatasetError(
            f"{path}: {error.args[0]!r} is a standard kind; "
            "a data set can add kinds, not change them: take it out, or give yours another name"
        ) from error
    _check_families(kinds, path)
    return kinds


def _check_families(kinds: Kinds, path: Path) -> None:
    """DatasetError for a type that needs a family which nobody has."""
    for kind in kinds.types.values():
        if fault := _unknown(kind.families, kinds.families, field=f"types.{kind.name}.families"):
            raise DatasetError(f"{path}: {fault}")


def _type(name: str, data: _TypeData, path: Path) -> ScenarioType:
    least, most = data.agent_turns
    if least > most:
        raise DatasetError(
            f"{path}: types.{name}.agent_turns is {[least, most]}; "
            "expected the smaller number first"
        )
    families = tuple(data.families)
    return ScenarioType(name, least, most, data.line, default=data.default, families=families)


def family_of(dimension: str) -> str:
    """The family of a dimension's full name."""
    return dimension.partition(".")[0]


def in_order(names: Names) -> list[str]:
    """Names of dimensions, or of families, in the order in which they are shown everywhere."""
    return sorted(names, key=_place)


def _place(name: str) -> tuple[int, str, int, str]:
    # Standard names by their place in the file, all others behind them by the alphabet.
    family = family_of(name)
    family_place = _FAMILY_PLACE.get(family, len(_FAMILY_PLACE))
    dimension_place = _DIMENSION_PLACE.get(name, len(_DIMENSION_PLACE))
    return family_place, family, dimension_place, name


STANDARD = read_kinds(Path(__file__).with_name(FILE))
"""The kinds that every data set has."""
FAMILIES = STANDARD.families
DIMENSIONS = tuple(STANDARD.dimensions)
"""The standard dimensions, each as `family.name`."""

_FAMILY_PLACE = {family: place for place, family in enumerate(FAMILIES)}
_DIMENSION_PLACE = {dimension: place for place, dimension in enumerate(DIMENSIONS)}
