"""Headroom: what a prompt leaves to gain, and the smallest gain that a split can prove.

    left       the share of criteria that fail, overall, by dimension and by split, with its bounds
    provable   the smallest gain that four of five comparisons on a split would prove (power.py)
    plan       the replies, or else the tasks, that would prove a given gain

Where the first is below the second, no search can show anything, however good its prompts are.

The verdicts of a reply hang together, so they say less than as many independent ones. Counts are
divided by the design effect 1 + (m - 1) r before Wilson's interval is taken, with m verdicts per
reply and r their correlation at the rate found (Kish 1965, Survey Sampling, section 5.4).

Not covered: a gain that a better rubric would see. Where nothing fails, that is the thing to mend.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from usersim_opt.basics.figures import Interval, share_text
from usersim_opt.basics.levels import LEVEL
from usersim_opt.basics.power import POWER, Layout, Spreads, correlation, share_proven
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.statistics import wilson
from usersim_opt.measuring.by_dimension import Tally, by_dimension
from usersim_opt.measuring.outcome import Outcome, Outcomes
from usersim_opt.scenarios.records import Scenario, Scenarios

MOST_REPLIES = 10
"""Replies per scenario and prompt that a smoke split gets at the most (tuning/budget.py)."""
MOST_TIMES = 8
"""How many times as many tasks a plan asks for at the most."""
_OF_ALL = 10.0
"""Verdicts that the rate of all dimensions weighs in the rate of one: a few verdicts on a dimension
say little of it."""


@dataclass(frozen=True)
class Left:
    """What is left to gain: failed verdicts of all that were scored."""

    failed: int
    scored: int
    replies: int
    """Replies with a scored verdict."""

    @property
    def share(self) -> Interval:
        """Failed / scored with a 95 % interval that allows for verdicts that hang together.

        Everything is possible where nothing was scored.
        """
        if not self.scored:
            return Interval(0.0, 0.0, 1.0)
        effect = self.design_effect
        low, high = wilson(self.failed / effect, self.scored / effect)
        return Interval(self.failed / self.scored, low, high)

    @property
    def bound(self) -> float:
        """The most that can be left, 0 to 1: the upper end of the interval."""
        return self.share.high if self.share.high is not None else 1.0

    @property
    def design_effect(self) -> float:
        """How many verdicts say as much as one independent one; 1 or more."""
        if not self.replies:
            return 1.0
        # Where nothing failed the correlation is taken at half a failure, as it is not known.
        rate = 1 - max(0.5, self.failed) / self.scored
        return 1 + max(0.0, self.scored / self.replies - 1) * correlation(rate, Spreads().total)

    @visibly
    def __str__(self) -> str:
        """`1.1 % [0.3 %, 4.0 %]`."""
        low, high = self.share.bounds or (0.0, 1.0)
        return f"{share_text(self.share.mean)} [{share_text(low)}, {share_text(high)}]"


@dataclass(frozen=True)
class Headroom:
    """What one prompt leaves to gain on a set of scenarios."""

    all: Left
    by_dimension: Mapping[str, Left]
    """In the order of the kinds."""

    @property
    def at_ceiling(self) -> list[str]:
        """The dimensions in which nothing failed; few verdicts say little of that."""
        return [name for name, left in self.by_dimension.items() if not left.failed]

    @property
    def open(self) -> list[str]:
        """The dimensions in which something failed, the largest share first."""
        failing = [(name, left) for name, left in self.by_dimension.items() if left.failed]
        return [name for name, left in sorted(failing, key=lambda each: -each[1].share.mean)]

    @property
    def rates(self) -> dict[str, float]:
        """The pass rate of each dimension, drawn towards that of all.

        A dimension's verdicts are joined by ten at the rate of all, and those by half a pass and
        half a failure, so that no rate is 0 or 1.
        """
        return {
            name: (left.scored - left.failed + _OF_ALL * self.rate) / (left.scored + _OF_ALL)
            for name, left in self.by_dimension.items()
        }

    @property
    def rate(self) -> float:
        """The pass rate of all, with half a pass and half a failure added."""
        return (self.all.scored - self.all.failed + 0.5) / (self.all.scored + 1)


def headroom(outcomes: Outcomes, scenarios: Scenarios) -> Headroom:
    """What the prompt of these outcomes leaves on the scenarios that they are of."""
    known = [outcome for outcome in outcomes if outcome.scenario in scenarios]
    tallies = by_dimension(known, scenarios)
    by_name = {name: _left(tally, name, known, scenarios) for name, tally in tallies.items()}
    return Headroom(left_of(known), by_name)


def headroom_by_split(outcomes: Outcomes, splits: Mapping[str, Scenarios]) -> dict[str, Headroom]:
    """The same for each split by its name; one without an outcome is left out."""
    found = {name: headroom(outcomes, scenarios) for name, scenarios in splits.items()}
    return {name: each for name, each in found.items() if each.all.scored}


def left_of(outcomes: Iterable[Outcome]) -> Left:
    """What is left of the scored verdicts of some replies."""
    graded = [outcome for outcome in outcomes if outcome.scored]
    scored = sum(outcome.scored for outcome in graded)
    return Left(scored - sum(outcome.passed for outcome in graded), scored, len(graded))


def _left(tally: Tally, name: str, outcomes: Outcomes, scenarios: Scenarios) -> Left:
    having = {key for key, scenario in scenarios.items() if name in scenario.dimensions}
    replies = sum(outcome.scenario in having and outcome.scored > 0 for outcome in outcomes)
    return Left(tally.scored - tally.passed, tally.scored, min(replies, tally.scored))


# -- what a split can prove ----------------------------------------------------------------------


def layout(
    scenarios: Scenarios,
    rates: float | Headroom,
    *,
    replies: int,
    dimension: str = "",
    level: float = LEVEL,
) -> Layout:
    """A comparison of two prompts on these scenarios, with so many replies of each to each.

    `rates` is the pass rate of the old prompt, 0 to 1, for all criteria; or what was found of it on
    other scenarios, then each criterion has the rate of its dimension. With a `dimension` only its
    criteria are compared. The level, two-sided, is that of the decision.
    """
    tasks = {name: number for number, name in enumerate(_task_ids(scenarios))}
    return Layout(
        rates=tuple(
            tuple(_rate(rates, name) for name in _dimensions(scenario) if dimension in ("", name))
            for scenario in scenarios.values()
        ),
        tasks=tuple(tasks[scenario.task_id] for scenario in scenarios.values()),
        replies=max(1, replies),
        level=level,
    )


def _task_ids(scenarios: Scenarios) -> list[str]:
    return list(dict.fromkeys(scenario.task_id for scenario in scenarios.values()))


def _dimensions(scenario: Scenario) -> list[str]:
    return [criterion.dimension for criterion in scenario.scored_criteria]


def _rate(rates: float | Headroom, dimension: str) -> float:
    if isinstance(rates, float | int):
        return float(rates)
    return rates.rates.get(dimension, rates.rate)


@dataclass(frozen=True)
class Plan:
    """What would prove a gain: replies per scenario and prompt, and how many times the tasks."""

    replies: int
    times: int
    """As many times the tasks as there are; 1 where more replies are enough."""


def plan(gain: float, split: Layout) -> Plan | None:
    """The fewest replies, or else the fewest tasks, that prove a gain four times in five.

    More replies come first: they need no new data. Tasks are doubled up to eight times as many.
    None where that is not enough, or where the gain is more than is left.
    """
    if not 0 < gain <= split.left:
        return None
    by_replies = [Plan(replies, 1) for replies in range(split.replies, MOST_REPLIES + 1)]
    if by_replies and not _proves(by_replies[-1], gain, split):
        by_replies = []
    by_tasks = [Plan(split.replies, 2**n) for n in range(1, MOST_TIMES.bit_length())]
    return next((each for each in [*by_replies, *by_tasks] if _proves(each, gain, split)), None)


def _proves(each: Plan, gain: float, split: Layout) -> bool:
    return share_proven(split.times(each.times).with_replies(each.replies), gain) >= POWER
