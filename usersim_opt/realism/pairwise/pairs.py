"""Two texts about the same matter, of which one may have been typed by a person.

A pair holds two replies to the same scenario, or two whole conversations about the same task.
`right` says which side a person typed, where that is known; a judge never sees it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import many
from usersim_opt.basics.layout import some
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.text import is_blank, spoken, words
from usersim_opt.realism.entries import task_of
from usersim_opt.realism.recordings import (
    Line,
    Recorded,
    customer_texts,
    in_common,
    lines_of,
    result_set_of,
)
from usersim_opt.realism.result_sets import ResultSet, Talk
from usersim_opt.scenarios.records import Scenario

Side = Literal["one", "other"]
ONE: Side = "one"
OTHER: Side = "other"


@dataclass(frozen=True)
class Pair:
    """Two texts, each a reply or a whole conversation."""

    task: str
    name: str
    """The scenario or conversation, for messages."""
    one: tuple[Line, ...]
    other: tuple[Line, ...]
    before: tuple[Line, ...] = ()
    """What both answer; empty for whole conversations."""
    right: Side | None = None
    """The side that a person typed, where that is known."""

    @property
    def lengths(self) -> tuple[int, int]:
        """Words of the customer on each side."""
        return _length(self.one), _length(self.other)

    @property
    def is_same(self) -> bool:
        """Whether there is nothing to choose."""
        return self.one == self.other

    @visibly
    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Pairs:
    """Pairs, the names of both sides, and what was left out."""

    pairs: Sequence[Pair]
    one: str
    other: str
    notes: Sequence[str] = ()

    @property
    def tasks(self) -> list[str]:
        """The task of each pair."""
        return [pair.task for pair in self.pairs]


@checks_arguments
def reply_pairs(
    one: Mapping[str, str],
    other: Mapping[str, str],
    scenarios: Mapping[str, Scenario],
    *,
    names: tuple[str, str] = ("one", "other"),
    person: Side | None = None,
) -> Pairs:
    """Pairs of replies by the id of the scenario that they answer.

    `person` is the side that people typed, if one is. Scenarios that only one side has, and replies
    without a word, are left out; notes say so. InputError for a reply to no known scenario, and
    where no pair is left.
    """
    _check_known([*one, *other], scenarios)
    common = [name for name in one if name in other]
    worded = [name for name in common if _has_words(one[name]) and _has_words(other[name])]
    if not worded:
        raise InputError(
            f"no scenario has replies of both: {names[0]} has {some(sorted(one)) or 'none'}, "
            f"{names[1]} has {some(sorted(other)) or 'none'}"
        )
    alone = sorted({*one, *other} - set(common))
    return Pairs(
        [_reply_pair(scenarios[name], one[name], other[name], person) for name in worded],
        *names,
        notes=list(_left_out(alone, silent=len(common) - len(worded))),
    )


def _left_out(alone: Sequence[str], *, silent: int) -> Iterator[str]:
    """What there is to say of scenarios without a pair, and of replies without a word."""
    if alone:
        yield f"{many(len(alone), 'scenario')} left out that one side lacks: {some(alone)}"
    if silent:
        yield f"{many(silent, 'pair')} left out: a reply without a word"


@checks_arguments
def conversation_pairs(
    one: Recorded,
    other: Recorded,
    *,
    names: tuple[str, str] = ("one", "other"),
    person: Side | None = None,
) -> Pairs:
    """Pairs of whole conversations about the same task, the first with the first and so on.

    Tasks that only one side has, and conversations without a partner, are left out; notes say so.
    InputError where no task is common.
    """
    sides = in_common(result_set_of(one, name=names[0]), result_set_of(other, name=names[1]))
    by_task = [_by_task(side) for side in sides]
    pairs = [
        _talk_pair(first, second, person)
        for task in by_task[0]
        for first, second in zip(by_task[0][task], by_task[1][task], strict=False)
    ]
    alone = sum(len(side.talks) for side in sides) - 2 * len(pairs)
    notes = [f"{many(alone, 'conversation')} left out without a partner of the same task"]
    return Pairs(
        pairs,
        sides[0].name,
        sides[1].name,
        notes=[*sides[0].notes, *sides[1].notes, *(notes if alone else [])],
    )


def reply_lines(reply: str) -> tuple[Line, ...]:
    """A reply as lines of one side, without stop tokens."""
    return (("customer", spoken(reply)),)


def before(scenario: Scenario) -> tuple[Line, ...]:
    """The conversation that replies to a scenario answer."""
    return tuple((turn.role, turn.text) for turn in scenario.history)


def _reply_pair(scenario: Scenario, one: str, other: str, person: Side | None) -> Pair:
    return Pair(
        task=scenario.task_id,
        name=f"scenario {scenario.id}",
        one=reply_lines(one),
        other=reply_lines(other),
        before=before(scenario),
        right=person,
    )


def _talk_pair(one: Talk, other: Talk, person: Side | None) -> Pair:
    return Pair(
        task=task_of(one.task),
        name=f"{one.task}, runs {one.run} and {other.run}",
        one=lines_of(one.messages),
        other=lines_of(other.messages),
        right=person,
    )


def _by_task(side: ResultSet) -> dict[str, list[Talk]]:
    """The conversations of each task, in the order of the runs."""
    found: defaultdict[str, list[Talk]] = defaultdict(list)
    for talk in sorted(side.talks, key=lambda each: (each.task, each.run)):
        found[task_of(talk.task)].append(talk)
    return found


def _check_known(names: Iterable[str], scenarios: Mapping[str, Scenario]) -> None:
    unknown = sorted(set(names) - set(scenarios))
    if unknown:
        raise InputError(
            f"replies to {some(unknown)}, which the data set does not have; expected scenarios "
            f"such as {some(sorted(scenarios)) or 'none: it is empty'}"
        )


def _has_words(reply: str) -> bool:
    return not is_blank(spoken(reply))


def _length(lines: Sequence[Line]) -> int:
    return sum(len(words(text)) for text in customer_texts(lines))
