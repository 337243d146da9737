"""Search: what to do with a minibatch.

A strategy is given minibatch after minibatch and says in the end which version it holds for the best. It sees training
scenarios only. `PieceSearch` learns what each guidance piece is worth; `HillClimb` is the rule of the study behind this
project.
"""

from collections.abc import Sequence
from typing import Protocol

from usersim_opt.results.versions import Version
from usersim_opt.tuning.guard import Guard
from usersim_opt.tuning.run import Run


class Search(Protocol):
    """One way of looking for a better prompt."""

    @property
    def name(self) -> str:
        """What the search is, with its settings; a run is only resumed by a search of the same name."""
        ...

    def begin(self, seed: Version, guard: Guard) -> None:
        """Start from a version."""
        ...

    def price(self, run: Run, batch: Sequence[str]) -> int:
        """The most calls that a step on this minibatch, and a close after it, may cost."""
        ...

    def step(self, run: Run, number: int, batch: Sequence[str]) -> None:
        """Use one minibatch of scenario ids; `number` counts from 1."""
        ...

    def close(self, run: Run, number: int) -> None:
        """Settle on the best version after the last minibatch; `number` is the one that comes after it."""
        ...

    @property
    def best(self) -> Version:
        """The version that should face the smoke split."""
        ...

    @property
    def done(self) -> bool:
        """Whether another minibatch would be wasted."""
        ...
