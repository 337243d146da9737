"""What became of the goals of customers: by conversation and turn, on average, and how it shows.

Scores are shares of components in a success status at the end, by class; the overall score is the
mean of the classes that a story has. Intervals resample tasks (realism/resampling.py).
"""

from collections.abc import Iterator, Mapping
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
from usersim_opt.realism.entries import task_of
from usersim_opt.realism.goals.components import (
    RULES,
    Component,
    Components,
    State,
    overall,
    reward,
    shares,
)
from usersim_opt.realism.interview import Lost
from usersim_opt.realism.resampling import interval, task_weights
from usersim_opt.realism.rows import weighted_mean

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("task", "seed", "pair", "component", "class", "text", "status", "reason", "lost")
_SHORT = {
    "ALIGNED": "aligned",
    "MISALIGNED": "MISALIGNED",
    "INCOMPLETE": "-",
    "ATTEMPTED": "tried",
    "COMPLETE": "done",
}
_TEXT = 44
"""Characters of a component in the table."""
_MOST_LOST = 3


@dataclass(frozen=True, repr=False)
class TrackedTalk:
    """One conversation: its components, the states S_0 to S_n, and what follows from them.

    There are no components where nobody spoke for the customer or the story could not be split.
    """

    conversation: Conversation
    components: Components
    states: tuple[State, ...]

    @property
    def scores(self) -> Mapping[str, float]:
        """By class, the share in a success status at the end; classes without any are absent."""
        return shares(self.components, self.states[-1]) if self.states else {}

    @property
    def overall(self) -> float | None:
        """The mean of the classes that have components; None without any."""
        return overall(self.scores)

    @property
    def rewards(self) -> tuple[float, ...]:
        """The reward of each of the customer's turns, 0 to 2.5."""
        return tuple(reward(self.components, state) for state in self.states[1:])

    @property
    def rows(self) -> list[Row]:
        """A row for each component in each state."""
        return [self._row(each, state) for state in self.states for each in self.components]

    def _row(self, component: Component, state: State) -> Row:
        values = (
            self.conversation.task, self.conversation.seed, state.pair, component.id,
            component.kind, component.text, state.statuses[component.id],
            state.reasons.get(component.id, ""), state.lost,
        )  # fmt: skip
        return dict(zip(COLUMNS, values, strict=True))

    @visibly
    def __repr__(self) -> str:
        return f"<TrackedTalk: {self._head}>"

    @property
    def _head(self) -> str:
        talk = self.conversation
        score = "nothing to follow" if self.overall is None else f"{100 * self.overall:.1f} %"
        return f"task {talk.task}, seed {talk.seed}: {score}"

    @property
    def heads(self) -> list[str]:
        """The heads of the table over turns: pair 0 is before the first, `!` marks a lost one."""
        return ["part", *(f"{state.pair}{'!' if state.lost else ''}" for state in self.states)]

    def _line(self, component: Component) -> list[str]:
        """A row of the table over turns: a component and its status in each state."""
        name = _shortened(f"{component.kind}: {visible(component.text)}")
        return [name, *(_SHORT[state.statuses[component.id]] for state in self.states)]

    @visibly
    def __str__(self) -> str:
        if not self.states:
            return self._head
        rows = [self._line(each) for each in self.components]
        rewards = ["reward", "", *(f"{each:.1f}" for each in self.rewards)]
        return f"{self._head}\n{layout.grid(self.heads, [*rows, rewards])}"

    def _repr_html_(self) -> str:
        rows = [[self._cell(each, state) for state in self.states] for each in self.components]
        named = [
            [layout.text(f"{each.kind}: {each.text}"), *row]
            for each, row in zip(self.components, rows, strict=True)
        ]
        return f"<p><b>{layout.text(self._head)}</b></p>{layout.table(self.heads, named)}"

    def _cell(self, component: Component, state: State) -> str:
        status = state.statuses[component.id]
        tint = layout.GOOD if status in component.rule.success else layout.OTHER
        shown = layout.tinted(_SHORT[status], layout.BAD if status == "MISALIGNED" else tint)
        why = state.reasons.get(component.id, "")
        return layout.details(shown, layout.text(why)) if why else shown


@dataclass(frozen=True, repr=False)
class Goals:
    """What became of the goals of the customers of some conversations."""

    talks: tuple[TrackedTalk, ...]
    judge: str
    calls: int
    lost: tuple[Lost, ...]

    @cached_property
    def figures(self) -> dict[str, Interval | None]:
        """By class and overall, the mean score over conversations, 0 to 1, with its interval."""
        by_class = {
            kind: [(talk, talk.scores[kind]) for talk in self.talks if kind in talk.scores]
            for kind in RULES
        }
        whole = [(talk, talk.overall) for talk in self.talks if talk.overall is not None]
        return {name: _figure(each) for name, each in {**by_class, "overall": whole}.items()}

    @property
    def rows(self) -> list[Row]:
        """A row for each component in each state of each conversation."""
        return [row for talk in self.talks for row in talk.rows]

    def to_pandas(self) -> "pd.DataFrame":
        """The rows as a DataFrame; InputError where pandas is missing."""
        return frame(self.rows, COLUMNS)

    @visibly
    def __repr__(self) -> str:
        return f"<Goals: {many(len(self.talks), 'conversation')}>"

    @visibly
    def __str__(self) -> str:
        return "\n".join([many(len(self.talks), "conversation"), self._grid, *self._notes])

    @property
    def _grid(self) -> str:
        return layout.grid(["class", "success [95 % interval]"], self._cells)

    @property
    def _cells(self) -> list[list[str]]:
        return [[name, percent(figure)] for name, figure in self.figures.items()]

    @property
    def _notes(self) -> Iterator[str]:
        yield f"Judge: {self.judge}, {many(self.calls, 'call')}"
        without = sum(not talk.states for talk in self.talks)
        if without:
            yield f"{many(without, 'conversation')} without anything to follow"
        if self.lost:
            yield f"{many(len(self.lost), 'answer')} lost; in a lost pair all stays as it was:"
            yield from (f"  {visible(each.about)}: {each.why}" for each in self.lost[:_MOST_LOST])
        least = CARD.thresholds.descriptive_below
        if len({talk.conversation.task for talk in self.talks}) < least:
            yield f"fewer than {least} tasks: descriptive only"

    def _repr_html_(self) -> str:
        rows = [[layout.text(cell) for cell in row] for row in self._cells]
        figures = layout.table(["class", "success [95 % interval]"], rows)
        notes = "".join(map(layout.note, self._notes))
        talks = "".join(
            layout.details(layout.text(repr(talk).strip("<>")), talk._repr_html_())
            for talk in self.talks
        )
        return f"{figures}{notes}{talks}"


def _figure(scores: list[tuple[TrackedTalk, float]]) -> Interval | None:
    if not scores:
        return None
    tasks = [task_of(talk.conversation.task) for talk, _ in scores]
    values = np.array([[score] for _, score in scores], dtype=float)
    weights = task_weights(tasks)
    return interval(weighted_mean(values, weights.of(tasks))[:, 0], most=1.0)


def _shortened(text: str) -> str:
    return text if len(text) <= _TEXT else f"{text[: _TEXT - 3]}..."
