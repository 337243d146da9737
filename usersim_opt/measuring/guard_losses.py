"""Guard losses: does a prompt break guards significantly more often than another one.

For each guard, and for all of them together, the replies of both prompts to the same jobs are
paired. D_g is, for scenario g, the number of the old prompt's replies that break the guard minus
that of the new one's, summed over repeats; p is the exact one-sided probability of so large a loss
under random signs (sign_flips.py).

Several tests are made, most of them on few broken replies. A test of m scenarios that differ cannot
give a p below 2^-m, so those that could never reject need no correction: Tarone's method divides
the level .05 by K, the least k for which at most k tests could reach .05 / k (Tarone 1990, A
modified Bonferroni method for discrete data, Biometrics 46:515). Tests with the same differences
are one test. So equal prompts lose a guard in at most 5 % of comparisons, all guards together;
`benchmarks/measure_guard_losses.py` measures how often, and how large a loss is found.

Only jobs that were graded on both sides count. A guard of the rubric that is unscored on one side
is left out of both.

Not covered: a loss that is too rare for ten replies to show; looking at the same replies again.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from usersim_opt.basics.figures import share_text
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.sign_flips import exact_p
from usersim_opt.measuring.broken_guards import ANY, guard_of, in_the_rubric
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.scenarios.kinds import in_order
from usersim_opt.scenarios.records import Scenario, Scenarios

ALPHA = 0.05
"""The level of the test for all guards together."""
MAX_LOST = 0.1
"""Share of the verdicts on guards that may be missing on one side; above it nothing is said."""
_Differences = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class GuardLoss:
    """One guard, or all of them, under two prompts."""

    guard: str
    replies: int
    """Pairs of replies in which it was looked at on both sides."""
    old: int
    """Replies of the old prompt that break it."""
    new: int
    differences: _Differences
    """Scenario id and D_g, for each scenario in which the two differ."""

    @cached_property
    def p(self) -> float:
        """One-sided: how often so large a loss comes from two equal prompts; 1 for no loss."""
        return exact_p([-difference for _, difference in self.differences])

    @property
    def least_p(self) -> float:
        """The least p that so many differing scenarios could give."""
        return float(0.5 ** len(self.differences))

    @visibly
    def __str__(self) -> str:
        """`universal.markup was broken in 2 of 150 replies, now in 19 (p < 0.001)`."""
        counts = f"was broken in {self.old:,} of {self.replies:,} replies, now in {self.new:,}"
        return f"{self.guard} {counts} ({p_text(self.p)})"


@dataclass(frozen=True)
class GuardLosses:
    """Every guard that either prompt broke, compared."""

    by_guard: tuple[GuardLoss, ...]
    """A guard each, in order."""
    together: GuardLoss
    """All guards: a reply breaks them once, however many of them it breaks."""
    lost: float
    """Share of the verdicts on the rubric's guards that only one side has, from 0 to 1."""

    @property
    def tests(self) -> tuple[GuardLoss, ...]:
        """Every guard, then all together."""
        return (*self.by_guard, self.together)

    @cached_property
    def level(self) -> float:
        """The p that a test must not exceed to be significant."""
        different = {test.differences: test.least_p for test in self.tests}
        return tarone_level(list(different.values()))

    @cached_property
    def significant(self) -> tuple[GuardLoss, ...]:
        """The guards that were lost; all together only where no single one says it."""
        lost = tuple(test for test in self.by_guard if test.p <= self.level)
        return lost or ((self.together,) if self.together.p <= self.level else ())

    @property
    def objection(self) -> str:
        """Why the new prompt may not take the old one's place; empty where nothing says so."""
        if self.significant:
            return f"worse on the guards: {'; '.join(map(str, self.significant))}"
        return f"no decision: {self._missing}" if self._missing else ""

    @property
    def finding(self) -> str:
        """The objection, or that there is none."""
        return self.objection or "not significantly worse on the guards"

    @property
    def _missing(self) -> str:
        """What is missing for saying that nothing was lost; empty if it can be said."""
        if self.lost <= MAX_LOST:
            return ""
        return f"{share_text(self.lost)} of the verdicts on guards are missing on one side"

    def p_of(self, guard: str) -> float:
        """The p of a guard, or of all by their name; 1 for one that neither prompt broke."""
        return next((test.p for test in self.tests if test.guard == guard), 1.0)


def p_text(p: float) -> str:
    """A p value as people write it: `p = 0.012`, `p < 0.001`."""
    return f"p = {p:.3f}" if p >= 0.001 else "p < 0.001"


