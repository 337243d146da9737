"""Who is compared with whom: the runs of a simulator, and the batches of people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from usersim_opt.realism.entries import Entries, task_of
from usersim_opt.realism.lines import Batch
from usersim_opt.realism.outcomes import (
    Difficulty,
    Outcomes,
    batch_error,
    human_outcomes,
    model_outcomes,
)
from usersim_opt.realism.rows import Vectors, Weights, batch_dimensions, vectors_of


@dataclass(frozen=True)
class Side:
    """Runs or batches: what was said in each, and what came of it."""

    vectors: Sequence[Vectors]
    outcomes: Sequence[Outcomes]

    @classmethod
    def of_model(cls, runs: Sequence[Entries]) -> "Side":
        """The runs of a simulator."""
        return cls([vectors_of(run, "llm") for run in runs], model_outcomes(runs))

    @classmethod
    def of_people(cls, batches: Sequence[Entries]) -> "Side":
        """The batches of people."""
        return cls(
            [vectors_of(batch, "human") for batch in batches],
            [human_outcomes(batch) for batch in batches],
        )

    def only(self, number: int) -> "Side":
        """One batch as a side of its own."""
        return Side([self.vectors[number]], [self.outcomes[number]])

    @cached_property
    def tasks(self) -> frozenset[str]:
        """The tasks of all conversations and outcomes."""
        said = {task_of(name) for vectors in self.vectors for name in vectors}
        return frozenset(said.union(*self.outcomes))

    def within(self, names: Iterable[str]) -> "Side":
        """The conversations with some ids."""
        wanted = set(names)
        return Side(
            [{name: side[name] for name in side if name in wanted} for side in self.vectors],
            self.outcomes,
        )

    @property
    def conversations(self) -> int:
        """How many conversations have features."""
        return sum(v is not None for vectors in self.vectors for v in vectors.values())

    @property
    def names(self) -> frozenset[str]:
        """The ids of all conversations."""
        return frozenset(name for vectors in self.vectors for name in vectors)


def against_people(
    model: Side, people: Side, difficulty: Difficulty, weights: Weights
) -> list[Batch]:
    """The figures of a simulator against each batch."""
    return [
        _against(model, people.only(number), difficulty, weights)
        for number in range(len(people.vectors))
    ]


def among_people(people: Side, difficulty: Difficulty, weights: Weights) -> list[Batch]:
    """The figures of each pair of batches, the first in the place of a simulator."""
    return [
        _against(people.only(one), people.only(other), difficulty, weights)
        for one, other in combinations(range(len(people.vectors)), 2)
    ]


def _against(model: Side, batch: Side, difficulty: Difficulty, weights: Weights) -> Batch:
    said = batch_dimensions(model.vectors, batch.vectors[0], weights) or {}
    error = batch_error(model.outcomes, batch.outcomes[0], difficulty, weights)
    return said if error is None else {**said, "ece": error}
