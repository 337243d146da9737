"""What was found of a customer's consistency: by conversation, on average, and how it shows.

Means weigh conversations alike. Intervals resample tasks with all their conversations
(realism/resampling.py); with few tasks they are too narrow, and the table says so.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from usersim_opt.basics import layout
from usersim_opt.basics.figures import Interval, many, percent
from usersim_opt.basics.frames import Row, frame
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.text import visible
from usersim_opt.customer.conversation import Conversation
from usersim_opt.realism.card import CARD
from usersim_opt.realism.contradictions.findings import KINDS, Finding
from usersim_opt.realism.contradictions.measures import MEASURES, calls_of
from usersim_opt.realism.entries import task_of
from usersim_opt.realism.interview import Lost
from usersim_opt.realism.resampling import interval, task_weights
from usersim_opt.realism.rows import weighted_mean
from usersim_opt.realism.stories import Told

if TYPE_CHECKING:
    import pandas as pd

FACTS = "facts"
"""The measure by code: the share of own lines without a finding."""
COLUMNS = ("task", "seed", "lines", FACTS, *KINDS, *MEASURES)
_MOST_LOST = 3
_SHOWN = 20
"""Findings that the table shows."""


@dataclass(frozen=True)
class Price:
    """Calls of the judge by measure, where each answer can be read; at most twice as many."""

    by_measure: Mapping[str, int]

    @property
    def calls(self) -> int:
        """All of them."""
        return sum(self.by_measure.values())

    @visibly
    def __str__(self) -> str:
        parts = ", ".join(f"{name} {calls:,}" for name, calls in self.by_measure.items())
        return f"{many(self.calls, 'call')}, at most {2 * self.calls:,}: {parts}"


@dataclass(frozen=True)
class TalkConsistency:
    """One conversation: scores from 0 to 1, None where nothing could be judged.

    `contradictions` are the customer's lines, counted among its own, that a judge objects to: a
    line alone (against the story), or a pair.
    """

    conversation: Conversation
    lines: int
    scores: Mapping[str, float | None]
    findings: tuple[Finding, ...]
    contradictions: Mapping[str, tuple[tuple[int, ...], ...]]

    @property
    def row(self) -> Row:
        """The conversation as a row of the table."""
        kinds = Counter(finding.kind for finding in self.findings)
        head = {"task": self.conversation.task, "seed": self.conversation.seed, "lines": self.lines}
        return {**head, **{kind: kinds[kind] for kind in KINDS}, **self.scores}


@dataclass(frozen=True, repr=False)
class Consistency:
    """How far customers keep to their stories and to what they said."""

    talks: tuple[TalkConsistency, ...]
    measures: tuple[str, ...]
    judge: str
    calls: int
    lost: tuple[Lost, ...]

    @cached_property
    def figures(self) -> dict[str, Interval | None]:
        """The mean of each measure over conversations, 0 to 1, with its 95 % interval."""
        return {name: self._figure(name) for name in (FACTS, *self.measures)}

    def _figure(self, name: str) -> Interval | None:
        known = [each for each in self.talks if each.scores.get(name) is not None]
        if not known:
            return None
        tasks = [task_of(each.conversation.task) for each in known]
        values = np.array([[each.scores[name]] for each in known], dtype=float)
        weights = task_weights(tasks)
        return interval(weighted_mean(values, weights.of(tasks))[:, 0], most=1.0)

    @property
    def findings(self) -> list[tuple[TalkConsistency, Finding]]:
        """All findings by code, each with its conversation."""
        return [(talk, finding) for talk in self.talks for finding in talk.findings]

    @property
    def rows(self) -> list[Row]:
        """A row for each conversation."""
        empty = dict.fromkeys(COLUMNS)
        return [empty | talk.row for talk in self.talks]

    def to_pandas(self) -> "pd.DataFrame":
        """A row for each conversation, in their order; InputError where pandas is missing."""
        return frame(self.rows, COLUMNS)

    @visibly
    def __repr__(self) -> str:
        return f"<Consistency: {many(len(self.talks), 'conversation')}>"

    @visibly
    def __str__(self) -> str:
        return "\n".join(self._parts())

    def _parts(self) -> Iterator[str]:
        yield self._head
        yield layout.grid(["measure", "mean [95 % interval]", "conversations"], self._cells)
        kinds = Counter(finding.kind for _, finding in self.findings)
        yield "Findings by code: " + ", ".join(f"{kind} {kinds[kind]}" for kind in KINDS)
        yield from (f"  {visible(self._named(*each))}" for each in self.findings[:_SHOWN])
        if len(self.findings) > _SHOWN:
            yield f"  and {len(self.findings) - _SHOWN} more"
        yield from self.notes

    @property
    def _head(self) -> str:
        lines = sum(talk.lines for talk in self.talks)
        return f"{many(len(self.talks), 'conversation')}, {many(lines, 'line')} of the customer"

    @property
    def _cells(self) -> list[list[str]]:
        return [
            [name, percent(figure), str(self._known(name))] for name, figure in self.figures.items()
        ]

    def _known(self, name: str) -> int:
        return sum(talk.scores.get(name) is not None for talk in self.talks)

    def _named(self, talk: TalkConsistency, finding: Finding) -> str:
        return f"{talk.conversation.task}/{talk.conversation.seed}, {finding}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What limits the figures: no judge, lost answers, silent customers, few tasks."""
        return tuple(filter(None, [self._asked, self._silent, *self._lost_lines, self._few]))

    @property
    def _asked(self) -> str:
        if not self.judge:
            return "No judge was given: only what code can find is measured."
        return f"Judge: {self.judge}, {many(self.calls, 'call')}"

    @property
    def _silent(self) -> str:
        silent = sum(not talk.lines for talk in self.talks)
        return f"{many(silent, 'conversation')} without a line of the customer" if silent else ""

    @property
    def _lost_lines(self) -> list[str]:
        if not self.lost:
            return []
        head = f"{many(len(self.lost), 'question')} lost, which count on neither side:"
        return [head, *(f"  {visible(each.about)}: {each.why}" for each in self.lost[:_MOST_LOST])]

    @property
    def _few(self) -> str:
        least = CARD.thresholds.descriptive_below
        tasks = len({talk.conversation.task for talk in self.talks})
        return "" if tasks >= least else f"fewer than {least} tasks: descriptive only"

    def _repr_html_(self) -> str:
        heads = ["measure", "mean [95 % interval]", "conversations"]
        rows = [[layout.text(cell) for cell in row] for row in self._cells]
        found = [[layout.text(self._named(*each))] for each in self.findings]
        listed = layout.details(
            layout.text(many(len(found), "finding")), layout.table(["findings by code"], found)
        )
        notes = "".join(map(layout.note, self.notes))
        return f"<p>{layout.text(self._head)}</p>{layout.table(heads, rows)}{listed}{notes}"


def price_of(talks: Sequence[Told], measures: Sequence[str]) -> Price:
    """What the judge is asked at least; the five questions are made once for each task."""
    lines = [len(told.own) for told in talks]
    prices = {name: sum(calls_of(name, number) for number in lines) for name in measures}
    if "questions" in prices:
        prices["questions"] += len({told.task.id for told in talks if told.own})
    return Price(prices)