def tarone_level(least: Sequence[float], alpha: float = ALPHA) -> float:
    """The level of each test, from the least p values that the tests could give; alpha for none.

    It is alpha / K, K the least k for which at most k tests could reach alpha / k (Tarone 1990).

    >>> tarone_level([0.5, 0.25, 2**-6])
    0.05
    >>> tarone_level([2**-6, 2**-7, 0.5])
    0.025
    """
    for tests in range(1, len(least)):
        if sum(p <= alpha / tests for p in least) <= tests:
            return alpha / tests
    return alpha / max(1, len(least))


def guard_losses(
    old: Iterable[Outcome], new: Iterable[Outcome], scenarios: Scenarios
) -> GuardLosses:
    """Compare the guards that two prompts broke, paired by scenario and repeat."""
    before, after = _by_job(old), _by_job(new)
    counts = _Counts()
    for job in sorted(before.keys() | after.keys()):
        scenario = scenarios.get(job[0])
        counts.add(_Job(job[0], scenario, before.get(job), after.get(job)))
    return counts.losses()


def _by_job(outcomes: Iterable[Outcome]) -> dict[tuple[str, int], Outcome]:
    """The graded replies by scenario and repeat, which is what both prompts have in common."""
    graded = [outcome for outcome in outcomes if outcome.grade is not None]
    return {(outcome.scenario, outcome.repeat): outcome for outcome in graded}


@dataclass(frozen=True)
class _Job:
    """One job on both sides; None on a side where the reply has no grade."""

    name: str
    scenario: Scenario | None
    old: Outcome | None
    new: Outcome | None

    @property
    def sides(self) -> tuple[Outcome, Outcome] | None:
        """The replies of both prompts; None where one is missing."""
        return (self.old, self.new) if self.old and self.new else None

    @cached_property
    def rubric(self) -> set[str]:
        """The guards of the rubric, by criterion."""
        return in_the_rubric(self.scenario)

    @property
    def one_sided(self) -> set[str]:
        """The guards of the rubric that have a verdict of pass or fail on one side only."""
        return (_scored(self.old) ^ _scored(self.new)) & self.rubric

    @property
    def common(self) -> set[str]:
        """The guards of the rubric that have one on both sides."""
        return _scored(self.old) & _scored(self.new) & self.rubric

    @property
    def guards(self) -> set[str]:
        """The names of the guards behind those."""
        dimensions = self.scenario.dimension_by_criterion if self.scenario else {}
        return {dimensions[criterion] for criterion in self.common}

    def broken(self, side: Outcome) -> set[str]:
        """The names of the guards that one side breaks, of those that both sides know of."""
        # A universal guard stands in a grade only if it is broken; its absence says that it holds.
        left_out = self.rubric - self.common
        known = [verdict for verdict in side.broken if verdict.criterion not in left_out]
        return {guard_of(verdict, self.scenario) for verdict in known}


def _scored(side: Outcome | None) -> set[str]:
    return {verdict.criterion for verdict in side.guards if verdict.scored} if side else set()


@dataclass
class _Counts:
    """The pairs while they are counted."""

    jobs: int = 0
    common: int = 0
    one_sided: int = 0
    looked_at: Counter[str] = field(default_factory=Counter)
    """Pairs of replies by guard of the rubric."""
    old: Counter[str] = field(default_factory=Counter)
    """Replies of the old prompt that break a guard, by its name."""
    new: Counter[str] = field(default_factory=Counter)
    differences: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """D_g by guard and scenario."""

    def add(self, job: _Job) -> None:
        """Count one job."""
        self.one_sided += len(job.one_sided)
        if job.sides is None:
            return
        self.jobs += 1
        self.common += len(job.common)
        self.looked_at.update(job.guards)
        before, after = (_with_all(job.broken(side)) for side in job.sides)
        self.old.update(before)
        self.new.update(after)
        for guard in before | after:
            self.differences[guard][job.name] += (guard in before) - (guard in after)

    def losses(self) -> GuardLosses:
        """The comparison of each guard that either side broke, and of all."""
        names = in_order({*self.old, *self.new} - {ANY})
        verdicts = self.common + self.one_sided
        lost = self.one_sided / verdicts if verdicts else 0.0
        return GuardLosses(tuple(map(self._loss, names)), self._loss(ANY), lost)

    def _loss(self, guard: str) -> GuardLoss:
        replies = self.looked_at[guard] or self.jobs
        differences = sorted(self.differences[guard].items())
        changed = tuple((name, number) for name, number in differences if number)
        return GuardLoss(guard, replies, self.old[guard], self.new[guard], changed)


def _with_all(broken: set[str]) -> set[str]:
    """The guards that a reply breaks, and all of them together where it breaks any."""
    return {*broken, ANY} if broken else set()
