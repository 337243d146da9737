"""The linter's rules, a file for each thing that can be wrong with a data set that loads.

A rule is a function that yields faults; it changes nothing and knows no other rule. Each fault is
of a kind of quality.yaml, which says whether it counts by default or is advice.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from usersim_opt.basics.showing import visibly
from usersim_opt.scenarios.authoring.rules.quality import KINDS
from usersim_opt.scenarios.records import Scenario


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: in which file and field, what it is, and how to mend it."""

    file: str
    field: str
    what: str
    fix: str
    kind: str
    """The name of its kind in quality.yaml."""

    @property
    def counts(self) -> bool:
        """Whether it fails a data set by default; else it is advice."""
        return KINDS[self.kind].counts

    @property
    def weight(self) -> int:
        """How much it tells against its scenario."""
        return KINDS[self.kind].weight

    @visibly
    def __str__(self) -> str:
        return f"{self.file}: {self.field}: {self.what}; {self.fix}"


Faults = Iterator[Fault]
"""What a rule yields."""


def fault_in(scenario: Scenario, field: str, *, kind: str, what: str, fix: str) -> Fault:
    """A fault in a scenario's file."""
    return Fault(f"scenarios/{scenario.id}.yaml", field, what, fix, kind)


def fault_in_turn(scenario: Scenario, number: int, *, kind: str, what: str, fix: str) -> Fault:
    """A fault in one of the turns so far, by its number from 0."""
    return fault_in(scenario, f"history[{number}]", kind=kind, what=what, fix=fix)
