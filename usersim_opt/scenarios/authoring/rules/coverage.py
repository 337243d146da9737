"""Counts of a data set, and the rule that it is as large and as broad as it is meant to be."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from usersim_opt.basics.layout import grid
from usersim_opt.scenarios.authoring.rules import Fault
from usersim_opt.scenarios.kinds import DIMENSIONS, FAMILIES, STANDARD
from usersim_opt.scenarios.records import Scenario


@dataclass(frozen=True)
class Targets:
    """What a data set must reach; the defaults ask for nothing."""

    scenarios_per_dimension: int = 0
    criteria: int = 0
    check_share: float = 0.0


@dataclass(frozen=True)
class Counts:
    """Scenarios and criteria by dimension, family and type."""

    scenarios: Sequence[Scenario]

    @property
    def criteria(self) -> int:
        """Number of criteria."""
        return sum(len(s.criteria) for s in self.scenarios)

    @property
    def checked(self) -> int:
        """Number of criteria with a deterministic check."""
        return sum(c.check is not None for s in self.scenarios for c in s.criteria)

    @property
    def check_share(self) -> float:
        """Share of criteria with a check, 0 to 1."""
        return self.checked / self.criteria if self.criteria else 0.0

    @property
    def by_dimension(self) -> dict[str, tuple[int, int]]:
        """(criteria, scenarios) of each of the 20 dimensions."""
        criteria = Counter(c.dimension for s in self.scenarios for c in s.criteria)
        scenarios = Counter(d for s in self.scenarios for d in {c.dimension for c in s.criteria})
        return {name: (criteria[name], scenarios[name]) for name in DIMENSIONS}

    @property
    def by_family(self) -> dict[str, tuple[int, int]]:
        """(criteria, scenarios that stress it) of each family."""
        criteria = Counter(
            c.dimension.partition(".")[0] for s in self.scenarios for c in s.criteria
        )
        stressed = Counter(family for s in self.scenarios for family in s.stresses)
        return {name: (criteria[name], stressed[name]) for name in FAMILIES}

    @property
    def by_type(self) -> dict[str, tuple[int, int]]:
        """(criteria, scenarios) of each type."""
        criteria = Counter(
            {
                kind: sum(len(s.criteria) for s in self.scenarios if s.type == kind)
                for kind in STANDARD.types
            }
        )
        scenarios = Counter(s.type for s in self.scenarios)
        return {name: (criteria[name], scenarios[name]) for name in STANDARD.types}

    def __str__(self) -> str:
        tasks = len({s.task_id for s in self.scenarios})
        head = f"{tasks} tasks, {len(self.scenarios)} scenarios, {self.criteria} criteria, {self.checked} with a check ({100 * self.check_share:.0f} %)"
        tables = []
        for title, rows, unit in (
            ("type", self.by_type, "scenarios"),
            ("family", self.by_family, "stressed in"),
            ("dimension", self.by_dimension, "scenarios"),
        ):
            tables.append(
                grid(
                    [title, "criteria", unit],
                    [[name, str(a), str(b)] for name, (a, b) in rows.items()],
                )
            )
        return "\n\n".join([head, *tables])


def coverage_faults(scenarios: Sequence[Scenario], targets: Targets) -> Iterator[Fault]:
    """Dimensions in too few scenarios, too few criteria, too few checks."""
    counts = Counts(scenarios)
    for name, (_, n) in counts.by_dimension.items():
        if n < targets.scenarios_per_dimension:
            yield Fault(
                "scenarios/",
                name,
                f"occurs in {n} scenarios",
                f"write criteria of it in {targets.scenarios_per_dimension} or more",
            )
    if counts.criteria < targets.criteria:
        yield Fault(
            "scenarios/",
            "criteria",
            f"{counts.criteria} in all",
            f"write {targets.criteria} or more",
        )
    if counts.check_share < targets.check_share:
        yield Fault(
            "scenarios/",
            "check",
            f"{100 * counts.check_share:.0f} % of the criteria have one",
            f"give one to {100 * targets.check_share:.0f} %",
        )
