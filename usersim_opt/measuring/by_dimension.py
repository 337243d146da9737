"""The verdicts on one prompt by dimension: the one table behind every view of an evaluation.

Terminal, notebook, page, plots and MLflow show the same tallies, each in its own form.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from usersim_opt.basics.figures import Interval
from usersim_opt.basics.ratios import ratio_interval
from usersim_opt.basics.statistics import wilson
from usersim_opt.measuring.outcome import Outcome, Rate
from usersim_opt.measuring.pairs import counts_by_task
from usersim_opt.scenarios.kinds import in_order
from usersim_opt.scenarios.records import Scenarios, in_task_order

LEAST_TASKS = 3
"""Tasks from which an interval over tasks has a meaning."""
FLAT = 1e-9
"""Width below which an interval over tasks has none: all tasks are alike."""

Rows = Callable[[str | None], Sequence[str]]
"""The names of the rows that a verdict on a dimension counts in.

None stands for a dimension that the data do not know.
"""


@dataclass(frozen=True)
class Tally:
    """The scored verdicts of one row of the table."""

    by_task: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Passed and scored verdicts by task id."""
    failures: Mapping[str, int] = field(default_factory=dict)
    """Failed verdicts by scenario id."""

    @property
    def passed(self) -> int:
        """Verdicts of pass."""
        return int(sum(passed for passed, _ in self.by_task.values()))

    @property
    def scored(self) -> int:
        """Verdicts of pass or fail."""
        return int(sum(scored for _, scored in self.by_task.values()))

    @property
    def pass_rate(self) -> Rate:
        """Passed / scored."""
        return self.passed / self.scored if self.scored else None

    @property
    def fraction(self) -> str:
        """Passed and scored verdicts in words: `12/14`."""
        return f"{self.passed}/{self.scored}"

    @property
    def failing(self) -> tuple[str, ...]:
        """The scenarios with a failure, in order, as `id`, or `id xN` for N failures."""
        return failing_names(self.failures)

    @property
    def by_wilson(self) -> bool:
        """Whether the interval is Wilson's: few tasks, or all alike, give a t interval no width."""
        return not _has_width(self._over_tasks) or len(self.by_task) < LEAST_TASKS

    @property
    def interval(self) -> Interval:
        """The pass rate with its 95 % interval: a t interval over tasks, or Wilson's over verdicts.

        Wilson's takes the verdicts of a task for independent and is too narrow for that.
        """
        return self._over_verdicts if self.by_wilson else self._over_tasks.within(0.0, 1.0)

    @property
    def _over_tasks(self) -> Interval:
        return ratio_interval(self.by_task)

    @property
    def _over_verdicts(self) -> Interval:
        if not self.scored:
            return NOTHING
        return Interval(self.passed / self.scored, *wilson(self.passed, self.scored))


Tallies = Mapping[str, Tally]
"""The table: a tally for each row, by its name."""


NOTHING = Interval(0.0, None, None)
"""The interval where nothing was scored."""


def failing_names(failures: Mapping[str, int]) -> tuple[str, ...]:
    """Scenarios with their number of failures, in order, as `id`, or `id xN` for N failures."""
    return tuple(_times(name, failures[name]) for name in in_task_order(failures))


def _times(scenario: str, number: int) -> str:
    return f"{scenario} x{number}" if number > 1 else scenario


def _has_width(interval: Interval) -> bool:
    if interval.low is None or interval.high is None:
        return False
    return interval.high - interval.low >= FLAT


def _own_row(dimension: str | None) -> Sequence[str]:
    """A row for each dimension that the data know."""
    return () if dimension is None else (dimension,)


def by_dimension(
    outcomes: Iterable[Outcome], scenarios: Scenarios, *, rows: Rows = _own_row
) -> dict[str, Tally]:
    """A tally for each row with a scored verdict, dimensions in the order of their kinds.

    Without `rows` a verdict on a criterion that the scenarios do not have counts nowhere.
    """
    counts: dict[str, _Counts] = defaultdict(_Counts)
    for outcome, dimension, passed in _scored(outcomes, scenarios):
        for row in rows(dimension):
            counts[row].add(outcome, passed=passed)
    return {row: counts[row].tally() for row in in_order(counts)}


@dataclass
class _Counts:
    """A row of the table while it is counted."""

    passed: Counter[str] = field(default_factory=Counter)
    """By task id."""
    scored: Counter[str] = field(default_factory=Counter)
    """By task id."""
    failures: Counter[str] = field(default_factory=Counter)
    """By scenario id."""

    def add(self, outcome: Outcome, *, passed: bool) -> None:
        """Count one verdict of a reply."""
        self.scored[outcome.task_id] += 1
        self.passed[outcome.task_id] += passed
        if not passed:
            self.failures[outcome.scenario] += 1

    def tally(self) -> Tally:
        """The row."""
        return Tally(counts_by_task(self.passed, self.scored), dict(self.failures))


def _scored(
    outcomes: Iterable[Outcome], scenarios: Scenarios
) -> Iterator[tuple[Outcome, str | None, bool]]:
    """Each scored verdict with its reply, its dimension and whether it passed."""
    dimensions = {name: scenario.dimension_by_criterion for name, scenario in scenarios.items()}
    for outcome in outcomes:
        of_scenario = dimensions.get(outcome.scenario, {})
        for verdict in outcome.scored_verdicts:
            yield outcome, of_scenario.get(verdict.criterion), verdict.passed
