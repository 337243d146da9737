"""Realism terms as they are shown: seed beside finalist, the change, whether it is not worse.

Everything that shows a run takes its rows from here: result, page and card.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from usersim_opt.basics.figures import Interval, many, percent, points, share_text
from usersim_opt.basics.layout import grid, table, text
from usersim_opt.basics.noninferiority import Change
from usersim_opt.basics.showing import visibly
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.results.realism_terms import TermsPlan
from usersim_opt.results.record import RunRecord
from usersim_opt.results.smoke_ledger import level_of

_WHERE = {
    SMOKE: "about held-out tasks",
    "finalists": "about training tasks, which chose the finalist",
}


@dataclass(frozen=True)
class TermRow:
    """One term of seed and finalist."""

    name: str
    weight: float
    required: bool
    """Whether what ships must not be worse in it."""
    old: Interval
    new: Interval
    change: Change
    not_worse: bool
    """Whether a loss of the margin is excluded."""

    @property
    def ruling(self) -> str:
        """What follows from the change, in words."""
        p = f"p {self.change.p:.3f}"
        if not self.required:
            return f"not required ({p})"
        return f"not worse ({p})" if self.not_worse else f"may be worse ({p})"


@dataclass(frozen=True)
class TermTable:
    """All terms of seed and finalist; without rows it shows nothing."""

    rows: Sequence[TermRow]
    stage: str
    heads: tuple[str, str]
    plan: TermsPlan | None
    tasks: int

    @cached_property
    def sentence(self) -> str:
        """What the figures are of, and at which margin."""
        if self.plan is None or not self.rows:
            return ""
        where = f"Whole conversations {_WHERE[self.stage]}, {many(self.tasks, 'task')}."
        return f"{where} Margin {share_text(self.plan.margin)}; {self.plan}."

    @property
    def _table(self) -> tuple[list[str], list[list[str]]]:
        head = ["whole conversations", "weight", *self.heads, "points", "not worse?"]
        return head, [_cells(row) for row in self.rows]

    @visibly
    def __str__(self) -> str:
        return f"{grid(*self._table)}\n{self.sentence}" if self.rows else ""

    @property
    def html(self) -> str:
        """The same as a fragment for notebooks."""
        if not self.rows:
            return ""
        head, rows = self._table
        cells = [[text(cell) for cell in row] for row in rows]
        return f"{table(head, cells)}<p>{text(self.sentence)}</p>"


def _cells(row: TermRow) -> list[str]:
    gain = row.change.gain
    bounds = "" if gain.bounds is None else f" [{points(gain.bounds[0])}, {points(gain.bounds[1])}]"
    change = f"{points(gain.mean)}{bounds}"
    return [row.name, f"{row.weight:g}", percent(row.old), percent(row.new), change, row.ruling]


def term_table(record: RunRecord, seed: str, finalist: str) -> TermTable:
    """The terms of seed and finalist, on held-out tasks where they were measured there."""
    terms, heads = record.terms, ("base", finalist)
    if terms is None:
        return TermTable((), "", heads, None, 0)
    stage = terms.stage_of(seed, finalist) if seed != finalist else ""
    changes = terms.changes(stage, seed, finalist)
    old, new = terms.figures(stage, seed), terms.figures(stage, finalist)
    # The level of the use, not that of the look at which the gain was proven.
    level = level_of(record.use)
    rows = [
        TermRow(
            name,
            terms.plan.weights[name],
            name in terms.plan.not_worse,
            old[name],
            new[name],
            change,
            change.is_not_worse(level),
        )
        for name, change in changes.items()
    ]
    tasks = max((row.change.tasks for row in rows), default=0)
    return TermTable(rows, stage, heads, terms.plan, tasks)
