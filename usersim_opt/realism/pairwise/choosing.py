"""Asks a judge about pairs, in both orders, and keeps what it chose.

What counts for a pair: 1 for `one` and 0 for `other` where both orders agree on a side, else half
(a tie, or a choice that flips with the order). A pair of which an answer is lost is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol

from usersim_opt.basics.errors import InputError
from usersim_opt.realism.many_calls import answers_to
from usersim_opt.realism.pairwise.pairs import ONE, OTHER, Pair, Pairs

Answer = Literal["one", "other", "tie", "lost"]
_TIE: Answer = "tie"


class Chooser(Protocol):
    """Anything that says which text of a pair a person typed: a model, a recorded reader."""

    @property
    def name(self) -> str:
        """Who chooses, for the record."""
        ...

    @property
    def orders(self) -> tuple[bool, ...]:
        """The orders that it is asked in: whether `other` is shown first, for each call."""
        ...

    def choose(self, pair: Pair, *, swapped: bool) -> Answer:
        """The side that it takes for a person's; `other` is shown first where it is `swapped`."""
        ...


@dataclass(frozen=True)
class Choice:
    """What was chosen of one pair, an answer for each order."""

    pair: Pair
    orders: tuple[bool, ...]
    """Whether `other` was shown first, for each answer."""
    answers: tuple[Answer, ...]

    @property
    def is_lost(self) -> bool:
        """Whether an answer could not be read."""
        return "lost" in self.answers

    @property
    def side(self) -> Answer:
        """The side that all orders agree on, else a tie."""
        return self.answers[0] if len(set(self.answers)) == 1 else "tie"

    @property
    def score(self) -> float:
        """1 for `one`, 0 for `other`, half for anything else."""
        return {"one": 1.0, "other": 0.0}.get(str(self.side), 0.5)

    @property
    def places(self) -> list[str]:
        """Each answer by the place where the chosen text was shown: first, second or tie."""
        return [_place(*each) for each in zip(self.answers, self.orders, strict=True)]


def _place(answer: Answer, swapped: bool) -> str:
    if answer not in (ONE, OTHER):
        return answer
    return "second" if (answer == ONE) == swapped else "first"


def right_place(pair: Pair, *, swapped: bool) -> str:
    """Where the text of the person is shown in an order."""
    return "second" if (pair.right == ONE) == swapped else "first"


def choices_of(pairs: Pairs, judge: Chooser, *, workers: int) -> list[Choice]:
    """Ask about each pair in each order, from `workers` threads.

    Two equal texts are a tie without a call. InputError for no pair, ModelError where a call fails.
    """
    if not pairs.pairs:
        raise InputError("there is no pair; expected one or more")
    return answers_to(pairs.pairs, partial(_choice, judge), workers=workers)


def _choice(judge: Chooser, pair: Pair) -> Choice:
    orders = judge.orders
    if pair.is_same:
        return Choice(pair, orders, tuple(_TIE for _ in orders))
    return Choice(pair, orders, tuple(judge.choose(pair, swapped=swapped) for swapped in orders))


def known(choices: Sequence[Choice]) -> list[Choice]:
    """The choices of which no answer is lost."""
    return [each for each in choices if not each.is_lost]
