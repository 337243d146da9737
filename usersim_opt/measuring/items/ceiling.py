"""Whether a run can show anything with this rubric: what is left to gain, and what can be proven.

The largest possible gain over the seed is 1 - its pass rate; measuring/headroom.py bounds it and
says what gain four of five runs would prove. A run decides on the smoke split; where nobody said
what that is, all scenarios are taken for it. A run is not advised

    where even the largest gain that is likely could not be proven, or
    where three quarters of the items are saturated, as estimated, and the seed passes 95 % of the
    verdicts: what can still move is then mostly chance, and the rubric has to be tuned.

How many items are saturated is better known than which: the estimate is the sum of 1 - doubt.

What can be proven is reckoned for a run that scores every criterion, those without a verdict here
at the rate of their dimension.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from usersim_opt.basics.figures import many, share_text
from usersim_opt.basics.power import smallest_gain
from usersim_opt.measuring import headroom as measured
from usersim_opt.measuring.items.records import Headroom, Item, Share
from usersim_opt.measuring.items.thresholds import THRESHOLDS
from usersim_opt.measuring.outcome import Outcomes
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.scenarios.records import Scenarios

ALL = "all"


class Start(NamedTuple):
    """Whether to start a run; None where the data do not say; and why."""

    advised: bool | None
    why: str


def headroom_rows(
    outcomes: Outcomes, scenarios: Scenarios, splits: Mapping[str, str]
) -> list[Headroom]:
    """What the seed leaves: all together, then by split, then by dimension in each split.

    `splits` names the split of a scenario; empty where nobody said.
    """
    names = list(dict.fromkeys(splits[name] for name in scenarios if splits.get(name)))
    parts = {ALL: dict(scenarios)} | {name: _of(name, scenarios, splits) for name in names}
    found = {name: measured.headroom(_on(outcomes, part), part) for name, part in parts.items()}
    deciding = SMOKE if SMOKE in parts else ALL
    rows = [_row(ALL, name, each.all, parts[name]) for name, each in found.items()]
    rows += [
        _row(dimension, name, left, parts[name])
        for name, each in found.items()
        for dimension, left in each.by_dimension.items()
    ]
    # On the split that decides, the rates of all scenarios say more than its own few verdicts.
    provable = smallest_gain(
        measured.layout(parts[deciding], found[ALL], replies=measured.MOST_REPLIES)
    )
    return [
        replace(row, decides=True, detectable=provable)
        if (row.dimension, row.split) == (ALL, deciding)
        else row
        for row in rows
    ]


def _of(split: str, scenarios: Scenarios, splits: Mapping[str, str]) -> Scenarios:
    return {name: each for name, each in scenarios.items() if splits.get(name) == split}


def _on(outcomes: Outcomes, scenarios: Scenarios) -> Outcomes:
    return [outcome for outcome in outcomes if outcome.scenario in scenarios]


def _row(dimension: str, split: str, left: measured.Left, scenarios: Scenarios) -> Headroom:
    criteria = [c for scenario in scenarios.values() for c in scenario.scored_criteria]
    own = [criterion for criterion in criteria if dimension in (ALL, criterion.dimension)]
    share = Share(left.scored - left.failed, left.scored)
    return Headroom(
        dimension, split, len(own), share, largest=left.share.mean, largest_likely=left.bound
    )


def start(items: Iterable[Item], rows: Sequence[Headroom]) -> Start:
    """Whether a run is worth its calls with these items."""
    whole = rows[0]
    if not whole.share.scored:
        return Start(None, "Whether to start a run cannot be said: the seed has no scored verdict.")
    deciding = next(row for row in rows if row.decides)
    if deciding.spent:
        return Start(False, f"Do not start a run: {_unprovable(deciding)}.")
    scored = [item for item in items if item.role == "score" and item.doubt is not None]
    if _at_ceiling(scored, whole):
        return Start(False, f"Do not start a run: {_of_the_rubric(scored, whole)}.")
    return Start(True, f"A run can show something: {_provable(deciding)}.")


def saturated_estimate(items: Iterable[Item]) -> float:
    """How many of the items that score are saturated, whichever they are."""
    return sum(1 - item.doubt for item in items if item.role == "score" and item.doubt is not None)


def _at_ceiling(scored: Sequence[Item], whole: Headroom) -> bool:
    limits, rate = THRESHOLDS.start, whole.share.rate or 0.0
    return saturated_estimate(scored) >= limits.saturated * len(scored) and rate >= limits.passed


def _unprovable(row: Headroom) -> str:
    largest = f"at most {_points(row.largest_likely)} can be gained on {_place(row)}"
    if row.detectable is None:
        return f"{largest}, and no gain can be proven there"
    return f"{largest}, and the smallest gain that can be proven is {_points(row.detectable)}"


def _of_the_rubric(scored: Sequence[Item], whole: Headroom) -> str:
    named = sum("saturated" in item.flags for item in scored)
    estimate = f"some {saturated_estimate(scored):,.0f} of {many(len(scored), 'scored item')}"
    found = f"{estimate} are saturated ({named:,} can be named)"
    left = f"{_points(whole.largest)} (at most {_points(whole.largest_likely)})"
    return (
        f"{found}, and the seed passes {share_text(whole.share.rate)} of the verdicts, "
        f"which leaves {left}; mend the rubric first"
    )


def _provable(row: Headroom) -> str:
    left = f"{_points(row.largest)} are left on {_place(row)} (at most "
    return (
        f"{left}{_points(row.largest_likely)}), and a gain of {_points(row.detectable or 0.0)} "
        "can be proven"
    )


def _place(row: Headroom) -> str:
    return "all scenarios" if row.split == ALL else f"the {row.split} split"


def _points(share: float) -> str:
    return f"{100 * share:.1f} points"
