"""Base against best version by family and dimension, with intervals and the scenarios that fail.

The interval of a pass rate is a t interval over tasks, as everywhere else; where a row has fewer than three tasks, or all
tasks alike, that has no width, and Wilson's interval over verdicts stands there. It takes the verdicts of a task for
independent and is too narrow for that.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from usersim_opt.basics.figures import Interval
from usersim_opt.basics.statistics import ratio_interval
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.results.report import svg
from usersim_opt.results.report.reading import Reading
from usersim_opt.results.report.wording import share, shares
from usersim_opt.scenarios.kinds import DIMENSIONS, FAMILIES

LEAST_TASKS = 3
ALL = "all"
Z = 1.959964


@dataclass
class Tally:
    """Passed and scored verdicts by task, and the number of failures by scenario."""

    by_task: dict[str, tuple[float, float]] = field(default_factory=dict)
    failing: dict[str, int] = field(default_factory=dict)

    def add(self, outcome: Outcome, *, passed: bool) -> None:
        """Count one verdict."""
        before = self.by_task.get(outcome.task_id, (0.0, 0.0))
        self.by_task[outcome.task_id] = (before[0] + passed, before[1] + 1)
        if not passed:
            self.failing[outcome.scenario] = self.failing.get(outcome.scenario, 0) + 1

    @property
    def scored(self) -> int:
        """Verdicts of pass or fail."""
        return int(sum(n for _, n in self.by_task.values()))

    @property
    def interval(self) -> Interval:
        """The pass rate with its interval."""
        over_tasks = ratio_interval(self.by_task)
        if self.by_wilson or over_tasks.low is None or over_tasks.high is None:
            return wilson(sum(x for x, _ in self.by_task.values()), self.scored)
        return Interval(over_tasks.mean, max(0.0, over_tasks.low), min(1.0, over_tasks.high))

    @property
    def by_wilson(self) -> bool:
        """Whether the interval is Wilson's."""
        over_tasks = ratio_interval(self.by_task)
        flat = over_tasks.low is None or over_tasks.high is None or over_tasks.high - over_tasks.low < 1e-9
        return len(self.by_task) < LEAST_TASKS or flat


@dataclass(frozen=True)
class ComparisonRow:
    """A family, a dimension or all criteria; `kind` is which of them."""

    name: str
    kind: str
    base: Tally
    best: Tally
    plot: Markup

    @property
    def change(self) -> float | None:
        """Best minus base; None where one has no verdicts."""
        return self.best.interval.mean - self.base.interval.mean if self.base.scored and self.best.scored else None


def comparison(reading: Reading) -> list[ComparisonRow]:
    """All criteria, then each family with its dimensions; empty where nothing was scored."""
    sides = [_tallies(reading, outcomes) for outcomes in (reading.base_outcomes, reading.best_outcomes)]
    rows = []
    for name, kind in _order():
        base, best = (side.get(name, Tally()) for side in sides)
        if base.scored or best.scored:
            rows.append(ComparisonRow(name, kind, base, best, _plot(base, best, rival=reading.rival)))
    return rows


def axis() -> Markup:
    """The axis over the rows, in percent."""
    return svg.frame([svg.words(f"{tick} %", f"{tick}%", 12, kind="tick middle") for tick in (0, 25, 50, 75, 100)], height=16, label="percent")


def wilson(passed: float, scored: float) -> Interval:
    """Wilson's 95 % interval of a share."""
    if not scored:
        return Interval(0.0, None, None)
    p, n = passed / scored, scored
    middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return Interval(p, max(0.0, middle - half), min(1.0, middle + half))


def _order() -> list[tuple[str, str]]:
    named = [(ALL, ALL)]
    for family in FAMILIES:
        named += [(family, "family"), *((d, "dimension") for d in DIMENSIONS if d.startswith(f"{family}."))]
    return named


def _tallies(reading: Reading, outcomes: Sequence[Outcome]) -> Mapping[str, Tally]:
    """By name of row; a criterion that the data do not know counts for `all` only."""
    found: dict[str, Tally] = defaultdict(Tally)
    for outcome in outcomes:
        for verdict in outcome.grade.verdicts if outcome.grade else ():
            if verdict.outcome != "unscored":
                dimension = reading.dimension_of.get((outcome.scenario, verdict.criterion))
                for row in (ALL, dimension.partition(".")[0], dimension) if dimension else (ALL,):
                    found[row].add(outcome, passed=verdict.outcome == "pass")
    return found


def _plot(base: Tally, best: Tally, *, rival: str) -> Markup:
    scale = svg.Scale(0.0, 1.0)
    marks = [svg.upright(f"{tick}%", top=0, bottom=26) for tick in (0, 25, 50, 75, 100)]
    for tally, y, shape, kind in ((base, 9, svg.DOT, "base"), (best, 17, svg.DIAMOND, "best")):
        if tally.scored:
            marks.append(
                svg.estimate(scale, tally.interval, y, shape=shape, kind=kind, title=f"{share(tally.interval.mean)} {shares(tally.interval)}")
            )
    told = [f"{kind} {share(tally.interval.mean)}" for tally, kind in ((base, "base"), (best, rival)) if tally.scored]
    return svg.frame(marks, height=26, label=", ".join(told))
