"""Which tasks tell the same story, or nearly the same: those stand on one side of every split.

Stories are nearly the same where at least `NEAR` of all their runs of three words are in both, what
nearly all stories of the list say aside, or `SAME` of them with it. So are those that a third story
is near to. tau2's telecom tells five stories in three manners each,
and tau-bench's retail tells many a story again with another end: a prompt that was tuned on one of
them has seen the others. The manner that tau2 puts before a story is not compared.

Not covered: the same story in other words; a short template that is filled in for each customer.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from usersim_opt.basics.text import common_share, fold
from usersim_opt.scenarios.authoring.rules.similarity import Phrase, phrases_of
from usersim_opt.scenarios.records import Task

NEAR = 0.35
"""Share of common runs from which stories are kin. In the sets of tau-bench and tau2, pairs above
it are about the same customer's same booking, and unrelated ones are below 0.3."""
SAME = 0.7
"""Share of common runs from which two stories are one that was told again."""
RUN = 3
FRAME = 0.9
"""Share of the stories from which a run belongs to the list; in fewer than `FEWEST` none does."""
FEWEST = 4
_MANNER = re.compile(r"\APersona:\n.*?^(?=Instructions:\n)", re.DOTALL | re.MULTILINE)
"""What tau2 puts before the story of a customer with a persona."""

Family = tuple[str, ...]
"""Ids of tasks whose stories are nearly the same; one alone where a story has no kin."""


@dataclass(frozen=True)
class _Story:
    task: str
    runs: frozenset[Phrase]
    own: frozenset[Phrase]
    """Those that not nearly all stories of the list have."""


def equal_stories(tasks: Iterable[Task]) -> list[list[Task]]:
    """Tasks by their story, in the order of the first; case and spaces make no difference."""
    groups: dict[str, list[Task]] = {}
    for task in tasks:
        groups.setdefault(fold(task.story), []).append(task)
    return list(groups.values())


def families(tasks: Sequence[Task]) -> list[Family]:
    """The ids of the tasks, those of nearly the same story together."""
    groups: list[list[_Story]] = []
    for story in _compared(tasks):
        kin = [group for group in groups if _is_kin(story, group)]
        others = [group for group in groups if group not in kin]
        groups = [*others, [*chain.from_iterable(kin), story]]
    return [tuple(sorted(story.task for story in group)) for group in groups]


def told_again(held_out: Sequence[Task], others: Sequence[Task]) -> Iterator[tuple[str, str]]:
    """The ids of held-out tasks whose story is told again, and of the tasks that tell it.

    Those are among the others or before it among the held-out ones. What nearly all stories have is
    not compared, so those that a template makes are no copies of each other.
    """
    stories = {story.task: story for story in _compared([*others, *held_out])}
    earlier = [stories[task.id] for task in others]
    for story in (stories[task.id] for task in held_out):
        copied = (other for other in earlier if common_share(story.own, other.own) >= SAME)
        if found := next(copied, None):
            yield story.task, found.task
        earlier.append(story)


def _compared(tasks: Sequence[Task]) -> list[_Story]:
    """The stories by what is compared of them."""
    told = [(task.id, _MANNER.sub("", task.story)) for task in tasks]
    runs = {story: phrases_of(story, RUN) for _, story in told}
    common = _common(list(runs.values()))
    return [_Story(task, runs[story], runs[story] - common) for task, story in told]


def _common(stories: Sequence[frozenset[Phrase]]) -> frozenset[Phrase]:
    """The runs that nearly all of the different stories have."""
    if len(stories) < FEWEST:
        return frozenset()
    counts = Counter(chain.from_iterable(stories))
    return frozenset(run for run, number in counts.items() if number >= FRAME * len(stories))


def _is_kin(story: _Story, group: Sequence[_Story]) -> bool:
    return any(_is_near(story, other) for other in group)


def _is_near(one: _Story, other: _Story) -> bool:
    own = common_share(one.own, other.own)
    return own >= NEAR or common_share(one.runs, other.runs) >= SAME
