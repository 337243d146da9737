"""Counts of a data set, and the rule that it is as large and as broad as it is meant to be."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from usersim_opt.basics.layout import grid
from usersim_opt.basics.showing import visibly
from usersim_opt.scenarios.authoring.rules import Fault, Faults
from usersim_opt.scenarios.kinds import STANDARD, Kinds, family_of
from usersim_opt.scenarios.records import Criterion, Scenario


@dataclass(frozen=True)
class Targets:
    """What a data set must reach; the defaults ask for nothing."""

    scenarios_per_dimension: int = 0
    criteria: int = 0
    check_share: float = 0.0


Numbers = Mapping[str, tuple[int, int]]
"""Two numbers by name, the first of them that of the criteria."""


@dataclass(frozen=True)
class Counts:
    """Scenarios and criteria by dimension, family and type of the kinds of their data set.

    Types that only a person asks for, and what they alone need, are counted where they occur.
    """

    scenarios: Sequence[Scenario]
    kinds: Kinds = STANDARD

    @property
    def criteria(self) -> int:
        """Number of criteria."""
        return len(self._all_criteria)

    @property
    def checked(self) -> int:
        """Number of criteria with a deterministic check."""
        return sum(criterion.check is not None for criterion in self._all_criteria)

    @property
    def check_share(self) -> float:
        """Share of criteria with a check, 0 to 1."""
        return self.checked / self.criteria if self.criteria else 0.0

    @property
    def by_dimension(self) -> Numbers:
        """(criteria, scenarios) of each dimension that occurs or is expected."""
        criteria = Counter(self._dimensions)
        scenarios = Counter(name for s in self.scenarios for name in set(s.dimensions))
        counted = {*self.expected_dimensions, *criteria}
        names = [name for name in self.kinds.dimensions if name in counted]
        return _side_by_side(names, criteria, scenarios)

    @property
    def expected_dimensions(self) -> list[str]:
        """The dimensions that the targets ask for: those of families that its types need."""
        return self.kinds.expected(self._types)

    @property
    def by_family(self) -> Numbers:
        """(criteria, scenarios that stress it) of each family with a dimension that is counted."""
        criteria = Counter(map(family_of, self._dimensions))
        stressed = Counter(family for s in self.scenarios for family in s.stresses)
        names = dict.fromkeys(map(family_of, self.by_dimension))
        return _side_by_side(names, criteria, stressed)

    @property
    def by_type(self) -> Numbers:
        """(criteria, scenarios) of each type that occurs or is a default one."""
        criteria = Counter(s.type for s in self.scenarios for _ in s.criteria)
        scenarios = Counter(s.type for s in self.scenarios)
        names = [n for n, kind in self.kinds.types.items() if kind.default or n in self._types]
        return _side_by_side(names, criteria, scenarios)

    @property
    def _types(self) -> set[str]:
        return {scenario.type for scenario in self.scenarios}

    @property
    def _all_criteria(self) -> list[Criterion]:
        return [criterion for s in self.scenarios for criterion in s.criteria]

    @property
    def _dimensions(self) -> list[str]:
        return [criterion.dimension for criterion in self._all_criteria]

    @visibly
    def __str__(self) -> str:
        return "\n\n".join(
            [
                self._summary(),
                _table("type", "scenarios", self.by_type),
                _table("family", "stressed in", self.by_family),
                _table("dimension", "scenarios", self.by_dimension),
            ]
        )

    def _summary(self) -> str:
        tasks = len({s.task_id for s in self.scenarios})
        return (
            f"{tasks} tasks, {len(self.scenarios)} scenarios, {self.criteria} criteria, "
            f"{self.checked} with a check ({100 * self.check_share:.0f} %)"
        )


def _side_by_side(names: Iterable[str], first: Counter[str], second: Counter[str]) -> Numbers:
    return {name: (first[name], second[name]) for name in names}


def _table(what: str, unit: str, counts: Numbers) -> str:
    rows = [[name, str(criteria), str(others)] for name, (criteria, others) in counts.items()]
    return grid([what, "criteria", unit], rows)


def coverage_faults(counts: Counts, targets: Targets) -> Faults:
    """Dimensions in too few scenarios, too few criteria, too few checks."""
    yield from _narrow(counts, targets)
    if counts.criteria < targets.criteria:
        yield Fault(
            "scenarios/",
            "criteria",
            f"{counts.criteria} in all",
            f"write {targets.criteria} or more",
            kind="too_small",
        )
    if counts.check_share < targets.check_share:
        yield Fault(
            "scenarios/",
            "check",
            f"{100 * counts.check_share:.0f} % of the criteria have one",
            f"give one to {100 * targets.check_share:.0f} %",
            kind="too_small",
        )


def _narrow(counts: Counts, targets: Targets) -> Faults:
    least = targets.scenarios_per_dimension
    for name in counts.expected_dimensions:
        _, scenarios = counts.by_dimension[name]
        if scenarios < least:
            yield Fault(
                "scenarios/",
                name,
                f"occurs in {scenarios} scenarios",
                f"write criteria of it in {least} or more",
                kind="too_small",
            )
