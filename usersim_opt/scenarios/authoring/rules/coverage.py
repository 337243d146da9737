"""Counts of a data set, and the rule that it is as large and as broad as it is meant to be."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from usersim_opt.basics.layout import grid
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
    """Scenarios and criteria by dimension, family and type of the kinds of their data set."""

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
        """(criteria, scenarios) of each dimension."""
        criteria = Counter(self._dimensions)
        scenarios = Counter(name for s in self.scenarios for name in set(s.dimensions))
        return _side_by_side(self.kinds.dimensions, criteria, scenarios)

    @property
    def by_family(self) -> Numbers:
        """(criteria, scenarios that stress it) of each family."""
        criteria = Counter(map(family_of, self._dimensions))
        stressed = Counter(family for s in self.scenarios for family in s.stresses)
        return _side_by_side(self.kinds.families, criteria, stressed)

    @property
    def by_type(self) -> Numbers:
        """(criteria, scenarios) of each type."""
        criteria = Counter(s.type for s in self.scenarios for _ in s.criteria)
        scenarios = Counter(s.type for s in self.scenarios)
        return _side_by_side(self.kinds.types, criteria, scenarios)

    @property
    def _all_criteria(self) -> list[Criterion]:
        return [criterion for s in self.scenarios for criterion in s.criteria]

    @property
    def _dimensions(self) -> list[str]:
        return [criterion.dimension for criterion in self._all_criteria]

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
    for name, (_, scenarios) in counts.by_dimension.items():
        if scenarios < least:
            yield Fault(
                "scenarios/",
                name,
                f"occurs in {scenarios} scenarios",
                f"write criteria of it in {least} or more",
                kind="too_small",
            )
