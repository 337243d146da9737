"""Labelled replies: the examples of a data set, whose right verdicts are known, and counts of them.

    natural    satisfies every criterion
    near       a natural reply with one fault
    contrary   too curt or too contrary
    fail       fails in any way; the only kind of failure in the first form of the file
    person     a person said of some criteria whether it satisfies them (people.py)

A reply that fails breaks exactly the criteria that it names.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from usersim_opt.basics.figures import share_text
from usersim_opt.scenarios.records import Examples, FailingExample, Scenario

NATURAL = "natural"
PERSON = "person"
KINDS = (NATURAL, "near", "contrary", "fail", PERSON)
"""In the order in which they are shown."""


@dataclass(frozen=True)
class Agreement:
    """Verdicts by what is right and what the judge gave: `counts[right, given]`."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """The right verdict is pass or fail, the given one may be unscored as well."""

    @property
    def on_passing(self) -> float | None:
        """Sensitivity: share of the verdicts that should be pass which are.

        Unscored ones are left out; None where there is no other.
        """
        return self._share("pass")

    @property
    def on_failing(self) -> float | None:
        """Specificity: the same for the verdicts that should be fail."""
        return self._share("fail")

    def _share(self, right: str) -> float | None:
        scored = self.counts[right, "pass"] + self.counts[right, "fail"]
        return self.counts[right, right] / scored if scored else None

    @property
    def balanced(self) -> float | None:
        """The mean of both shares; a coin has one half. None where either is not known."""
        passing, failing = self.on_passing, self.on_failing
        return None if passing is None or failing is None else (passing + failing) / 2

    @property
    def verdicts(self) -> int:
        """The number of verdicts, unscored ones included."""
        return self.counts.total()

    @property
    def unscored(self) -> int:
        """The number of verdicts that the judge did not give."""
        return self.counts["pass", "unscored"] + self.counts["fail", "unscored"]

    def row(self) -> list[str]:
        """Numbers and shares as texts."""
        shares = [share_text(self.on_passing), share_text(self.on_failing)]
        return [str(self.verdicts), *shares, str(self.unscored)]


@dataclass(frozen=True)
class Labelled:
    """A reply with its right verdicts: fail for the criteria in `fails`, else pass."""

    scenario: Scenario
    reply: str
    kind: str
    fails: Collection[str] = ()
    unlabelled: Collection[str] = ()
    """The criteria of which nobody said anything; none of an example."""
    prompt: str = ""
    """The name of the prompt that the reply was made by, where that is known."""

    def right(self, criterion: str) -> str:
        """The right verdict on a criterion."""
        return "fail" if criterion in self.fails else "pass"

    def label(self, criterion: str) -> str:
        """The same; empty for one of which nobody said anything."""
        return "" if criterion in self.unlabelled else self.right(criterion)


def labelled(scenario: Scenario) -> Iterator[Labelled]:
    """The example replies of a scenario."""
    for reply in scenario.examples.natural:
        yield Labelled(scenario, reply, NATURAL)
    for kind, failure in _failures(scenario.examples):
        yield Labelled(scenario, failure.reply, kind, failure.fails)


def _failures(examples: Examples) -> Iterator[tuple[str, FailingExample]]:
    """The replies that fail, with their kind."""
    if examples.failing:
        yield "fail", examples.failing
    for near in examples.near:
        yield "near", near
    for contrary in examples.contrary:
        yield "contrary", contrary
