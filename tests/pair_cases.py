"""Pairs, and readers who choose by a rule, for the tests of what judges of pairs are held to."""

from collections.abc import Callable
from dataclasses import dataclass

from usersim_opt.realism.pairwise.pairs import Pair, Pairs, reply_lines


def pair(one, other, *, task="001", right="one", name=""):
    """A pair of replies to nothing."""
    return Pair(
        task, name or f"{task}: {one[:9]}", reply_lines(one), reply_lines(other), right=right
    )


def pairs(*listed):
    """Several of them."""
    return Pairs(listed, "people", "model")


def words(number):
    """A text of so many words."""
    return " ".join(["hm"] * number)


def lengths(*listed, tasks=40):
    """Pairs of (words of the person's text, words of the other), person and sides in turn."""
    made = []
    for number, (person, other) in enumerate(listed):
        texts = (f"p {words(person - 1)}", f"m {words(other - 1)}")
        sides = texts if number % 2 else texts[::-1]
        made.append(
            pair(
                *sides,
                task=f"{number % tasks:03}",
                right="one" if number % 2 else "other",
                name=str(number),
            )
        )
    return pairs(*made)


@dataclass(frozen=True)
class Reader:
    """Answers by a rule on (pair, swapped)."""

    rule: Callable
    orders: tuple = (False, True)
    name: str = "a rule"

    def choose(self, pair, *, swapped):
        return self.rule(pair, swapped)


def knows(pair, swapped):
    """Always right."""
    return pair.right


def counts_words(pair, swapped):
    """Takes the shorter text."""
    one, other = pair.lengths
    return "tie" if one == other else "one" if one < other else "other"


def takes_the_first(pair, swapped):
    """Takes whatever is shown first."""
    return "other" if swapped else "one"
