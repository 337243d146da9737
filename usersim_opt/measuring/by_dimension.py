"""The verdicts on one prompt by dimension: the one table that every view of an evaluation is made from.

Terminal, notebook, page, plots and MLflow show the same tallies, each in its own form.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from usersim_opt.basics.figures import Interval
from usersim_opt.basics.statistics import ratio_interval, wilson
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.scenarios.kinds import in_order
from usersim_opt.scenarios.records import Scenario

LEAST_TASKS = 3
"""Tasks from which an interval over tasks has a meaning."""
FLAT = 1e-9
"""Width below which an interval over tasks has none: all tasks are alike."""

Rows = Callable[[str | None], Sequence[str]]
"""The names of the rows that a verdict on a dimension counts in; None is a dimension that the data do not know."""


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
    def pass_rate(self) -> float | None:
        """Passed / scored, from 0 to 1; None where nothing was scored."""
        return self.passed / self.scored if self.scored else None

    @property
    def failing(self) -> tuple[str, ...]:
        """The scenarios with a failure, in order, as `id`, or `id xN` for N failures."""
        counts = sorted(self.failures.items())
        return tuple(f"{scenario} x{n}" if n > 1 else scenario for scenario, n in counts)

    @property
    def by_wilson(self) -> bool:
        """Whether the interval is Wilson's: few tasks, or tasks all alike, give a t interval no width."""
        over_tasks = ratio_interval(self.by_task)
        if over_tasks.low is None or over_tasks.high is None:
            return True
        return len(self.by_task) < LEAST_TASKS or over_tasks.high - over_tasks.low < FLAT

    @property
    def interval(self) -> Interval:
        """The pass rate with its 95 % interval: a t interval over tasks, or Wilson's over verdicts.

        Wilson's takes the verdicts of a task for independent and is too narrow for that.
        """
        if self.by_wilson:
            low, high = wilson(self.passed, self.scored)
            return Interval(self.pass_rate or 0.0, low, high) if self.scored else NOTHING
        return ratio_interval(self.by_task).within(0.0, 1.0)


NOTHING = Interval(0.0, None, None)


def by_dimension(
    outcomes: Iterable[Outcome],
    scenarios: Mapping[str, Scenario],
    *,
    rows: Rows = lambda dimension: (dimension,) if dimension else (),
) -> dict[str, Tally]:
    """A tally for each row with a scored verdict, dimensions in the order of their kinds."""
    by_task: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    failures: dict[str, dict[str, int]] = defaultdict(dict)
    for outcome, dimension, passed in _scored(outcomes, scenarios):
        for row in rows(dimension):
            before = by_task[row].get(outcome.task_id, (0.0, 0.0))
            by_task[row][outcome.task_id] = (before[0] + passed, before[1] + 1)
            if not passed:
                failures[row][outcome.scenario] = failures[row].get(outcome.scenario, 0) + 1
    return {row: Tally(by_task[row], failures[row]) for row in in_order(by_task)}


def _scored(
    outcomes: Iterable[Outcome], scenarios: Mapping[str, Scenario]
) -> Iterable[tuple[Outcome, str | None, bool]]:
    """Each scored verdict with its reply, its dimension and whether it passed."""
    dimensions = {
        (scenario.id, criterion.id): criterion.dimension
        for scenario in scenarios.values()
        for criterion in scenario.criteria
    }
    for outcome in outcomes:
        for verdict in outcome.grade.verdicts if outcome.grade else ():
            if verdict.outcome != "unscored":
                dimension = dimensions.get((outcome.scenario, verdict.criterion))
                yield outcome, dimension, verdict.outcome == "pass"
