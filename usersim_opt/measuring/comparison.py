"""Is one prompt better than another? Two evaluations on the same scenarios and seeds, compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from usersim_opt.basics.arguments import Count, Workers, checks_arguments
from usersim_opt.basics.figures import gain_text, many, share_text
from usersim_opt.basics.frames import frame
from usersim_opt.basics.layout import grid, some
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.statistics import PairedDifference
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.measuring.by_dimension import Tally
from usersim_opt.measuring.calibration.corrected import Corrected, corrected_gain, gain_lines
from usersim_opt.measuring.ceiling_effect import WHAT_HELPS
from usersim_opt.measuring.collapse import collapsed
from usersim_opt.measuring.evaluation import Evaluation, evaluate_in_turns, replies_each
from usersim_opt.measuring.guard_losses import GuardLosses, guard_losses
from usersim_opt.measuring.guard_tables import GuardSides
from usersim_opt.measuring.metric import Metric
from usersim_opt.measuring.outcome import Rate
from usersim_opt.measuring.pairs import paired_difference
from usersim_opt.measuring.rows import PAIR_COLUMNS, pair_rows
from usersim_opt.measuring.runner import DEFAULT_WORKERS, Progress
from usersim_opt.measuring.views import failures_html, offline_html, sides_table_html
from usersim_opt.scenarios.kinds import in_order

if TYPE_CHECKING:
    import pandas as pd

Heads = tuple[str, str]
"""What the two sides are called over a table."""
ALPHA = 0.05
"""A loss is significant at this p value or below."""


@dataclass(frozen=True, repr=False)
class Comparison:
    """Two prompts on the same scenarios and seeds."""

    old: Evaluation
    new: Evaluation
    difference: PairedDifference

    @cached_property
    def guard_losses(self) -> GuardLosses:
        """Which guards the new prompt breaks more often, and whether that is significant."""
        return guard_losses(self.old.outcomes, self.new.outcomes, self.new.scenarios)

    @property
    def loses(self) -> bool:
        """Whether the new prompt is significantly worse, in its score or on the guards.

        So it is where so many verdicts on guards are missing that nothing can be said of them.
        """
        is_worse = self.difference.gain.mean < 0 and self.difference.p_worse <= ALPHA
        return is_worse or bool(self.guard_losses.objection)

    @property
    def sentence(self) -> str:
        """The gain, its interval and what it is worth, and what speaks against believing it.

        That is a side whose replies ignore the conversation, missing verdicts, ceilings.
        """
        gain = gain_sentence(self.difference, self.new)
        judge = judge_lines(self.old, self.new, self.difference)
        lines = [gain, *self._collapses, *self._missing, *judge, *self._ceilings]
        return "\n".join(lines)

    @property
    def _collapses(self) -> list[str]:
        """A line for each side whose replies do not depend on the conversation any more."""
        sides = {"old": self.old, "new": self.new}
        why = {name: collapsed(side.outcomes, side.scenarios) for name, side in sides.items()}
        return [
            f"The {name} prompt plays nobody, whatever its score: {reason}."
            for name, reason in why.items()
            if reason
        ]

    @property
    def corrected(self) -> Corrected | None:
        """The gain without the judge's errors, or why not; None without a judge's card."""
        return gain_without_errors(self.old, self.new, self.difference)

    @property
    def _missing(self) -> list[str]:
        return missing_lines(self.old, self.new, heads=("old", "new"))

    @property
    def _ceilings(self) -> list[str]:
        """A line for each side at the ceiling of the rubric, and one on what helps."""
        sides = {"old": self.old.ceiling, "new": self.new.ceiling}
        found = {side: each.finding for side, each in sides.items() if each.is_there}
        lines = [f"Ceiling, {side} prompt: {finding}." for side, finding in found.items()]
        return [*lines, WHAT_HELPS] if lines else []

    @visibly
    def __repr__(self) -> str:
        return f"<Comparison: {self.sentence}>"

    @visibly
    def __str__(self) -> str:
        table = comparison_table(self.old, self.new, heads=("old", "new"))
        return "\n\n".join(filter(None, [table, str(self._guards), self.sentence]))

    @property
    def _guards(self) -> GuardSides:
        return guard_sides(self.old, self.new, heads=("old", "new"))

    def _repr_html_(self) -> str:
        head = offline_html(self.sentence, offline=self.old.offline or self.new.offline)
        sides = sides_html(self.old, self.new, heads=("old", "new"))
        failures = failures_html(self.new.outcomes, self.new.scenarios)
        return f"{head}{sides}{self._guards.html}{failures}"

    def to_pandas(self) -> "pd.DataFrame":
        """One row per scenario scored on both sides, with both pass rates and the gain."""
        rows = pair_rows(self.new.scenarios, self.old.outcomes, self.new.outcomes)
        return frame(rows, PAIR_COLUMNS)


@checks_arguments
def compare(
    old: UserSimulator,
    new: UserSimulator,
    examples: Sequence[Any],
    metric: Metric,
    *,
    seeds: Count = 1,
    seed: int = 0,
    workers: Workers = DEFAULT_WORKERS,
    progress: Progress | None = None,
) -> Comparison:
    """Evaluate two simulators on the same scenarios and seeds and test the difference.

    Their calls take turns (order.py). Raises what evaluate raises.
    """
    before, after = evaluate_in_turns(
        [old, new],
        examples,
        metric,
        seeds=seeds,
        seed=seed,
        workers=workers,
        progress=progress,
    )
    return Comparison(before, after, paired_difference(before.outcomes, after.outcomes))


@dataclass(frozen=True)
class SidesRow:
    """One dimension, or all of them, under both prompts."""

    name: str
    old: Rate
    new: Rate
    criteria: int
    """Verdicts on the new side."""
    failing: str
    """The scenarios in which the new side fails, in words."""


def sides_rows(old: Evaluation, new: Evaluation) -> list[SidesRow]:
    """A row for each dimension that either side was scored on, then one for all criteria."""
    before, after = old.by_dimension, new.by_dimension
    names = in_order({*before, *after})
    rows = [_row(name, before.get(name, Tally()), after.get(name, Tally())) for name in names]
    return [*rows, _all_row(old, new)]


def _row(name: str, old: Tally, new: Tally) -> SidesRow:
    return SidesRow(name, old.pass_rate, new.pass_rate, new.scored, some(new.failing))


def _all_row(old: Evaluation, new: Evaluation) -> SidesRow:
    """The row of all criteria, those included of which the scenarios know no dimension."""
    failing = f"{len(new.failing)} of {len(new.scenarios)} scenarios"
    return SidesRow("all", _rate(old), _rate(new), new.scored, failing)


def _rate(side: Evaluation) -> Rate:
    return side.pass_rate.mean if side.pass_rate else None


def comparison_table(old: Evaluation, new: Evaluation, *, heads: Heads) -> str:
    """Pass rate by dimension of both prompts, with the scenarios in which the new one fails."""
    columns = ["dimension", "criteria", *heads, "points", f"{heads[1]} fails in"]
    return grid(columns, [_cells(row) for row in sides_rows(old, new)])


def _cells(row: SidesRow) -> list[str]:
    rates = [share_text(row.old), share_text(row.new), gain_text(row.old, row.new)]
    return [row.name, str(row.criteria), *rates, row.failing]


def missing_lines(old: Evaluation, new: Evaluation, *, heads: Heads) -> list[str]:
    """One line on the judge's missing verdicts of both prompts; none where it gave them all."""
    if not old.judged.missing and not new.judged.missing:
        return []
    before, after = heads
    return [f"Missing verdicts of the judge: {before} {old.judged}, {after} {new.judged}."]


