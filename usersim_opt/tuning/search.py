"""Search: what to do with a minibatch.

A strategy is given minibatch after minibatch and says in the end which version it holds for the
best. It sees training scenarios only. `PieceSearch` learns what each guidance piece is worth;
`HillClimb` is the rule of the study that this project follows (the blog post "Calibrating the
Simulator", 2026, with arXiv 2603.11245).
"""

from collections.abc import Sequence
from typing import Protocol

from usersim_opt.basics.errors import InputError
from usersim_opt.results.versions import Version
from usersim_opt.tuning.gates import Gate, holds_place_in_memory
from usersim_opt.tuning.guard import Guard
from usersim_opt.tuning.run import Run


class Search(Protocol):
    """One way of looking for a better prompt.

    A search may have an attribute `finalists` as well: versions that were its best at some time,
    the newest last. With realism terms one of them faces the smoke split (objective.py).
    """

    @property
    def name(self) -> str:
        """What the search is, with its settings: only a search of the same name resumes a run."""
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
        """Settle on the best version after the last minibatch; `number` is the next one."""
        ...

    @property
    def best(self) -> Version:
        """The version that should face the smoke split."""
        ...

    @property
    def done(self) -> bool:
        """Whether another minibatch would be wasted."""
        ...


def check_search(search: Search) -> None:
    """InputError for a search without a name, or with one that changes from process to process.

    A run is resumed by the name of its search, so such a run could never be resumed.
    """
    if isinstance(search, type):
        cls = search.__name__
        raise InputError(f"the search is the class {cls}; expected an object of it, {cls}()")
    kind = type(search).__name__
    name = getattr(search, "name", None)
    if not isinstance(name, str) or not name.strip():
        raise InputError(
            f"the search {kind} has no name, so its run could not be resumed; "
            "expected an attribute `name` that holds what it is and its settings"
        )
    if holds_place_in_memory(name):
        raise InputError(
            f"the name of the search {kind} holds a place in memory ({name[:80]!r}), which is "
            "another one in every process; expected what it is and its settings"
        )


def finalists_of(search: Search, most: int) -> list[Version]:
    """The versions that may face the smoke split, the search's best one first.

    Those are the ones that its attribute `finalists` gives, if it has one, newest last.
    """
    others = list(getattr(search, "finalists", ()))
    ordered = dict.fromkeys(version.id for version in (search.best, *reversed(others)))
    by_id = {version.id: version for version in (search.best, *others)}
    return [by_id[name] for name in ordered][:most]


def gates_of(search: Search) -> dict[str, Gate]:
    """The gates that a search has by the names `improvement` and `regression`, if it has them."""
    named = {name: getattr(search, name, None) for name in ("improvement", "regression")}
    return {name: gate for name, gate in named.items() if gate is not None}
