"""Is one prompt better than another? Two evaluations on the same scenarios and seeds, and the test of their difference."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from usersim_opt.basics.figures import many, points, share_text
from usersim_opt.basics.frames import frame
from usersim_opt.basics.layout import grid
from usersim_opt.basics.statistics import PairedDifference
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.measuring.metric import Metric
from usersim_opt.measuring.pairs import paired_difference
from usersim_opt.measuring.rows import PAIR_COLUMNS, pair_rows
from usersim_opt.measuring.runner import DEFAULT_THREADS, Progress
from usersim_opt.scenarios.kinds import DIMENSIONS

if TYPE_CHECKING:
    import pandas as pd
from usersim_opt.measuring.evaluation import Evaluation, Tally, _ids, _rate, evaluate, replies_each


@dataclass(frozen=True, repr=False)
class Comparison:
    """Two prompts on the same scenarios and seeds."""

    old: Evaluation
    new: Evaluation
    difference: PairedDifference

    @property
    def sentence(self) -> str:
        """The gain, its interval and what it is worth, in two lines."""
        return gain_sentence(self.difference, self.new)

    def __repr__(self) -> str:
        return f"<Comparison: {self.sentence}>"

    def __str__(self) -> str:
        return f"{comparison_table(self.old, self.new, heads=('old', 'new'))}\n\n{self.sentence}"

    def _repr_html_(self) -> str:
        from usersim_opt.measuring.views import comparison_html  # noqa: PLC0415 - as above

        return comparison_html(self)

    def to_pandas(self) -> "pd.DataFrame":
        """One row per scenario that both sides were scored on, with both pass rates and the gain."""
        return frame(pair_rows(self.new.records, self.old.outcomes, self.new.outcomes), PAIR_COLUMNS)


def compare(
    old: UserSimulator,
    new: UserSimulator,
    examples: Sequence[Any],
    metric: Metric,
    *,
    seeds: int = 1,
    seed: int = 0,
    workers: int | Executor = DEFAULT_THREADS,
    progress: Progress | None = None,
) -> Comparison:
    """Evaluate two simulators on the same scenarios and seeds and test the difference; raises as evaluate does."""
    sides = [evaluate(s, examples, metric, seeds=seeds, seed=seed, workers=workers, progress=progress) for s in (old, new)]
    return Comparison(sides[0], sides[1], paired_difference(sides[0].outcomes, sides[1].outcomes))


def comparison_table(old: Evaluation, new: Evaluation, *, heads: tuple[str, str]) -> str:
    """Pass rate by dimension of both prompts, with the scenarios in which the new one fails."""
    before, after = old.by_dimension, new.by_dimension
    rows = []
    for name in DIMENSIONS:
        if name in before or name in after:
            a, b = before.get(name, _NOTHING), after.get(name, _NOTHING)
            rows.append([name, str(b.scored), _rate(a), _rate(b), _change(a.pass_rate, b.pass_rate), _ids(b.failing)])
    means = [side.pass_rate.mean if side.pass_rate else None for side in (old, new)]
    failing = f"{len(new.failing)} of {len(new.records)} scenarios"
    rows.append(["all", str(sum(t.scored for t in after.values())), *map(share_text, means), _change(*means), failing])
    return grid(["dimension", "criteria", *heads, "points", f"{heads[1]} fails in"], rows)


def gain_sentence(difference: PairedDifference, new: Evaluation) -> str:
    """The gain, its interval and what it is worth, in two lines."""
    on = f"{many(difference.scenarios, 'scenario')} of {many(difference.tasks, 'task')}, {replies_each(new.outcomes)}"
    if difference.proven:
        verdict = "Better: the 95 % interval lies above zero"
    elif difference.worse:
        verdict = "Worse: the 95 % interval lies below zero"
    elif difference.gain.low is None:
        verdict = "Not proven: too few scenarios"
    else:
        verdict = "Not proven: the 95 % interval reaches zero"
    return f"Gain {difference.gain} on {on}.\n{verdict}. For new tasks (t interval over tasks): {difference.by_task}."


_NOTHING = Tally(0, 0, ())


def _change(old: float | None, new: float | None) -> str:
    return "" if old is None or new is None else points(new - old)
