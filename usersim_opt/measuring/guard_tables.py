"""How broken guards look, for a terminal and for a notebook: those of one prompt, and of two.

Nothing is shown where no guard was in force, as in records of earlier versions; one line where none
was broken.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from usersim_opt.basics.figures import many
from usersim_opt.basics.layout import grid, note, some, table, text
from usersim_opt.basics.showing import visibly
from usersim_opt.measuring.broken_guards import ANY, BrokenGuards, GuardTally
from usersim_opt.measuring.guard_losses import GuardLosses, p_text
from usersim_opt.scenarios.kinds import in_order

_Rows = list[list[str]]


def guards_text(guards: BrokenGuards) -> str:
    """The guards that one prompt broke, as columns under a line; empty without guards."""
    line = as_sentence(guards.sentence)
    return f"{line}\n{grid(_HEAD, _rows(guards))}" if guards.names else line


def guards_html(guards: BrokenGuards) -> str:
    """The same in one line of HTML."""
    line = note(as_sentence(guards.sentence)) if guards.in_force else ""
    return line + (table(_HEAD, _escaped(_rows(guards))) if guards.names else "")


_HEAD = ["guard", "broken in", "scenarios"]


def _rows(guards: BrokenGuards) -> _Rows:
    tallies = {name: guards.by_guard[name] for name in guards.names}
    return [[name, tally.fraction, some(tally.failing)] for name, tally in tallies.items()]


def _escaped(rows: _Rows) -> _Rows:
    return [[text(cell) for cell in row] for row in rows]


def as_sentence(words: str) -> str:
    """Words with a capital and a full stop; nothing of nothing."""
    return f"{words[:1].upper()}{words[1:]}." if words else ""


@dataclass(frozen=True)
class GuardRow:
    """One guard under two prompts."""

    name: str
    old: GuardTally
    new: GuardTally
    p: float
    """Of the loss, one-sided."""

    @property
    def loss(self) -> str:
        """How sure a loss is, in words: `p = 0.012`."""
        return p_text(self.p)


@dataclass(frozen=True)
class GuardSides:
    """The guards that two prompts broke, and whether the new one is significantly worse."""

    old: BrokenGuards
    new: BrokenGuards
    losses: GuardLosses
    heads: tuple[str, str]
    """What the two prompts are called."""

    @property
    def rows(self) -> Sequence[GuardRow]:
        """A row for each guard that either prompt broke; where they are several, one for all."""
        names = in_order({*self.old.names, *self.new.names})
        rows = [self._row(name, self.old.tally(name), self.new.tally(name)) for name in names]
        together = self._row(ANY, self.old.together, self.new.together)
        return [*rows, together] if len(rows) > 1 else rows

    def _row(self, name: str, old: GuardTally, new: GuardTally) -> GuardRow:
        return GuardRow(name, old, new, self.losses.p_of(name))

    @property
    def sentence(self) -> str:
        """What was lost; that none was broken; empty where no guard was in force."""
        if not self.old.in_force and not self.new.in_force:
            return ""
        if self.rows or self.losses.objection:
            return as_sentence(self.losses.finding)
        replies = self.old.together.replies + self.new.together.replies
        return f"No guard was broken in {many(replies, 'reply')}.{self._missing}"

    @property
    def _missing(self) -> str:
        unscored = self.old.unscored + self.new.unscored
        return f" {many(unscored, 'verdict')} on guards missing." if unscored else ""

    @property
    def line(self) -> str:
        """How many replies of each side broke a guard; empty where none did."""
        if not self.rows:
            return ""
        old, new = self.old.together, self.new.together
        before = f"{self.heads[0]} {old.fraction}"
        return f"Replies that broke a guard: {before}, {self.heads[1]} {new.fraction}."

    @visibly
    def __str__(self) -> str:
        rows = [_cells(row) for row in self.rows]
        return f"{grid(self._head, rows)}\n{self.sentence}" if rows else self.sentence

    @property
    def html(self) -> str:
        """The same in one line of HTML."""
        rows = _escaped([_cells(row) for row in self.rows])
        line = note(self.sentence) if self.sentence else ""
        return (table(self._head, rows) if rows else "") + line

    @property
    def _head(self) -> list[str]:
        return ["guard", *self.heads, "loss", f"{self.heads[1]} breaks it in"]


def _cells(row: GuardRow) -> list[str]:
    sides = [row.old.fraction, row.new.fraction]
    return [row.name, *sides, row.loss, some(row.new.failing)]
