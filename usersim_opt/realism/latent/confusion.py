"""A table of true and named labels, and whether more than chance is in it.

    accuracy   share of labels that are named rightly
    kappa      (accuracy - e) / (1 - e), e = sum over labels of (share true) * (share named)
               (Cohen 1960): 0 for naming without regard to the truth, 1 for naming all rightly

Which intents are likely depends on the number of the turn, which a text may give away although the
intent steered nothing. So e is taken within each stratum, a turn number, and averaged over them by
their size: naming by the turn number alone has a kappa of 0 as well.

Intervals resample tasks with all their labels (resampling.py), since the turns of one conversation,
and conversations about one task, are not independent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from usersim_opt.basics.figures import Interval, many, percent, share_text
from usersim_opt.basics.layout import grid
from usersim_opt.basics.showing import visibly
from usersim_opt.realism.card import CARD
from usersim_opt.realism.resampling import interval, task_weights
from usersim_opt.realism.rows import Array


class Naming(NamedTuple):
    """One label of a conversation about a task: what it is, and what was named."""

    task: str
    true: str
    named: str
    stratum: int = 0
    """Chance is counted within it, from 0: the number of the turn."""


@dataclass(frozen=True)
class Confusion:
    """How well labels are recognised."""

    what: str
    """The variable, such as `profile`."""
    names: Sequence[str]
    counts: Sequence[Sequence[int]]
    """A row for each true label, a column for each named one, in the order of `names`."""
    accuracy: Interval
    kappa: Interval | None
    """None where all labels are one and the same."""
    tasks: int
    lost: int
    """Labels for which nothing was named; they are in no other figure."""

    @classmethod
    def of(cls, what: str, namings: Iterable[Naming], order: Iterable[str]) -> "Confusion | None":
        """The table of some labels; None where not one of them was named.

        `order` are all labels that there may be.
        """
        listed = list(namings)
        known = [each for each in listed if each.named]
        if not known:
            return None
        used = {label for each in known for label in (each.true, each.named)}
        names = [name for name in order if name in used]
        by_task, weights = _by_task(known, names)
        tables = np.tensordot(weights, by_task, axes=1)
        kappas = _kappa(tables)
        return cls(
            what=what,
            names=tuple(names),
            counts=tables[0].sum(axis=0).astype(int).tolist(),
            accuracy=interval(_accuracy(tables), most=1.0),
            kappa=None if np.isnan(kappas[0]) else interval(kappas, least=-1.0, most=1.0),
            tasks=len({each.task for each in known}),
            lost=len(listed) - len(known),
        )

    @property
    def labels(self) -> int:
        """The number of labels that were named."""
        return sum(map(sum, self.counts))

    @property
    def chance(self) -> float:
        """What naming the most frequent label all the time would reach, a share."""
        return max(map(sum, self.counts)) / self.labels

    @property
    def is_descriptive(self) -> bool:
        """Whether there are too few tasks to say anything for sure."""
        return self.tasks < CARD.thresholds.descriptive_below

    @property
    def verdict(self) -> str:
        """Whether the variable steers anything, in words."""
        if self.kappa is None:
            return f"There is one {self.what} alone, so nothing could be told apart."
        if self.kappa.low is None:
            return f"There are too few tasks to say whether the {self.what} steers anything."
        held = self.kappa.low > 0
        found = "is recognised" if held else "is not shown to be recognised"
        few = f" ({many(self.tasks, 'task')}: descriptive only)" if self.is_descriptive else ""
        return f"The {self.what} {found} more often than by chance{few}."

    @visibly
    def __str__(self) -> str:
        head = [f"{self.what}, true", *self.names]
        rows = [
            [name, *map(str, row)]
            for name, row in zip(self.names, self.counts, strict=True)
            if sum(row)
        ]
        figures = (
            f"named rightly {percent(self.accuracy)} of {many(self.labels, 'label')}, "
            f"the most frequent label {share_text(self.chance)}, kappa {kappa_text(self.kappa)}, "
            f"{self.lost} lost"
        )
        return "\n".join([grid(head, rows), figures, self.verdict])


def kappa_text(kappa: Interval | None) -> str:
    """Kappa with its interval; a dash for none."""
    if kappa is None:
        return "-"
    if kappa.bounds is None:
        return f"{kappa.mean:.2f}"
    low, high = kappa.bounds
    return f"{kappa.mean:.2f} [{low:.2f}, {high:.2f}]"


def _by_task(namings: Sequence[Naming], names: Sequence[str]) -> tuple[Array, Array]:
    """A table of counts for each task and stratum, and the weightings of the tasks."""
    weights = task_weights(each.task for each in namings)
    place = {name: number for number, name in enumerate(names)}
    strata = 1 + max(each.stratum for each in namings)
    tables = np.zeros((len(weights.tasks), strata, len(names), len(names)))
    for each in namings:
        row, column = place[each.true], place[each.named]
        tables[weights.tasks[each.task], each.stratum, row, column] += 1
    return tables, weights.values


def _accuracy(tables: Array) -> Array:
    right = np.trace(tables, axis1=2, axis2=3).sum(axis=1)
    shares: Array = right / tables.sum(axis=(1, 2, 3))
    return shares


def _kappa(tables: Array) -> Array:
    """Kappa of each table; NaN where true and named labels are one and the same."""
    sizes = tables.sum(axis=(2, 3))
    products = (tables.sum(axis=3) * tables.sum(axis=2)).sum(axis=2)
    by_chance = products / np.where(sizes > 0, sizes, 1.0)
    expected = by_chance.sum(axis=1) / sizes.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        kappa: Array = np.where(
            expected < 1, (_accuracy(tables) - expected) / (1 - expected), np.nan
        )
    return kappa