def gain_without_errors(
    old: Evaluation, new: Evaluation, difference: PairedDifference
) -> Corrected | None:
    """The corrected gain of new over old; None without a judge's card."""
    card = new.judge_card
    if card is None:
        return None
    names = old.names, new.names
    return corrected_gain(old.outcomes, new.outcomes, difference, card=card, names=names)


def judge_lines(old: Evaluation, new: Evaluation, difference: PairedDifference) -> list[str]:
    """Who judged, how far that is known, the corrected gain, and whether a verdict hangs on it."""
    found = gain_without_errors(old, new, difference)
    if found is None or new.judge_card is None:
        return []
    return [new.judge_card.sentence, *gain_lines(found, difference)]


def guard_sides(old: Evaluation, new: Evaluation, *, heads: Heads) -> GuardSides:
    """The guards that both prompts broke, and whether the new one is significantly worse."""
    losses = guard_losses(old.outcomes, new.outcomes, new.scenarios)
    return GuardSides(old.guards, new.guards, losses, heads)


def sides_html(old: Evaluation, new: Evaluation, *, heads: Heads) -> str:
    """The same table for notebooks, in one line of HTML."""
    rows = [(row.name, row.old, row.new, row.failing) for row in sides_rows(old, new)]
    return sides_table_html(rows, heads=heads)


def gain_lines_of(old: Evaluation, new: Evaluation, difference: PairedDifference) -> list[str]:
    """The gain and its worth, and what the judge's card says of it."""
    return [gain_sentence(difference, new), *judge_lines(old, new, difference)]


def gain_sentence(difference: PairedDifference, new: Evaluation) -> str:
    """The gain, its interval and what it is worth, in two lines."""
    tasks = f"{many(difference.scenarios, 'scenario')} of {many(difference.tasks, 'task')}"
    by_task = f"For new tasks ({difference.task_method}): {difference.by_task}."
    return (
        f"Gain {difference.gain} on {tasks}, {replies_each(new.outcomes)}.\n"
        f"{difference.worth}. {by_task}"
    )
