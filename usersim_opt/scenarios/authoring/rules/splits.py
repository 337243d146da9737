"""Rule on the split: the same kinds of customers in train, smoke and test.

Compared are customers by how much they write, how long their stories are and how much these say of
their manner: the means of a held-out split against those of train, by permutation of tasks (see
basics/permutations.py), with Bonferroni's correction for the number of comparisons.

Not covered: what kind of people they are beyond that; with five tasks in a split only large
differences can be seen.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import mean

from usersim_opt.basics.permutations import difference_p
from usersim_opt.basics.text import fold, sentences, words
from usersim_opt.scenarios.authoring.rules import Fault, Faults
from usersim_opt.scenarios.authoring.rules.quality import FIGURES, WORDS
from usersim_opt.scenarios.dataset import Dataset, Split

HELD_OUT: tuple[Split, ...] = ("smoke", "test")
LEAST_TASKS = 2


@dataclass(frozen=True)
class _Customer:
    """A task's customer: the private story, and the number of words of each of the own turns."""

    story: str
    turns: tuple[int, ...]


Trait = Callable[[_Customer], float | None]
"""A number that says something of a customer; None where nothing is known."""


def _turn_length(customer: _Customer) -> float | None:
    return mean(customer.turns) if customer.turns else None


def _terse(customer: _Customer) -> float | None:
    length = _turn_length(customer)
    return None if length is None else float(length <= FIGURES.terse_words)


def _story_length(customer: _Customer) -> float | None:
    return len(words(customer.story))


def _manner(customer: _Customer) -> float | None:
    return sum(bool(WORDS.any_manner.search(fold(each))) for each in sentences(customer.story))


TRAITS: Mapping[str, Trait] = {
    "words in a turn": _turn_length,
    f"share of customers with {FIGURES.terse_words} words a turn or fewer": _terse,
    "words in a story": _story_length,
    "sentences of a story on manner": _manner,
}


def split_faults(dataset: Dataset) -> Faults:
    """Traits by which the customers of smoke or test differ from those of train."""
    customers = _customers(dataset)
    compared = list(_comparisons(customers))
    for split, trait, (held_out, train) in compared:
        p = difference_p(held_out, train, draws=FIGURES.permutations)
        if p * len(compared) <= FIGURES.p:
            yield Fault(
                "splits.yaml",
                split,
                f"{trait}: {mean(held_out):.2g} on average in {split}, {mean(train):.2g} in train "
                f"(p = {p:.4f} by permutation of tasks, one of {len(compared)} comparisons)",
                "exchange tasks between the splits before anything is measured on them",
                kind="splits_differ",
            )


Groups = tuple[list[float], list[float]]
"""The values of a trait in a held-out split and in train, one for each task."""


def _comparisons(customers: Mapping[Split, list[_Customer]]) -> Iterator[tuple[Split, str, Groups]]:
    """Each held-out split and trait of which both sides have a few values."""
    for split in HELD_OUT:
        for name, trait in TRAITS.items():
            groups = (_values(customers[split], trait), _values(customers["train"], trait))
            if min(map(len, groups)) >= LEAST_TASKS:
                yield split, name, groups


def _values(customers: list[_Customer], trait: Trait) -> list[float]:
    values = map(trait, customers)
    return [value for value in values if value is not None]


def _customers(dataset: Dataset) -> Mapping[Split, list[_Customer]]:
    turns: dict[str, list[int]] = defaultdict(list)
    for scenario in dataset.scenarios.values():
        turns[scenario.task_id] += [len(words(turn)) for turn in scenario.moment.own]
    return {
        split: [_Customer(dataset.tasks[task].story, tuple(turns[task])) for task in tasks]
        for split, tasks in dataset.splits.items()
    }
