"""Which guards replies broke: the one table behind every view of guards.

Guards are no part of the pass rate. Those of the rubric are pooled by dimension; universal ones,
which hold for every reply, stand by their names.

Not covered: whether a universal guard was looked at. A grade holds those that a reply breaks, so a
measurement in which none is broken says so only where it is known that they were in force.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from usersim_opt.basics.figures import many
from usersim_opt.measuring.by_dimension import failing_names
from usersim_opt.measuring.outcome import Outcome, Verdict
from usersim_opt.scenarios.kinds import in_order
from usersim_opt.scenarios.records import Scenario, Scenarios

ANY = "any guard"
"""The name of all guards together: a reply breaks them once, however many of them it breaks."""


@dataclass(frozen=True)
class GuardTally:
    """The replies of one prompt under one guard."""

    replies: int = 0
    """Those in which it was looked at."""
    failures: Mapping[str, int] = field(default_factory=dict)
    """Those that break it, by scenario id."""

    @property
    def broken(self) -> int:
        """Replies that break it."""
        return sum(self.failures.values())

    @property
    def fraction(self) -> str:
        """Replies that break it of those in which it was looked at: `3/150`."""
        return f"{self.broken:,}/{self.replies:,}"

    @property
    def failing(self) -> tuple[str, ...]:
        """The scenarios in which it was broken, in order, as `id`, or `id xN` for N replies."""
        return failing_names(self.failures)


@dataclass(frozen=True)
class BrokenGuards:
    """What the replies of one prompt broke."""

    together: GuardTally
    """All guards: every graded reply, and those that break at least one guard."""
    by_guard: Mapping[str, GuardTally]
    """Each guard of the rubric, and of the universal ones those that were broken, in order."""
    unscored: int
    """Verdicts on guards of the rubric that nobody gave."""
    in_force: bool
    """Whether any guard was looked at; an old record may know none."""

    @classmethod
    def of(
        cls, outcomes: Iterable[Outcome], scenarios: Scenarios, *, in_force: bool = False
    ) -> "BrokenGuards":
        """Of graded replies; `in_force` says that guards were looked at though none was broken."""
        counts = _Counts()
        for outcome in outcomes:
            if outcome.grade is not None:
                counts.add(outcome, scenarios.get(outcome.scenario))
        return counts.table(in_force=in_force)

    @property
    def names(self) -> list[str]:
        """The guards that were broken, in order."""
        return [guard for guard, tally in self.by_guard.items() if tally.broken]

    @property
    def sentence(self) -> str:
        """How many replies broke a guard; empty where no guard was in force."""
        if not self.in_force:
            return ""
        replies = many(self.together.replies, "reply")
        broken = f"{self.together.broken:,} of {replies} broke a guard"
        head = broken if self.together.broken else f"no guard was broken in {replies}"
        missing = f"; {many(self.unscored, 'verdict')} on guards missing" if self.unscored else ""
        return f"{head}{missing}"

    def tally(self, guard: str) -> GuardTally:
        """The tally of a guard by its name; a universal one that is not listed was not broken."""
        return self.by_guard.get(guard, GuardTally(self.together.replies))


def guard_of(verdict: Verdict, scenario: Scenario | None) -> str:
    """The guard that a verdict counts for: a criterion's dimension, else the verdict's own name."""
    dimensions = scenario.dimension_by_criterion if scenario else {}
    return dimensions.get(verdict.criterion, verdict.criterion)


def in_the_rubric(scenario: Scenario | None) -> set[str]:
    """The ids of the guards that stand in a scenario's rubric; none where it is not known."""
    return {criterion.id for criterion in scenario.guard_criteria} if scenario else set()


@dataclass
class _Counts:
    """The table while it is counted."""

    replies: int = 0
    unscored: int = 0
    in_force: bool = False
    looked_at: Counter[str] = field(default_factory=Counter)
    """Replies with a verdict of pass or fail, by guard of the rubric."""
    broken: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Replies that break a guard, by guard and scenario."""

    def add(self, outcome: Outcome, scenario: Scenario | None) -> None:
        """Count one graded reply."""
        scored = [verdict for verdict in outcome.guards if verdict.scored]
        self.replies += 1
        self.unscored += len(outcome.guards) - len(scored)
        self.in_force = self.in_force or bool(scored)
        rubric = in_the_rubric(scenario)
        of_rubric = [verdict for verdict in scored if verdict.criterion in rubric]
        self.looked_at.update({guard_of(verdict, scenario) for verdict in of_rubric})
        broken = {guard_of(verdict, scenario) for verdict in outcome.broken}
        for guard in {*broken, ANY} if broken else ():
            self.broken[guard][outcome.scenario] += 1

    def table(self, *, in_force: bool) -> BrokenGuards:
        """The counts as a table."""
        together = GuardTally(self.replies, dict(self.broken.get(ANY, {})))
        names = in_order({*self.looked_at, *self.broken} - {ANY})
        by_guard = {name: self._tally(name) for name in names}
        return BrokenGuards(together, by_guard, self.unscored, in_force or self.in_force)

    def _tally(self, guard: str) -> GuardTally:
        """A universal guard is looked at in every reply."""
        replies = self.looked_at[guard] or self.replies
        return GuardTally(replies, dict(self.broken.get(guard, {})))
