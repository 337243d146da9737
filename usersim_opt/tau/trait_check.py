"""Does a trait move what it should, and leave the facts alone? With and without it, task by task.

    uso.tau.check_traits(traits, plain, played, stories)

Behaviour is moved where the signs of the trait become more frequent: the exact sign-flip test over
tasks, one-sided at 2.5 %. Facts stay where a change by the margin or more is ruled out at the same
level: turns without an invented fact, turns without a broken guard, and how much of the story is
told, early and in all, the last two in both directions (basics/noninferiority.py). What is neither
shown to stay nor to move is not shown, and then the check is not passed. Intervals are t intervals
over tasks.

The signs of other traits and some features stand beside that; they decide nothing.

Not covered: whether people with the trait talk so; wishes, of which nothing is measured here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import OFFLINE_NOTE, Interval, many
from usersim_opt.basics.layout import grid, some, text
from usersim_opt.basics.noninferiority import change, least_tasks
from usersim_opt.basics.showing import visibly
from usersim_opt.customer.conversation import Conversation
from usersim_opt.models.naming import is_offline
from usersim_opt.realism.stories import checked_conversations
from usersim_opt.realism.table import FEATURES
from usersim_opt.scenarios.records import Task
from usersim_opt.tau.trait_measures import (
    ByTask,
    Held,
    Measure,
    fact_measures,
    feature,
    figures,
    held,
    sign_rate,
)
from usersim_opt.tau.traits import Traits

LEVEL = 0.025
"""One-sided, of each row."""
Kind = Literal["intended", "fact", "beside"]
Stories = Mapping[str, str] | Mapping[str, Task]
"""By task its story, or the task itself, as `data.tasks`."""
_TWO_SIDED = ("told_early", "told_in_all")
_LOST = ("customer_error", "agent_error", "harness_error")
"""Faults that end a conversation for reasons outside it."""
_LEGEND = (
    "signs: share of the customer's turns with a phrase of the trait. facts_kept: of turns that "
    "invent nothing; guards_kept: that break no guard; told: of the story's codes, figures and "
    "names. In brackets 95 % t intervals over tasks; verdicts by sign flips over tasks."
)


@dataclass(frozen=True)
class CheckRow:
    """One measure without and with the traits, means over the tasks of both sides."""

    name: str
    kind: Kind
    """Whether the traits should move it, must not, or nothing is asked of it."""
    plain: float
    played: float
    change: Interval
    verdict: str
    """moved, stayed, not shown; of what stands beside, up, down, or nothing."""

    @property
    def is_right(self) -> bool:
        """Whether it does what is asked of it."""
        wanted: Mapping[Kind, str] = {"intended": "moved", "fact": "stayed"}
        return self.verdict == wanted.get(self.kind, self.verdict)


@dataclass(frozen=True, repr=False)
class TraitCheck:
    """What traits moved, row by row."""

    label: str
    rows: tuple[CheckRow, ...]
    tasks: int
    """Tasks that both sides have."""
    talks: tuple[int, int]
    """Conversations without and with the traits."""
    left_out: int
    """Conversations that ended by a failed call."""
    offline: bool

    @property
    def moved(self) -> bool:
        """Whether all that the traits should move is moved."""
        return all(row.is_right for row in self.rows if row.kind == "intended")

    @property
    def facts_stay(self) -> bool:
        """Whether all that they must not move is shown to stay."""
        return all(row.is_right for row in self.rows if row.kind == "fact")

    @property
    def passed(self) -> bool:
        """Both of it."""
        return self.moved and self.facts_stay

    @visibly
    def __repr__(self) -> str:
        return f"<TraitCheck: {self.label}, {'passed' if self.passed else 'not passed'}>"

    @visibly
    def __str__(self) -> str:
        return "\n".join([self._head, "", self._table, "", *self._notes()])

    def _repr_html_(self) -> str:
        return f"<pre>{text(self)}</pre>"

    @property
    def _head(self) -> str:
        plain, played = self.talks
        talks = f"{many(plain, 'conversation')} without it, {played} with it"
        return f"{self.label}: {many(self.tasks, 'task')}, {talks}"

    @property
    def _table(self) -> str:
        head = ["measure", "without", "with", "change", "", "asked", "verdict"]
        return grid(head, [_cells(row) for row in self.rows])

    def _notes(self) -> Iterator[str]:
        wrong = [f"{row.name} {row.verdict}" for row in self.rows if not row.is_right]
        yield f"Not passed: {', '.join(wrong)}." if wrong else "Passed: moved as meant, facts stay."
        if self.tasks < least_tasks(LEVEL):
            yield f"Nothing can be shown on fewer than {least_tasks(LEVEL)} tasks."
        if self.left_out:
            yield f"Left out, for a failed call: {many(self.left_out, 'conversation')}."
        yield _LEGEND
        if self.offline:
            yield OFFLINE_NOTE


_ASKED: Mapping[Kind, str] = {"intended": "to move", "fact": "to stay", "beside": ""}


def _cells(row: CheckRow) -> list[str]:
    bounds = row.change.bounds
    interval = f"[{bounds[0]:+.3f}, {bounds[1]:+.3f}]" if bounds else ""
    means = [f"{row.plain:.3f}", f"{row.played:.3f}", f"{row.change.mean:+.3f}"]
    return [row.name, *means, interval, _ASKED[row.kind], row.verdict]


@checks_arguments
def check_traits(
    traits: Traits,
    plain: Sequence[Conversation],
    played: Sequence[Conversation],
    stories: Stories,
) -> TraitCheck:
    """Compare conversations with the traits with those without, of one prompt.

    Both are what `rollout` returns, what `read_conversations` reads, or the talks of simulations.
    Only tasks that both sides have count. Raises InputError for what are no conversations, for a
    task without a story, and where no task is common.
    """
    sides = [_side(each, stories) for each in (plain, played)]
    common = {talk.task for talk in sides[0]} & {talk.task for talk in sides[1]}
    if not common:
        raise InputError("no task was played both with the traits and without; play the same ones")
    shared = [[talk for talk in side if talk.task in common] for side in sides]
    return TraitCheck(
        label=traits.label,
        rows=tuple(_rows(traits, *shared)),
        tasks=len(common),
        talks=(len(shared[0]), len(shared[1])),
        left_out=sum(_is_lost(talk) for talk in [*plain, *played]),
        offline=any(is_offline(talk.user) for talk in [*plain, *played]),
    )


def _is_lost(talk: Conversation) -> bool:
    return talk.fault in _LOST


def _side(conversations: Sequence[Conversation], stories: Stories) -> list[Held]:
    """The conversations that count, each beside its story."""
    talks = checked_conversations(conversations)
    if missing := sorted({talk.task for talk in talks} - set(stories)):
        raise InputError(f"the tasks {some(missing)} have no story; give those that were played")
    return [held(talk, _story(stories[talk.task])) for talk in talks if not _is_lost(talk)]


def _story(task: str | Task) -> str:
    return task.story if isinstance(task, Task) else task


def _rows(traits: Traits, plain: Sequence[Held], played: Sequence[Held]) -> Iterator[CheckRow]:
    """What should move, what must stay, what stands beside."""
    for name, kind, measure in _measures(traits):
        before, after = figures(plain, measure), figures(played, measure)
        if before.keys() & after.keys():
            yield _row(name, kind, before, after, margin=traits.table.facts.margins.get(name, 0.0))


def _measures(traits: Traits) -> Iterator[tuple[str, Kind, Measure]]:
    table = traits.table
    for name, seen in traits.seen.items():
        yield f"signs of {name}", "intended", sign_rate(seen.signs)
    for name, measure in fact_measures(table.facts.early).items():
        yield name, "fact", measure
    for name, trait in table.traits.items():
        if name not in traits.levels:
            yield f"signs of {name}", "beside", sign_rate(trait.signs)
    features = [each for seen in traits.seen.values() for each in seen.features]
    for name in dict.fromkeys(features):
        yield name, "beside", feature(name)


def _row(name: str, kind: Kind, before: ByTask, after: ByTask, *, margin: float) -> CheckRow:
    common = [task for task in before if task in after]
    gain = change(before, after, margin=0.0).gain
    verdict = _VERDICTS[kind](before, after)
    if kind == "fact" and _stays(before, after, margin=margin, both=name in _TWO_SIDED):
        verdict = "stayed"
    return CheckRow(
        name=name,
        kind=kind,
        plain=fmean(before[task] for task in common),
        played=fmean(after[task] for task in common),
        change=gain if name in FEATURES else gain.within(-1.0, 1.0),
        verdict=verdict,
    )


def _is_more(before: ByTask, after: ByTask) -> bool:
    """Whether the figures have risen, tested over tasks."""
    return change(before, after, margin=0.0).is_not_worse(LEVEL)


def _stays(before: ByTask, after: ByTask, *, margin: float, both: bool) -> bool:
    """Whether a fall by the margin is ruled out, and with `both` a rise as well."""
    falls = not change(before, after, margin=margin).is_not_worse(LEVEL)
    rises = both and not change(after, before, margin=margin).is_not_worse(LEVEL)
    return not falls and not rises


def _intended(before: ByTask, after: ByTask) -> str:
    if _is_more(before, after):
        return "moved"
    return "less" if _is_more(after, before) else "not shown"


def _fact(before: ByTask, after: ByTask) -> str:
    has_moved = _is_more(before, after) or _is_more(after, before)
    return "moved" if has_moved else "not shown"


def _beside(before: ByTask, after: ByTask) -> str:
    if _is_more(before, after):
        return "up"
    return "down" if _is_more(after, before) else ""


_VERDICTS = {"intended": _intended, "fact": _fact, "beside": _beside}
