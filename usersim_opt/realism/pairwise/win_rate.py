"""How often one side is taken for the person's, with an interval over tasks.

    pairs = conversation_pairs(people, talks)
    print(win_rate(pairs, PairwiseJudge(lm)))

Half means that the judge cannot tell, or that it does not try: order bias and self-consistency say
which, and its calibration (calibration.py) says whether to believe it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from usersim_opt.basics.arguments import Count, checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import Interval, many, percent, share_text
from usersim_opt.basics.showing import visibly
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.realism.card import CARD
from usersim_opt.realism.pairwise.choosing import Choice, Chooser, choices_of, known
from usersim_opt.realism.pairwise.pairs import Pairs
from usersim_opt.realism.resampling import interval, task_weights
from usersim_opt.realism.rows import weighted_mean

ALWAYS = 0.9
"""A judge that names the same place in this share of its answers, or more, looks at the place."""


@dataclass(frozen=True)
class Orders:
    """What the place of a text does to the choice."""

    first: float | None
    """Share of the choices that fell on the text shown first; None without a choice."""
    ties: float
    """Share of the answers that are ties."""
    consistent: float | None
    """Share of the pairs with the same answer in both orders; None where one order was asked."""
    answers: int

    @classmethod
    def of(cls, choices: Sequence[Choice]) -> "Orders":
        """Of choices without lost ones."""
        places = [place for each in choices for place in each.places]
        sides = [place for place in places if place != "tie"]
        agreed = [len(set(each.answers)) == 1 for each in choices]
        return cls(
            first=sides.count("first") / len(sides) if sides else None,
            ties=places.count("tie") / len(places),
            consistent=sum(agreed) / len(agreed) if len(choices[0].orders) > 1 else None,
            answers=len(places),
        )

    @property
    def fault(self) -> str:
        """That the judge goes by the place, in words; empty where it does not."""
        if self.ties == 1:
            return "The judge called every pair a tie: it says nothing."
        if self.first is None or max(self.first, 1 - self.first) < ALWAYS:
            return ""
        place = "first" if self.first > 0.5 else "second"
        share = share_text(max(self.first, 1 - self.first))
        return (
            f"The judge chose the text shown {place} in {share} of its choices: it goes by the "
            "place, and its choices say nothing."
        )

    @visibly
    def __str__(self) -> str:
        text = f"shown first: {share_text(self.first)} of the choices; ties {share_text(self.ties)}"
        if self.consistent is None:
            return f"{text}; one order was asked, so nothing is known of flips"
        return f"{text}; the same in both orders: {share_text(self.consistent)} of the pairs"


@dataclass(frozen=True)
class WinRate:
    """How often `one` is taken for the person's, ties and flips as half."""

    one: str
    other: str
    by: str
    rate: Interval
    orders: Orders
    pairs: int
    tasks: int
    lost: int
    """Pairs of which an answer could not be read; in no other figure."""
    notes: Sequence[str]

    @property
    def is_descriptive(self) -> bool:
        """Whether there are too few tasks to say anything for sure."""
        return self.tasks < CARD.thresholds.descriptive_below

    @property
    def fields(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "one": self.one,
            "other": self.other,
            "by": self.by,
            "win_rate": self.rate.mean,
            "interval": self.rate.bounds,
            "orders": vars(self.orders),
            "pairs": self.pairs,
            "tasks": self.tasks,
            "lost": self.lost,
            "descriptive_only": self.is_descriptive,
            "notes": list(self.notes),
        }

    @visibly
    def __str__(self) -> str:
        head = (
            f"{self.one} is taken for the person's in {percent(self.rate)} of "
            f"{many(self.pairs, 'pair')} with {self.other}, by {self.by}"
        )
        parts = [
            head,
            str(self.orders),
            self.orders.fault,
            *(f"note: {note}" for note in self.notes),
        ]
        if self.is_descriptive:
            parts.append(f"note: {many(self.tasks, 'task')}: descriptive only")
        return "\n".join(filter(None, parts))


@checks_arguments
def win_rate(pairs: Pairs, judge: Chooser, *, workers: Count = DEFAULT_WORKERS) -> WinRate:
    """Ask the judge about all pairs, in each of its orders.

    InputError where there is no pair, or no answer that can be read; ModelError where a call fails.
    """
    choices = choices_of(pairs, judge, workers=workers)
    readable = readable_of(choices)
    lost = len(choices) - len(readable)
    same = sum(each.pair.is_same for each in choices)
    notes = [f"{many(lost, 'pair')} lost: the judge's answer could not be read twice"]
    equal = [f"{many(same, 'pair')} of equal texts, a tie without a call"]
    return WinRate(
        one=pairs.one,
        other=pairs.other,
        by=judge.name,
        rate=mean_score(readable, [each.score for each in readable]),
        orders=Orders.of(readable),
        pairs=len(readable),
        tasks=len({each.pair.task for each in readable}),
        lost=lost,
        notes=[*pairs.notes, *(notes if lost else []), *(equal if same else [])],
    )


def readable_of(choices: Sequence[Choice]) -> list[Choice]:
    """The choices of which no answer is lost; InputError where all are."""
    found = known(choices)
    if not found:
        raise InputError(
            f"all answers on {many(len(choices), 'pair')} were unreadable; see what the judge "
            "answers, and take one that keeps to the form"
        )
    return found


def mean_score(choices: Sequence[Choice], scores: Sequence[float]) -> Interval:
    """The mean of a number for each choice, 0 to 1, with an interval over tasks."""
    tasks = [each.pair.task for each in choices]
    weights = task_weights(tasks)
    columns = weights.values[:, [weights.tasks[task] for task in tasks]]
    return interval(weighted_mean(np.array(scores)[:, None], columns)[:, 0], most=1.0)
