"""The linter's rules, a file for each thing that can be wrong with a data set that loads.

A rule is a function that yields faults; it changes nothing and knows no other rule.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from usersim_opt.scenarios.records import Scenario


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: in which file and field, what it is, and how to mend it."""

    file: str
    field: str
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.file}: {self.field}: {self.what}; {self.fix}"


Faults = Iterator[Fault]
"""What a rule yields."""


def fault_in(scenario: Scenario, field: str, *, what: str, fix: str) -> Fault:
    """A fault in a scenario's file."""
    return Fault(f"scenarios/{scenario.id}.yaml", field, what, fix)


def fault_in_turn(scenario: Scenario, number: int, *, what: str, fix: str) -> Fault:
    """A fault in one of the turns so far, by its number from 0."""
    return fault_in(scenario, f"history[{number}]", what=what, fix=fix)
